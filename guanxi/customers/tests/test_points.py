"""The ways to reach a customer: added, taken away, one of each kind the first."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from guanxi.customers.commands.contact_point import (
    BadPoint,
    add_contact_point,
    remove_contact_point,
)
from guanxi.customers.commands.customer import (
    ChangedMeanwhile,
    change_customer,
)
from guanxi.customers.models import (
    ContactPoint,
    Customer,
)
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import Point
from guanxi.customers.tests.traces import log, points
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
PHONE = Point(PointKind.PHONE, "138 0013 8000", is_primary=True)
NothingWritten = Callable[[], AbstractContextManager[None]]


def test_given_a_new_phone_when_changed_then_the_log_masks_it(
    owner: User, customer: Customer
) -> None:
    change_customer(
        owner,
        customer,
        version=1,
        at=LATER,
        points=[Point(PointKind.PHONE, "13911112222")],
    )
    assert points(customer) == [("phone", "+8613911112222", True)]
    row = LoggedEvent.objects.get(name="customers.CustomerChanged")
    assert row.changes["phone"] == ["138****8000", "139****2222"]
    assert log(customer) == [
        "ContactPointAdded",
        "ContactPointRemoved",
        "ContactPointRemoved",
        "CustomerChanged",
    ]


def test_given_a_point_added_meanwhile_when_the_list_lacks_it_then_conflict(
    owner: User, admin: User, customer: Customer
) -> None:
    add_contact_point(admin, customer, Point(PointKind.PHONE, "13911112222"), at=LATER)
    mail = Point(PointKind.EMAIL, "zhang.wei@example.com")
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_customer(owner, customer, version=1, at=LATER, points=[PHONE, mail])
    assert refusal.value.fields == ["phone"]
    other = Point(PointKind.PHONE, "13911112222")
    new = Point(PointKind.EMAIL, "new@example.com")
    change_customer(owner, customer, version=1, at=LATER, points=[PHONE, other, new])
    assert points(customer) == [
        ("phone", "+8613800138000", True),
        ("phone", "+8613911112222", False),
        ("email", "new@example.com", True),
    ]


def test_a_point_added_is_logged_covered(owner: User, customer: Customer) -> None:
    add_contact_point(owner, customer, Point(PointKind.PHONE, "13911112222"), at=LATER)
    row = LoggedEvent.objects.get(name="customers.ContactPointAdded")
    assert row.changes == {"phone": ["", "139****2222"]}


def test_given_a_point_gone_already_when_removed_then_not_visible(
    owner: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(NotVisible):
        remove_contact_point(owner, customer, 0, at=LATER)


def test_given_masked_points_when_replaced_then_only_added_to(
    agent: User, customer: Customer
) -> None:
    change_customer(
        agent,
        customer,
        version=1,
        at=LATER,
        points=[Point(PointKind.PHONE, "13911112222", is_primary=True)],
    )
    assert points(customer) == [
        ("phone", "+8613800138000", True),
        ("email", "zhang.wei@example.com", True),
        ("phone", "+8613911112222", False),
    ]


def test_given_another_primary_when_replaced_then_it_leads(
    owner: User, customer: Customer
) -> None:
    change_customer(
        owner,
        customer,
        version=1,
        at=LATER,
        points=[
            Point(PointKind.PHONE, "13800138000"),
            Point(PointKind.PHONE, "13911112222", is_primary=True),
        ],
    )
    customer.refresh_from_db()
    assert customer.phone == "+8613911112222"
    assert customer.email == ""


def test_given_a_point_when_added_twice_then_refused(
    owner: User, customer: Customer
) -> None:
    added = add_contact_point(
        owner, customer, Point(PointKind.WECHAT, "zhangwei88"), at=LATER
    )
    assert added.wechat == "zhangwei88"
    with pytest.raises(BadPoint):
        add_contact_point(owner, customer, PHONE, at=LATER)


def test_given_two_phones_when_the_primary_is_removed_then_the_other_leads(
    owner: User, customer: Customer
) -> None:
    add_contact_point(owner, customer, Point(PointKind.PHONE, "13911112222"), at=LATER)
    primary = ContactPoint.objects.get(customer=customer, value="+8613800138000")
    remove_contact_point(owner, customer, primary.pk, at=LATER)
    customer.refresh_from_db()
    assert customer.phone == "+8613911112222"
    assert customer.search_contact == " zhang.wei@example.com 13911112222"


def test_given_a_masked_kind_when_removed_then_denied(
    agent: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    point = ContactPoint.objects.filter(customer=customer).first()
    assert point is not None
    with nothing_written(), pytest.raises(Denied):
        remove_contact_point(agent, customer, point.pk, at=LATER)
