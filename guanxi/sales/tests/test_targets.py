"""Targets through their doors: who sees and sets which, and what is never lost."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.foundation.actor import Depth
from guanxi.foundation.errors import Conflict, NotVisible, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import Team, User
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user
from guanxi.sales.commands.target import set_targets
from guanxi.sales.models import Target
from guanxi.sales.queries.target import plan
from guanxi.sales.rules.target import MONTHS, Measure
from guanxi.sales.tests.factories import HOUSE
from guanxi.sales.tests.pages import browser, text_of

pytestmark = pytest.mark.django_db
YEAR = 2026
TEN = [Decimal(10)] * MONTHS


def _leader(team: Team) -> User:
    rights = ("target.read", "target.edit", "user.read", "team.read")
    depths = dict.fromkeys(rights, Depth.TEAM_TREE)
    return make_user("林望舒", team=team, roles=[make_role(depths)])


def _seller(team: Team, name: str = "周敏") -> User:
    depths = {"target.read": Depth.OWN, "user.read": Depth.TEAM}
    return make_user(name, team=team, roles=[make_role(depths)])


def _set(place: Target, months: list[Decimal | None], **more: Any) -> None:
    words: dict[str, Any] = {"measure": Measure.REVENUE, "year": YEAR, "at": NOON}
    set_targets(HOUSE, place, months=months, **{"seen": None, **words, **more})


def _of(user: User) -> Target:
    return Target(user_id=user.pk, team_id=user.team_id)


def test_a_leader_sees_the_team_and_a_seller_sees_himself() -> None:
    team, other = make_team("华东"), make_team("华北")
    seller, stranger = _seller(team), _seller(other, "赵晓峰")
    for place in (_of(seller), _of(stranger), Target(team=team), Target()):
        _set(place, [*TEN])
    names = [row.place.name for row in plan(_leader(team), Measure.REVENUE, YEAR).rows]
    assert names == ["华东", "林望舒", "周敏"]
    own = plan(seller, Measure.REVENUE, YEAR).rows
    assert [(row.place.name, row.total, row.may_edit) for row in own] == [
        ("周敏", Decimal(120), False)
    ]


def test_a_team_is_told_when_its_people_aim_at_less() -> None:
    team = make_team()
    leader = _leader(team)
    _set(_of(leader), [*TEN])
    _set(Target(team=team), [Decimal(11)] * MONTHS)
    row = plan(leader, Measure.REVENUE, YEAR).row(f"team-{team.pk}")
    assert (row.total, row.parts, row.falls_apart) == (Decimal(132), Decimal(120), True)


def test_months_are_set_changed_and_taken_away_and_the_log_tells() -> None:
    team = make_team()
    _set(Target(team=team), [Decimal(5), *[None] * 11])
    later = NOON + timedelta(hours=1)
    _set(Target(team=team), [None, Decimal(7), *[None] * 10], seen=NOON, at=later)
    kept = Target.objects.get()
    assert (kept.month.month, kept.value, kept.set_at) == (2, Decimal(7), later)
    event = LoggedEvent.objects.latest("pk")
    assert event.name == "sales.TargetsSet"
    assert event.changes == {"2026-01": ["5.00", ""], "2026-02": ["", "7"]}


def test_who_knew_an_older_plan_overwrites_nothing() -> None:
    team = make_team()
    _set(Target(team=team), [*TEN])
    with pytest.raises(Conflict):
        _set(Target(team=team), [Decimal(1)] * MONTHS, seen=None)
    assert set(Target.objects.values_list("value", flat=True)) == {Decimal(10)}


@pytest.mark.parametrize(
    ("months", "more"),
    [
        ([Decimal(-1)] * MONTHS, {}),
        ([*TEN[1:]], {}),
        ([Decimal(11)] * MONTHS, {"measure": Measure.SATISFACTION}),
        ([*TEN], {"measure": Measure.COST, "category": "沙发"}),
    ],
)
def test_nonsense_is_refused_and_nothing_kept(
    months: list[Decimal | None], more: dict[str, object]
) -> None:
    with pytest.raises(Refused):
        _set(Target(), months, **more)
    assert not Target.objects.exists()


def test_a_leader_fills_in_a_year_and_saves_it() -> None:
    team = make_team("华东")
    leader = _leader(team)
    client = browser(leader)
    url = reverse("sales:edit_target", args=[f"team-{team.pk}"]) + f"?year={YEAR}"
    tried = client.post(url, {"total": "1200", "by": "evenly", "try": "1"})
    assert 'value="100"' in tried.content.decode()
    assert not Target.objects.exists()
    months = {f"m{number}": "100" for number in range(1, 13)}
    saved = client.post(url, {"total": "1200", "by": "evenly", **months})
    assert saved.status_code == 302
    assert sum(Target.objects.values_list("value", flat=True)) == 1200
    page = client.get(reverse("sales:targets"), {"year": YEAR})
    assert "¥1,200" in text_of(page)
    stale = client.post(url, {**months, "m1": "7"})
    assert stale.status_code == 409
    assert "其他人" in text_of(stale)


def test_a_year_is_spread_like_the_one_before_or_the_form_says_why_not() -> None:
    team = make_team()
    client = browser(_leader(team))
    address = reverse("sales:edit_target", args=[f"team-{team.pk}"])
    asked = {"total": "300", "by": "before", "try": "1"}
    refused = client.post(f"{address}?year={YEAR}", asked)
    assert refused.status_code == 422
    _set(Target(team=team), [Decimal(1), Decimal(2), *[None] * 10])
    spread = client.post(f"{address}?year={YEAR + 1}", asked).content.decode()
    assert 'name="m1" value="100"' in spread
    assert 'name="m2" value="200"' in spread


def test_a_seller_reaches_no_row_but_his_own_and_sets_none() -> None:
    team = make_team()
    seller, other = _seller(team), _seller(team, "陈子昂")
    client = browser(seller)
    own = reverse("sales:edit_target", args=[f"user-{seller.pk}"])
    assert client.get(own).status_code == 403
    theirs = reverse("sales:edit_target", args=[f"user-{other.pk}"])
    assert client.get(theirs).status_code == 404
    with pytest.raises(NotVisible):
        plan(seller, Measure.REVENUE, YEAR).row("house")


def test_a_plan_costs_the_same_for_few_and_many() -> None:
    team = make_team()
    leader = _leader(team)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            plan(leader, Measure.REVENUE, YEAR)
        return len(caught)

    queries()  # rights are worked out once
    few = queries()
    for number in range(30):
        _set(_of(_seller(team, f"同事{number}")), [*TEN])
    assert queries() == few
