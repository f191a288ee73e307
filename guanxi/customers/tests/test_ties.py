"""Shares and walls: what they open and shut, in lists and on records alike."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.commands.share import revoke_share, share_customer
from guanxi.customers.commands.wall import set_wall, take_wall_down
from guanxi.customers.models import Customer, CustomerShare
from guanxi.customers.queries.customer import bare_customer, customers
from guanxi.customers.queries.search import find_customers
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.audit import record_access
from guanxi.foundation.audit_pages import accesses, logged_events
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.policies import may
from guanxi.foundation.ties.explain import explain
from guanxi.foundation.ties.models import ShareLevel
from guanxi.identity.commands.team import move_team
from guanxi.identity.commands.tie import BadTie
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_team,
    make_user,
)

HOUSE = System("tests")
SELLING = ("read", "edit", "delete", "share", "export", "merge")


@pytest.fixture
def seller(db: None) -> User:
    """Somebody who works on customers of his own, and shares them."""
    own = {f"customer.{action}": Depth.OWN for action in SELLING}
    role = make_role({**own, "user.read": Depth.ALL}, name="销售")
    return make_user("卖家", roles=[role], team=make_team("华东"))


@pytest.fixture
def friend(db: None) -> User:
    """Somebody of another team who reads and edits what is his own."""
    role = make_role({f"customer.{a}": Depth.OWN for a in ("read", "edit", "delete")})
    region = make_team("华南")
    return make_user("朋友", roles=[role], team=make_team("深圳", region))


@pytest.fixture
def theirs(seller: User) -> Customer:
    return make_customer("王芳", owner=seller, team=seller.team)


def seen_by(user: User) -> list[str]:
    """Return whom ``user`` sees now, as his next request would."""
    fresh = User.objects.get(pk=user.pk)
    return sorted(customers(fresh).values_list("name", flat=True))


def can(user: User, action: str, record: Customer) -> bool:
    """Tell what ``user`` may do now, and that lists, objects and reasons agree on it."""
    fresh, again = User.objects.get(pk=user.pk), Customer.objects.get(pk=record.pk)
    permission = f"customer.{action}"
    told = explain(fresh, permission, again)
    is_granted = may(fresh, permission, again)
    assert told.is_granted is is_granted, str(told)
    return is_granted


def test_given_a_share_to_read_when_the_friend_looks_then_he_reads_and_no_more(
    seller: User, friend: User, theirs: Customer
) -> None:
    assert seen_by(friend) == []
    share_customer(seller, theirs, to=friend, reason="休假代班", at=now())
    assert seen_by(friend) == ["王芳"]
    assert can(friend, "read", theirs)
    assert not can(friend, "edit", theirs)
    assert not can(friend, "delete", theirs)


def test_given_a_share_to_edit_when_the_friend_acts_then_he_edits_but_does_not_delete(
    seller: User, friend: User, theirs: Customer
) -> None:
    share_customer(
        seller, theirs, to=friend, level=ShareLevel.EDIT, reason="共同跟进", at=now()
    )
    assert can(friend, "edit", theirs)
    assert not can(friend, "delete", theirs)


def test_given_a_share_with_a_team_then_the_teams_below_see_it_and_those_beside_do_not(
    seller: User, friend: User, theirs: Customer
) -> None:
    role = make_role({"customer.read": Depth.OWN})
    beside = make_user("邻居", roles=[role], team=make_team("广州", friend.team))
    other = make_user("外人", roles=[role], team=make_team("西北"))
    own = friend.team
    assert own is not None
    assert own.parent is not None
    region = own.parent
    share_customer(seller, theirs, to=region, reason="区域支援", at=now())
    assert seen_by(friend) == ["王芳"]
    assert seen_by(beside) == ["王芳"]
    assert seen_by(other) == []
    move_team(HOUSE, own, parent=None, at=now())
    assert seen_by(friend) == []


def test_given_a_share_that_is_taken_back_then_it_opens_nothing(
    seller: User, friend: User, theirs: Customer
) -> None:
    made = share_customer(seller, theirs, to=friend, reason="代班", at=now())
    assert seen_by(friend) == ["王芳"]
    revoke_share(seller, theirs, made.pk, at=now())
    assert seen_by(friend) == []
    names = LoggedEvent.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["customers.CustomerShared", "customers.ShareRevoked"]


def test_given_a_share_until_a_second_when_it_has_come_then_it_counts_no_more(
    seller: User, friend: User, theirs: Customer
) -> None:
    end = now() + timedelta(seconds=1)
    share_customer(seller, theirs, to=friend, reason="代班", expires_at=end, at=now())
    assert seen_by(friend) == ["王芳"]
    # The rights are remembered meanwhile: the database itself ends the share.
    known = User.objects.get(pk=friend.pk)
    assert "customer" in known.grants.shared
    time.sleep(max(0.0, (end - now()).total_seconds()) + 0.01)
    assert list(customers(known)) == []
    assert not can(friend, "read", theirs)


def test_given_another_share_with_the_same_one_then_it_takes_the_place_of_the_first(
    seller: User, friend: User, theirs: Customer
) -> None:
    edit = ShareLevel.EDIT
    share_customer(seller, theirs, to=friend, level=edit, reason="一", at=now())
    share_customer(seller, theirs, to=friend, reason="二", at=now())
    assert not can(friend, "edit", theirs)
    assert CustomerShare._base_manager.filter(ended_at=None).count() == 1


def test_given_a_share_then_it_is_not_shared_on(
    seller: User, friend: User, theirs: Customer
) -> None:
    friend.roles.add(make_role({"customer.share": Depth.OWN}))
    share_customer(seller, theirs, to=friend, reason="代班", at=now())
    fresh = User.objects.get(pk=friend.pk)
    with pytest.raises(Denied):
        share_customer(fresh, theirs, to=seller, reason="转手", at=now())


def test_given_one_who_may_not_edit_when_he_shares_for_editing_then_he_is_refused(
    friend: User,
) -> None:
    role = make_role({"customer.read": Depth.OWN, "customer.share": Depth.OWN})
    reader = make_user("只读", roles=[role])
    his = make_customer("李强", owner=reader)
    with pytest.raises(Denied):
        share_customer(
            reader, his, to=friend, level=ShareLevel.EDIT, reason="共享", at=now()
        )


def test_a_share_needs_a_reason_a_time_to_come_and_somebody_who_works_here(
    seller: User, friend: User, theirs: Customer
) -> None:
    with pytest.raises(BadTie):
        share_customer(seller, theirs, to=friend, reason="  ", at=now())
    with pytest.raises(BadTie):
        share_customer(
            seller, theirs, to=friend, reason="代班", expires_at=now(), at=now()
        )
    gone = make_user("离职", is_active=False)
    with pytest.raises(BadTie):
        share_customer(seller, theirs, to=gone, reason="代班", at=now())


def test_given_a_role_that_reads_nothing_then_a_share_opens_nothing(
    seller: User, theirs: Customer
) -> None:
    nobody = make_user("无权")
    share_customer(seller, theirs, to=nobody, reason="代班", at=now())
    assert seen_by(nobody) == []


def test_given_a_share_then_the_list_costs_no_query_more(
    seller: User, friend: User, theirs: Customer, client: Client
) -> None:
    client.force_login(friend)
    client.get("/customers/")
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get("/customers/")
    share_customer(seller, theirs, to=friend, reason="代班", at=now())
    client.get("/customers/")
    with CaptureQueriesContext(connection) as after:
        page = client.get("/customers/")
    assert "王芳" in page.content.decode()
    assert len(after) <= max(8, len(before))


def test_given_a_wall_then_nothing_finds_the_customer_for_whom_it_shuts_out(
    seller: User, theirs: Customer, client: Client
) -> None:
    set_wall(HOUSE, theirs, to=seller, reason="法律保全", at=now())
    fresh = User.objects.get(pk=seller.pk)
    assert seen_by(seller) == []
    assert not can(seller, "read", theirs)
    assert find_customers(fresh, "王芳", 5) == []
    with pytest.raises(NotVisible):
        bare_customer(fresh, theirs.pk)
    client.force_login(fresh)
    assert client.get(f"/customers/{theirs.pk}/").status_code == 404
    assert "王芳" not in client.get("/customers/").content.decode()


def test_given_a_wall_against_a_team_then_those_below_are_shut_out_whatever_they_may(
    seller: User, theirs: Customer
) -> None:
    assert seller.team is not None
    role = make_role({"customer.read": Depth.ALL})
    below = make_user("全看", roles=[role], team=make_team("上海", seller.team))
    outside = make_user("别处", roles=[role], team=make_team("西北"))
    assert seen_by(below) == ["王芳"]
    set_wall(HOUSE, theirs, to=seller.team, reason="利益冲突", at=now())
    assert seen_by(below) == []
    assert seen_by(outside) == ["王芳"]


def test_given_a_wall_and_a_share_then_the_wall_wins(
    seller: User, friend: User, theirs: Customer
) -> None:
    share_customer(seller, theirs, to=friend, reason="代班", at=now())
    wall = set_wall(HOUSE, theirs, to=friend, reason="利益冲突", at=now())
    assert seen_by(friend) == []
    take_wall_down(HOUSE, theirs, wall.pk, at=now())
    assert seen_by(friend) == ["王芳"]


def test_given_a_wall_then_the_logs_tell_its_auditor_nothing_of_the_customer(
    theirs: Customer,
) -> None:
    role = make_role({"audit.read": Depth.ALL, "customer.read": Depth.ALL})
    auditor = make_user("审计", roles=[role])
    other = make_customer("李强")
    for one in (theirs, other):
        record_access(
            HOUSE, "view", "customer", fields=["phone"], pks=[one.pk], at=now()
        )
    pks = [theirs.pk, other.pk]
    record_access(HOUSE, "view", "customer", fields=["phone"], pks=pks, at=now())
    share_customer(HOUSE, theirs, to=auditor, reason="抽查", at=now())
    set_wall(HOUSE, theirs, to=auditor, reason="利益冲突", at=now())
    fresh = User.objects.get(pk=auditor.pk)
    assert [row.subject_id for row in accesses(fresh)] == [other.pk]
    told = logged_events(fresh).filter(kind="customer", subject_id=theirs.pk)
    assert list(told) == []


def test_given_one_who_sets_walls_then_none_shuts_him_out(theirs: Customer) -> None:
    admin = make_administrator("周明")
    set_wall(HOUSE, theirs, to=admin, reason="测试", at=now())
    assert seen_by(admin) == ["王芳"]
    assert can(admin, "edit", theirs)


def test_given_a_merge_then_the_wall_goes_along_and_the_share_does_not(
    seller: User, friend: User, theirs: Customer
) -> None:
    survivor = make_customer("王方", owner=seller, team=seller.team)
    share_customer(seller, theirs, to=friend, reason="代班", at=now())
    set_wall(HOUSE, theirs, to=seller, reason="法律保全", at=now())
    merge = merge_customers(HOUSE, survivor, theirs, choices={}, at=now())
    assert seen_by(friend) == []
    assert seen_by(seller) == []
    undo_merge(HOUSE, survivor, theirs, merge_id=merge.pk, at=now())
    assert seen_by(friend) == ["王芳"]
    assert seen_by(seller) == ["王方"]
