"""By what nobody is to come to a customer, and how and when a customer likes it."""

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guanxi.customers.commands.consent import require_writer
from guanxi.customers.events import (
    ContactBlocked,
    ContactBlockLifted,
    ContactPreferenceSet,
)
from guanxi.customers.models import ContactBlock, ContactPreference, Customer
from guanxi.customers.rules.consent import ContactChannel
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish

LONGEST_REASON = 200


class BadBlock(Refused):
    """Nobody is to contact somebody for a reason, and once."""

    code = "bad_block"


class BadPreference(Refused):
    """Hours have a beginning, an end and a clock."""

    code = "bad_preference"


@dataclass(frozen=True, kw_only=True)
class Preference:
    """How and when somebody likes to be reached; what is unknown is left out."""

    channel: ContactChannel | None = None
    start: time | None = None
    end: time | None = None
    time_zone: str = ""


@command(needs="customer.consent")
def block_contact(
    by: Actor,
    customer: Customer,
    channel: ContactChannel | None,
    *,
    reason: str,
    at: datetime,
) -> ContactBlock:
    """
    Let nobody come to ``customer`` by ``channel``, or by none of them without one.

    :raises BadBlock: without a reason, or if it is so already.
    """
    require_writer(by)
    plain = " ".join(reason.split())
    if not 0 < len(plain) <= LONGEST_REASON:
        told = _("Say why, in at most 200 characters.")
        raise BadBlock(told, field="reason")
    Customer.objects.select_for_update().get(pk=customer.pk)
    key = channel.value if channel else ""
    if _open(customer).filter(channel=key).exists():
        raise BadBlock(_("This channel is closed already."), field="channel")
    block = ContactBlock.objects.create(
        customer_id=customer.pk,
        channel=key,
        reason=plain,
        set_by_id=by.actor_id,
        set_at=at,
    )
    publish(ContactBlocked(customer_id=customer.pk, channel=key, at=at))
    return block


@command(needs="customer.consent")
def lift_block(by: Actor, customer: Customer, block_id: int, *, at: datetime) -> None:
    """
    Open a channel to ``customer`` again.

    :raises NotVisible: if ``customer`` has no such open block.
    """
    require_writer(by)
    block = _open(customer).select_for_update().filter(pk=block_id).first()
    if block is None:
        raise NotVisible
    # Of two customers that became one there may be two of the same.
    _open(customer).filter(channel=block.channel).update(lifted_at=at)
    event = ContactBlockLifted(customer_id=customer.pk, channel=block.channel, at=at)
    publish(event)


@command(needs="customer.consent")
def set_contact_preference(
    by: Actor, customer: Customer, preference: Preference, *, at: datetime
) -> ContactPreference:
    """
    Note how and when ``customer`` likes to be reached.

    :raises BadPreference: for one end of the hours alone, or an unknown clock.
    """
    require_writer(by)
    _require_hours(preference)
    zone = preference.time_zone
    if zone and zone not in zoneinfo.available_timezones():
        raise BadPreference(_("There is no such time zone."), field="time_zone")
    stored, _is_new = ContactPreference.objects.update_or_create(
        customer_id=customer.pk,
        defaults={
            "channel": preference.channel.value if preference.channel else "",
            "start": preference.start,
            "end": preference.end,
            "time_zone": zone,
        },
    )
    publish(ContactPreferenceSet(customer_id=customer.pk, at=at))
    return stored


def _require_hours(preference: Preference) -> None:
    if (preference.start is None) != (preference.end is None):
        missing = "end" if preference.end is None else "start"
        told = _("Enter both the beginning and the end, or neither.")
        raise BadPreference(told, field=missing)
    if preference.start is not None and preference.start == preference.end:
        told = _("Beginning and end are the same.")
        raise BadPreference(told, field="end")


def _open(customer: Customer) -> "QuerySet[ContactBlock]":
    return ContactBlock.objects.filter(customer_id=customer.pk, lifted_at=None)
