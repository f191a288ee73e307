"""Orders follow the shares and walls of their customer."""

import pytest

from guanxi.customers.commands.share import share_customer
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may
from guanxi.foundation.ties.explain import explain
from guanxi.foundation.ties.models import ShareLevel
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import make_role, make_team, make_user
from guanxi.sales.models import Order
from guanxi.sales.queries.order import orders
from guanxi.sales.tests.factories import make_order

HOUSE = System("tests")


@pytest.fixture(autouse=True)
def _fresh_rights() -> None:
    forget_rights()


@pytest.fixture
def friend(db: None) -> User:
    own = ("customer.read", "customer.edit", "order.read", "order.edit")
    return make_user("朋友", roles=[make_role(dict.fromkeys(own, Depth.OWN))])


def can(user: User, action: str, order: Order) -> bool:
    fresh, again = User.objects.get(pk=user.pk), Order.objects.get(pk=order.pk)
    told = explain(fresh, f"order.{action}", again)
    assert told.is_granted is may(fresh, f"order.{action}", again), str(told)
    return told.is_granted


def seen_by(user: User) -> set[int]:
    fresh = User.objects.get(pk=user.pk)
    return set(orders(fresh).values_list("pk", flat=True))


def test_given_a_shared_customer_then_its_orders_are_read_and_not_changed(
    friend: User,
) -> None:
    customer, other = make_customer(), make_customer()
    order, hidden = make_order(customer, at=now()), make_order(other, at=now())
    assert not can(friend, "read", order)
    share_customer(
        HOUSE, customer, to=friend, level=ShareLevel.EDIT, reason="代班", at=now()
    )
    assert can(friend, "read", order)
    assert not can(friend, "edit", order)
    assert not can(friend, "read", hidden)
    assert seen_by(friend) == {order.pk}


def test_given_a_walled_customer_then_its_orders_are_shut_from_their_owner_too(
    friend: User,
) -> None:
    customer = make_customer()
    order, free = make_order(customer, at=now()), make_order(make_customer(), at=now())
    Order.objects.update(owner=friend)
    assert seen_by(friend) == {order.pk, free.pk}
    set_wall(HOUSE, customer, to=friend, reason="法律保全", at=now())
    assert not can(friend, "read", order)
    assert can(friend, "read", free)
    assert seen_by(friend) == {free.pk}


def test_given_a_role_for_orders_of_the_team_then_the_share_adds_to_it(
    friend: User,
) -> None:
    team = make_team()
    role = make_role({"order.read": Depth.TEAM, "customer.read": Depth.OWN})
    mate = make_user("队友", roles=[role], team=team)
    customer = make_customer()
    shared = make_order(customer, at=now())
    teams = make_order(make_customer(team=team), at=now())
    Order.objects.filter(pk=teams.pk).update(team=team)
    share_customer(HOUSE, customer, to=mate, reason="代班", at=now())
    assert seen_by(mate) == {shared.pk, teams.pk}
