"""Whether the customer of a message may be contacted about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guanxi.actions.models import ActionMessage
from guanxi.customers.queries.consent import may_contact
from guanxi.customers.rules.consent import (
    MARKETING,
    SERVICE,
    ContactChannel,
    Verdict,
)
from guanxi.foundation.words import Words

WRITTEN = (ContactChannel.WECHAT, ContactChannel.SMS, ContactChannel.EMAIL)


@dataclass(frozen=True)
class Way:
    """One channel, and whether the customer may be contacted by it."""

    label: Words
    verdict: Verdict


def by_phone(message: ActionMessage, at: datetime) -> Sequence[Way]:
    """Return whether the customer of ``message`` may be called at ``at``."""
    return [_way(message, ContactChannel.PHONE, at)]


def by_message(message: ActionMessage, at: datetime) -> Sequence[Way]:
    """Return by which channels the customer of ``message`` may be written to."""
    return [_way(message, channel, at) for channel in WRITTEN]


def purpose_of(message: ActionMessage) -> str:
    """Return for what we come: about an order that runs we serve, else we sell."""
    return SERVICE if message.object_kind == "order" else MARKETING


def objected(ways: Sequence[Way]) -> bool:
    """Tell whether the customer has spoken against every one of ``ways``."""
    return all(way.verdict.is_objection for way in ways)


def _way(message: ActionMessage, channel: ContactChannel, at: datetime) -> Way:
    verdict = may_contact(message.customer, channel, purpose_of(message), at)
    return Way(channel.label, verdict)
