"""Regular contact and follow-ups, as the kind of a customer asks for them."""

from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import get_default_timezone

from guanxi.actions.commands.detection import detect
from guanxi.actions.models import ActionMessage
from guanxi.actions.rules import MessageState, TaskState
from guanxi.actions.tests.conftest import Scene
from guanxi.actions.tests.factories import make_task
from guanxi.customers.commands.ship_fields import ship_fields
from guanxi.customers.models import Customer, Traits
from guanxi.foundation.actor import System
from guanxi.identity.tests.factories import NOON

DAY = date(2026, 3, 2)
HOUSE = System("test")


@pytest.fixture
def regular(scene: Scene) -> Customer:
    """A customer of regular contact every 30 days, entered 40 days ago."""
    ship_fields(HOUSE)
    entered_at = at(DAY - timedelta(days=40))
    Customer.objects.filter(pk=scene.customer.pk).update(
        extra={"x_relationship": "active"}, created_at=entered_at
    )
    Traits.objects.filter(customer=scene.customer).update(last_order_on=None)
    return scene.customer


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=get_default_timezone())


def look(day: date = DAY) -> list[tuple[str, dict[str, object]]]:
    detect(HOUSE, as_of=day, at=NOON)
    rows = ActionMessage.objects.filter(
        state=MessageState.OPEN, detector__in=("contact_due", "follow_up_due")
    )
    return [(row.detector, row.facts) for row in rows]


def test_given_forty_days_without_contact_when_thirty_are_agreed_then_it_is_due(
    regular: Customer,
) -> None:
    [(detector, facts)] = look()
    told = (facts["days"], facts["agreed"], facts["last_on"])
    assert (detector, told) == ("contact_due", (40, 30, "2026-01-21"))


def test_given_a_call_done_last_week_then_no_contact_is_due(regular: Customer) -> None:
    done_at = at(DAY - timedelta(days=7))
    make_task(regular, state=TaskState.DONE, done_at=done_at)
    assert look() == []
    assert look(DAY + timedelta(days=24))[0][1]["days"] == 31


def test_given_a_kind_that_asks_for_restraint_then_nobody_is_sent(
    regular: Customer,
) -> None:
    extra = {"x_relationship": "active", "x_shop_visitor": "buying"}
    Customer.objects.filter(pk=regular.pk).update(extra=extra)
    assert look() == []


def test_given_one_follow_up_when_bought_a_week_ago_then_due_until_called(
    regular: Customer,
) -> None:
    Customer.objects.filter(pk=regular.pk).update(
        extra={"x_relationship": "responsible"}
    )
    bought_on = DAY - timedelta(days=8)
    Traits.objects.filter(customer=regular).update(last_order_on=bought_on)
    assert [detector for detector, _facts in look()] == ["follow_up_due"]
    make_task(regular, state=TaskState.DONE, done_at=at(DAY - timedelta(days=1)))
    assert look() == []


def test_given_a_vital_customer_of_the_basic_type_when_silent_then_left_in_peace(
    regular: Customer,
) -> None:
    Traits.objects.filter(customer=regular).update(
        tier="vital", last_order_on=DAY - timedelta(days=200), silence_limit_days=30
    )
    silent = ActionMessage.objects.filter(
        detector="vital_silent", state=MessageState.OPEN
    )
    detect(HOUSE, as_of=DAY, at=NOON)
    assert silent.count() == 1
    Customer.objects.filter(pk=regular.pk).update(extra={"x_relationship": "basic"})
    detect(HOUSE, as_of=DAY, at=NOON)
    assert silent.count() == 0
