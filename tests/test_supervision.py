"""A supervisor sees who looked at how much, what stands out, and marks it as reviewed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate
from pytest_django import Settings

from guanxi.customers.commands.reveal import reveal_field
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.access_log import verify
from guanxi.foundation.access_log.seal import seal
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused, TooOften
from guanxi.foundation.models import Access, LoggedEvent, Notice
from guanxi.identity.commands.access_day import count_days, review_days
from guanxi.identity.models import AccessDay, User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.queries.access_day import access_day
from guanxi.identity.rules.access_day import is_outlier, usual
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
REVIEWS = {"access_day.read": Depth.TEAM, "access_day.review": Depth.TEAM}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget_rights()


@pytest.fixture
def agent() -> User:
    """Whose accesses are counted."""
    return make_user("小赵", team=make_team("华东"))


@pytest.fixture
def supervisor(agent: User) -> User:
    """Who reviews the team of the agent."""
    return make_user("主管", roles=[make_role(REVIEWS)], team=agent.team)


def saw(user: User, records: int, *, act: str = "view", reason: str = "") -> None:
    """Let ``user`` see protected values of ``records`` records now."""
    record_access(
        user,
        act,
        "customer",
        fields=["phone"],
        rows=records,
        reason=reason,
        at=now(),
    )


def days_before(user: User, records: int, *, days: int = 10) -> None:
    """Let ``user`` have seen so many records a day."""
    for back in range(2, days + 2):
        AccessDay.objects.create(
            user=user,
            day=localdate() - timedelta(days=back),
            views=1,
            reveals=0,
            exports=0,
            records=records,
            is_reviewed=True,
        )


def get(user: User, address: str) -> str:
    """Return what a page says."""
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_given_accesses_then_each_day_counts_them_and_compares(
    agent: User, supervisor: User
) -> None:
    days_before(agent, 20)
    saw(agent, 30)
    saw(agent, 200, act="export")
    saw(agent, 1, act="reveal", reason="回拨客户")

    assert count_days(HOUSE, at=now()) == 1

    today = AccessDay.objects.get(day=localdate())
    assert (today.views, today.reveals, today.exports) == (1, 1, 1)
    assert (today.records, today.usual, today.peers) == (231, 20, None)
    assert today.is_outlier
    told = Notice.objects.get()
    assert told.user_id == supervisor.pk
    assert told.url == f"/settings/access-review/{today.pk}/"
    # Nothing new: nobody is told twice.
    assert count_days(HOUSE, at=now()) == 0
    assert Notice.objects.count() == 1


def test_given_review_then_it_is_on_record_and_more_accesses_open_it_again(
    agent: User, supervisor: User
) -> None:
    saw(agent, 2, act="reveal", reason="回拨客户")
    count_days(HOUSE, at=now())
    today = AccessDay.objects.get()
    assert "回拨客户" in get(supervisor, f"/settings/access-review/{today.pk}/")
    client = Client()
    client.force_login(supervisor)

    client.post(f"/settings/access-review/{today.pk}/", {"remark": "已核对通话"})

    today.refresh_from_db()
    assert (today.is_reviewed, today.remark) == (True, "已核对通话")
    assert today.reviewed_by == supervisor
    assert LoggedEvent.objects.get().name == "identity.AccessReviewed"
    count_days(HOUSE, at=now())
    today.refresh_from_db()
    assert today.is_reviewed
    saw(agent, 1)
    count_days(HOUSE, at=now())
    today.refresh_from_db()
    assert not today.is_reviewed


def test_nobody_reviews_himself_or_another_team(agent: User, supervisor: User) -> None:
    saw(supervisor, 3)
    count_days(HOUSE, at=now())
    own = AccessDay.objects.get()
    with pytest.raises(Refused):
        review_days(supervisor, [own], remark="", at=now())
    other = make_user("别组主管", roles=[make_role(REVIEWS)], team=make_team("华南"))
    with pytest.raises(NotVisible):
        access_day(other, own.pk)


def test_given_list_then_it_filters_what_waits_and_exports(
    agent: User, supervisor: User
) -> None:
    days_before(agent, 20, days=1)
    saw(agent, 30)
    count_days(HOUSE, at=now())
    assert get(supervisor, "/settings/access-review/").count("小赵") >= 2
    waiting = get(supervisor, "/settings/access-review/?where=is_reviewed.eq.false")
    assert str(localdate()) in waiting


def test_given_too_many_reveals_within_an_hour_then_no_more(
    agent: User, settings: Settings
) -> None:
    settings.REVEALS_PER_HOUR = 2
    role = make_role({"customer.read": Depth.OWN, "customer.reveal": Depth.OWN})
    person = make_user(roles=[role])
    customer = make_customer("王芳", phone="13800138000", owner=person)
    for _time in range(2):
        reveal_field(person, customer, "phone", reason="回拨", at=now())
    with pytest.raises(TooOften):
        reveal_field(person, customer, "phone", reason="回拨", at=now())
    assert Access.objects.filter(act="reveal").count() == 2
    later = now() + timedelta(minutes=61)
    assert reveal_field(person, customer, "phone", reason="回拨", at=later)


@pytest.mark.parametrize(
    ("value", "own", "peers", "expected"),
    [
        (60, [20] * 5, [], False),
        (61, [20] * 5, [], True),
        (61, [20] * 4, [], False),
        (50, [1] * 5, [1] * 3, False),
        (51, [1] * 5, [30] * 3, True),
        (100, [40] * 5, [30] * 3, True),
        (100, [40] * 5, [40] * 3, False),
        (1000, [], [], False),
    ],
)
def test_what_stands_out(
    value: int, own: list[int], peers: list[int], expected: object
) -> None:
    assert is_outlier(value, usual(own, peers), 50) is expected


def test_the_security_page_tells_how_everything_stands(agent: User) -> None:
    admin = make_administrator()
    saw(agent, 3)
    seal(now())
    verify.check(now())
    count_days(HOUSE, at=now())
    told = get(admin, "/settings/security-overview/")
    for words in ("培训", "制度文件", "保密协议", "1 条记录完好", "1 天待复核"):
        assert words in told
