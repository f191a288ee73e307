"""The right channel, time and service for a customer."""

from datetime import UTC, date, datetime, time

import pytest

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.consent import Statement, record_consent
from guanxi.customers.commands.contact import (
    Preference,
    block_contact,
    set_contact_preference,
)
from guanxi.customers.commands.quality import mark_contact_point
from guanxi.customers.commands.ship_fields import ship_fields
from guanxi.customers.models import ContactPoint, Customer
from guanxi.customers.queries.approach import Approach, approach_of
from guanxi.customers.queries.contact_policy import conduct_of
from guanxi.customers.rules.consent import MARKETING, SERVICE, ContactChannel
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import System

HOUSE = System("test")
# A Friday: 10:00 and 21:00 in Shanghai.
MORNING = datetime(2026, 3, 6, 2, tzinfo=UTC)
NIGHT = datetime(2026, 3, 6, 13, tzinfo=UTC)


@pytest.fixture
def customer(db: None) -> Customer:
    ship_codes(HOUSE)
    ship_fields(HOUSE)
    return make_customer(
        "王芳",
        phone="13812345670",
        email="fang@163.com",
        extra={"x_categories": "沙发", "x_motive": "quality"},
    )


def approach(customer: Customer, purpose: str, *, at: datetime) -> Approach | None:
    conduct = conduct_of(HOUSE, customer, at=at)
    return approach_of(HOUSE, customer, purpose, at=at, conduct=conduct)


def test_given_no_wish_when_served_then_by_phone_today(customer: Customer) -> None:
    found = approach(customer, SERVICE, at=MORNING)
    assert found is not None
    assert (found.channel, found.is_preferred) == (ContactChannel.PHONE, False)
    assert (found.on, found.hours) == (date(2026, 3, 6), None)
    assert found.services == ["沙发", "求实用、重质量"]


def test_given_wishes_when_their_hours_are_over_then_next_working_day(
    customer: Customer,
) -> None:
    likes = Preference(
        channel=ContactChannel.EMAIL,
        start=time(9),
        end=time(18),
        time_zone="Asia/Shanghai",
    )
    set_contact_preference(HOUSE, customer, likes, at=MORNING)
    found = approach(customer, SERVICE, at=NIGHT)
    assert found is not None
    assert (found.channel, found.is_preferred) == (ContactChannel.EMAIL, True)
    assert found.on == date(2026, 3, 9)
    assert str(found.hours) == "09:00–18:00 (Asia/Shanghai)"


def test_given_phone_closed_or_dead_when_served_then_another_channel(
    customer: Customer,
) -> None:
    point = ContactPoint.objects.get(customer=customer, kind="phone")
    mark_contact_point(HOUSE, customer, point.pk, works=False, at=MORNING)
    found = approach(customer, SERVICE, at=MORNING)
    assert found is not None
    assert found.channel is ContactChannel.EMAIL
    block_contact(HOUSE, customer, ContactChannel.EMAIL, reason="退订", at=MORNING)
    assert approach(customer, SERVICE, at=MORNING) is None


def test_given_consent_to_mail_alone_when_sold_to_then_by_mail(
    customer: Customer,
) -> None:
    assert approach(customer, MARKETING, at=MORNING) is None
    said = Statement(
        is_given=True,
        purposes=[MARKETING],
        channels=[ContactChannel.EMAIL],
        proof="门店登记",
    )
    record_consent(HOUSE, customer, said, at=MORNING)
    found = approach(customer, MARKETING, at=MORNING)
    assert found is not None
    assert found.channel is ContactChannel.EMAIL
