"""
The right way, at the right time, with the right service, to the right customer.

What the trade asks of customer information (以正确的方式，向正确的客户，在正确的时间，提供正确的服务),
answered from what is known of one customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from guanxi.customers.models import Address, Customer
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import (
    Contactability,
    contactability,
    hours_of,
    house_day,
    situation_of,
)
from guanxi.customers.queries.contact_policy import Conduct
from guanxi.customers.queries.customer import points_of
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.consent import ContactChannel, Hours, verdict_of
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.working_days import next_working_day, on_working_day

# In which order channels are tried behind the preferred one and that of the policy: the
# most personal first.
_ORDER = (
    ContactChannel.PHONE,
    ContactChannel.WECHAT,
    ContactChannel.SMS,
    ContactChannel.EMAIL,
    ContactChannel.POST,
)
_POINTS = {
    ContactChannel.PHONE: PointKind.PHONE,
    ContactChannel.SMS: PointKind.PHONE,
    ContactChannel.EMAIL: PointKind.EMAIL,
    ContactChannel.WECHAT: PointKind.WECHAT,
}
# What tells what somebody buys, and would like to hear of.
_SERVICES = ("x_categories", "x_motive", "x_main_business")


@dataclass(frozen=True)
class Approach:
    """By which channel, on which day and in which hours, and with what to come."""

    channel: ContactChannel
    is_preferred: bool
    is_agreed: bool
    on: date
    hours: Hours | None
    services: Sequence[str]


def approach_of(
    viewer: Actor, customer: Customer, purpose: str, *, at: datetime, conduct: Conduct
) -> Approach | None:
    """
    Return how to come to ``customer`` for ``purpose``; None if no channel is left.

    The channel the customer prefers if it is open, or else that of the contact policy,
    or else the first one that is, reaches somebody and is not objected to. The day is one
    on which people work, within the hours, and not too early by the policy.
    """
    known = contactability(customer)
    preferred = known.preference.channel if known.preference else ""
    agreed = conduct.talk.channel
    order = sorted(
        _ORDER, key=lambda channel: (channel != preferred, channel != agreed)
    )
    usable = _usable(customer)
    for channel in order:
        if channel in usable and _is_open(known, channel, purpose, at):
            hours = hours_of(known.preference)
            return Approach(
                channel=channel,
                is_preferred=channel == preferred,
                is_agreed=channel == agreed,
                on=_day(hours, at, conduct.earliest_on),
                hours=hours,
                services=_services(viewer, customer),
            )
    return None


def _usable(customer: Customer) -> set[ContactChannel]:
    """Return the channels for which there is a number or address that works."""
    kinds = {point.kind for point in points_of(customer) if not point.failed_at}
    found = {channel for channel, kind in _POINTS.items() if kind in kinds}
    has_street = Address.objects.filter(customer=customer).exclude(street="").exists()
    return found | ({ContactChannel.POST} if has_street else set())


def _is_open(
    known: Contactability, channel: ContactChannel, purpose: str, at: datetime
) -> bool:
    """Tell whether ``channel`` may be used at all; the hours are told beside it."""
    situation = situation_of(known, channel, purpose, at)
    return verdict_of(replace(situation, hours=None), at).is_allowed


def _day(hours: Hours | None, at: datetime, earliest_on: date | None) -> date:
    """Return today, or the next day where the hours of today are over, if it is worked."""
    today = house_day(at)
    if earliest_on is not None and earliest_on > today:
        return on_working_day(earliest_on)
    is_over = hours is not None and hours.are_over(at)
    return next_working_day(today) if is_over else on_working_day(today)


def _services(viewer: Actor, customer: Customer) -> list[str]:
    """Return what the customer buys or wants, as far as ``viewer`` may read it."""
    specs = {spec.key: spec for spec in custom_fields() if spec.key in _SERVICES}
    shown = [
        specs[key].shown(customer.extra.get(key))
        for key in _SERVICES
        if key in specs and CUSTOMER.level(viewer, key) >= Level.READ
    ]
    return [text for text in shown if text]
