"""A whole book changes hands: who gets what, what goes along, and back again."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from guanxi.customers.commands import handover as commands
from guanxi.customers.commands import handover_step as step
from guanxi.customers.commands.handover import (
    BadTakers,
    NothingToHandOver,
    NotNow,
    carry_back,
    carry_out,
    start_handover,
    undo_handover,
)
from guanxi.customers.commands.handover_report import take_report
from guanxi.customers.commands.owner import OwnerGone, assign_customers
from guanxi.customers.models import Customer, HandedCustomer, Handover
from guanxi.customers.queries.handover import Criteria, Plan, owners_of, preview
from guanxi.customers.rules.handover import Spread, share_cities, taker_of
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import Access, LoggedEvent, Notice
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_role,
    make_team,
    make_user,
)

HOUSE = System("tests")
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def leaver(db: None) -> User:
    return make_user("老赵", team=make_team("一队"), is_active=False)


@pytest.fixture
def takers(db: None) -> list[User]:
    team = make_team("二队")
    return [make_user(name, team=team) for name in ("小钱", "小孙")]


def _book(owner: User, *cities: str) -> list[Customer]:
    return [make_customer(city=city, owner=owner, team=owner.team) for city in cities]


def _run(admin: User, old: User, takers: Sequence[User], **plan: object) -> Handover:
    made = start_handover(admin, old, takers, at=NOON, **plan)  # type: ignore[arg-type]  # -- spread and criteria
    carry_out(handover_id=made.pk)
    made.refresh_from_db()
    return made


def _owner(customer: Customer) -> str:
    customer.refresh_from_db()
    assert customer.owner is not None
    assert customer.team_id == customer.owner.team_id
    return customer.owner.name


def test_given_cities_when_shared_then_each_goes_whole_to_who_has_fewest() -> None:
    sizes = {"上海": 5, "北京": 3, "苏州": 3, "杭州": 1}
    assert share_cities(sizes, [7, 8]) == {"上海": 7, "北京": 8, "苏州": 8, "杭州": 7}
    assert taker_of(0, "上海", [7, 8], {"上海": 8}) == 8
    assert taker_of(3, "新城", [7, 8], {"上海": 8}) == 8
    assert [taker_of(place, "", [7, 8], {}) for place in range(3)] == [7, 8, 7]


def test_given_a_book_when_handed_over_then_each_customer_has_one_event(
    admin: User, leaver: User, takers: list[User]
) -> None:
    book = _book(leaver, "上海", "上海", "北京")
    other = _book(takers[0], "上海")[0]
    done = _run(admin, leaver, takers)
    assert [_owner(one) for one in book] == ["小钱", "小孙", "小钱"]
    assert (done.state, done.total, done.given) == ("done", 3, 3)
    assert {key: part["customer"] for key, part in done.parts.items()} == {
        str(takers[0].pk): 2,
        str(takers[1].pk): 1,
    }
    events = LoggedEvent.objects.filter(name="customers.OwnerChanged")
    assert {row.subject_id for row in events} == {one.pk for one in book}
    assert events.count() == 3
    first = events.get(subject_id=book[0].pk)
    assert first.payload == {
        "customer_id": book[0].pk,
        "owner_id": takers[0].pk,
        "old_owner_id": leaver.pk,
        "owner_name": "小钱",
    }
    assert (first.actor_id, first.party_id) == (admin.pk, book[0].pk)
    other.refresh_from_db()
    assert other.version == 1
    assert set(Notice.objects.values_list("user_id", flat=True)) == {
        admin.pk,
        takers[0].pk,
        takers[1].pk,
    }


def test_given_conditions_when_handed_over_then_the_rest_stays(
    admin: User, leaver: User, takers: list[User]
) -> None:
    here, there = _book(leaver, "上海", "北京")
    vital = make_customer(
        city="上海", owner=leaver, team=leaver.team, traits={"tier": "vital"}
    )
    gone = make_customer(owner=leaver, team=leaver.team, city="上海", deleted_at=NOON)
    done = _run(admin, leaver, takers[:1], criteria=Criteria(tier="vital", city="上海"))
    assert done.given == 1
    assert [_owner(c) for c in (here, there, vital, gone)] == [
        "老赵",
        "老赵",
        "小钱",
        "老赵",
    ]


def test_given_a_plan_when_previewed_then_it_is_what_happens(
    admin: User, leaver: User, takers: list[User]
) -> None:
    book = _book(leaver, "上海", "上海", "北京", "苏州")
    pks = [one.pk for one in takers]
    plan = Plan(leaver.pk, pks, Spread.CITY)
    shares = preview(admin, plan)
    assert [(p.name, p.customers) for p in shares.parts] == [("小钱", 2), ("小孙", 2)]
    assert list(shares.keys) == ["opportunities", "orders", "tasks", "messages"]
    _run(admin, leaver, takers, spread=Spread.CITY)
    assert [_owner(one) for one in book] == ["小钱", "小钱", "小孙", "小孙"]


def test_given_a_worker_killed_between_steps_when_taken_up_then_it_goes_on(
    admin: User, leaver: User, takers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "CUSTOMERS_A_STEP", 2)
    book = _book(leaver, *["上海"] * 5)
    made = start_handover(admin, leaver, takers, at=NOON)
    once = step.give_some(admin, made, at=NOON)
    assert (once.given, once.mark, once.state) == (2, book[1].pk, "running")
    # A second process that still holds the old mark must do nothing.
    assert step.give_some(admin, made, at=NOON).given == 2
    carry_out(handover_id=made.pk)
    made.refresh_from_db()
    assert (made.given, made.state) == (5, "done")
    assert [_owner(one) for one in book] == ["小钱", "小孙", "小钱", "小孙", "小钱"]
    assert HandedCustomer.objects.count() == 5
    assert LoggedEvent.objects.filter(name="customers.OwnerChanged").count() == 5


def test_given_some_moved_on_when_undone_then_those_stay(
    admin: User, leaver: User, takers: list[User]
) -> None:
    book = _book(leaver, *["上海"] * 4)
    done = _run(admin, leaver, takers[:1])
    third = make_user("小李", team=takers[0].team)
    tomorrow = now() + timedelta(days=1)
    assign_customers(admin, book[:2], third, at=tomorrow)
    # To the taker again: somebody has decided so, and that stands.
    assign_customers(admin, [book[1]], takers[0], at=tomorrow + timedelta(hours=1))
    undo_handover(admin, done, at=LATER)
    carry_back(handover_id=done.pk, user_id=admin.pk)
    done.refresh_from_db()
    assert (done.state, done.returned, done.kept) == ("undone", 2, 2)
    assert [_owner(one) for one in book] == ["小李", "小钱", "老赵", "老赵"]
    with pytest.raises(NotNow):
        undo_handover(admin, done, at=LATER)


def test_given_a_taker_who_left_meanwhile_then_it_stops_and_can_be_undone(
    admin: User, leaver: User, takers: list[User]
) -> None:
    book = _book(leaver, "上海", "北京")
    made = start_handover(admin, leaver, takers, at=NOON)
    User.objects.filter(pk=takers[1].pk).update(is_active=False)
    carry_out(handover_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.given) == ("failed", 0)
    assert "小孙" in made.problem
    assert [_owner(one) for one in book] == ["老赵", "老赵"]


def test_given_senseless_plans_when_started_then_refused(
    admin: User, leaver: User, takers: list[User]
) -> None:
    with pytest.raises(NothingToHandOver):
        start_handover(admin, leaver, takers, at=NOON)
    _book(leaver, "上海")
    with pytest.raises(BadTakers):
        start_handover(admin, leaver, [], at=NOON)
    with pytest.raises(BadTakers):
        start_handover(admin, takers[0], takers, at=NOON)
    with pytest.raises(OwnerGone):
        start_handover(admin, takers[0], [leaver], at=NOON)
    assert Handover.objects.count() == 0


def test_given_a_team_leader_when_handing_over_then_only_what_he_may_assign(
    leaver: User, takers: list[User]
) -> None:
    rights = (
        "customer.read",
        "customer.assign",
        "handover.read",
        "handover.create",
        "user.read",
    )
    role = make_role(
        dict.fromkeys(rights, Depth.ALL) | {"customer.assign": Depth.TEAM},
        {"customer.city": Level.HIDDEN},
    )
    leader = make_user("班长", roles=[role], team=leaver.team)
    mine = _book(leaver, "上海")[0]
    foreign = make_customer(owner=leaver, team=takers[0].team)
    with pytest.raises(Denied):
        start_handover(leader, leaver, takers, spread=Spread.CITY, at=NOON)
    with pytest.raises(Denied):
        start_handover(leader, leaver, takers, criteria=Criteria(city="上海"), at=NOON)
    assert _run(leader, leaver, takers).given == 1
    assert _owner(mine) == "小钱"
    foreign.refresh_from_db()
    assert foreign.owner_id == leaver.pk


def test_given_changes_of_owner_when_asked_then_the_history_has_no_gaps(
    admin: User, leaver: User, takers: list[User]
) -> None:
    book = _book(leaver, "上海")
    assign_customers(admin, book, takers[0], at=NOON + timedelta(days=1))
    assign_customers(admin, book, takers[1], at=NOON + timedelta(days=2))
    book[0].refresh_from_db()
    periods = owners_of(book[0])
    assert [(p.owner, p.by) for p in periods] == [
        ("小孙", "周明"),
        ("小钱", "周明"),
        ("老赵", ""),
    ]
    assert [p.until for p in periods] == [None, periods[0].since, periods[1].since]
    assert periods[-1].since == NOON


def test_given_the_pages_when_a_book_goes_then_preview_report_and_panel_tell(
    admin: User, leaver: User, takers: list[User]
) -> None:
    book = _book(leaver, "上海", "=1+1")
    client = Client()
    client.force_login(admin)
    plan = {
        "old_owner": leaver.pk,
        "takers": [one.pk for one in takers],
        "spread": "equal",
    }
    with translation.override("zh-hans"):
        shown = client.post("/customers/handovers/new/", plan)
        assert shown.status_code == 200
        assert Handover.objects.count() == 0
        assert "移交 2 位客户" in shown.content.decode()
        started = client.post("/customers/handovers/new/", plan | {"start": "1"})
    made = Handover.objects.get()
    assert started.headers["Location"] == f"/customers/handovers/{made.pk}/"
    carry_out(handover_id=made.pk)
    page = client.get(f"/customers/handovers/{made.pk}/").content.decode()
    assert "小钱" in page
    assert f"/customers/handovers/{made.pk}/undo/" in page
    answer = client.get(f"/customers/handovers/{made.pk}/report/")
    told = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(told)))[1:]
    assert [(r[0], r[2], r[3], r[4]) for r in rows] == [
        (str(book[0].pk), "上海", "老赵", "小钱"),
        (str(book[1].pk), "'=1+1", "老赵", "小孙"),
    ]
    assert Access.objects.filter(act="export", kind="customer").count() == 1
    panel = client.get(f"/customers/{book[0].pk}/owners/").content.decode()
    assert "小钱" in panel
    assert "老赵" in panel


def test_given_a_reader_who_sees_one_of_two_when_he_takes_the_report_then_one_is_named(
    admin: User, leaver: User, takers: list[User]
) -> None:
    book = _book(leaver, "上海", "杭州")
    made = _run(admin, leaver, takers)
    seen = Customer.objects.get(pk=book[0].pk)
    depths = {"handover.read": Depth.ALL, "customer.read": Depth.OWN}
    reader = make_user(roles=[make_role(depths)])
    Customer.objects.filter(pk=seen.pk).update(owner=reader)
    rows = list(take_report(reader, made, at=LATER).rows)
    assert [(row[1], row[2]) for row in rows] == [(seen.name, "上海"), ("", "")]


def test_given_an_error_of_the_program_when_tried_as_often_as_it_is_then_it_stops(
    admin: User, leaver: User, takers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    _book(leaver, "上海")
    made = start_handover(admin, leaver, takers, at=NOON)

    def broken(*_args: object, **_facts: object) -> Handover:
        raise ValueError

    monkeypatch.setattr(commands, "give_some", broken)
    for _ in range(commands.MOST_ATTEMPTS):
        with pytest.raises(ValueError):  # noqa: PT011 -- ours
            carry_out(handover_id=made.pk)
    made.refresh_from_db()
    assert made.state == "failed"
    assert Notice.objects.filter(user_id=admin.pk).count() == 1
