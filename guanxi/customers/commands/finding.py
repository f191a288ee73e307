"""Keep what studies and observations tell of a customer."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from guanxi.customers.events import (
    FindingAdded,
    FindingChanged,
    FindingRestored,
    FindingTrashed,
)
from guanxi.customers.events.finding import FindingEvent
from guanxi.customers.models import Customer, Finding
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.finding import FIELD, finding_of
from guanxi.customers.rules.finding import (
    LONGEST_PLACE,
    LONGEST_PROVIDER,
    LONGEST_TEXT,
    Confidence,
    FindingKind,
    FindingSource,
    may_be_from,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish


class BadFinding(Refused):
    """A finding says something, and who learned it how and when."""

    code = "bad_finding"


class FindingFacts(TypedDict, total=False):
    """What can be said of a finding; what is left out stays."""

    source: FindingSource
    found_at: datetime
    provider: str
    place: str
    confidence: Confidence
    text: str


@command(needs="customer.edit")
def add_finding(
    by: Actor,
    customer: Customer,
    kind: FindingKind,
    *,
    at: datetime,
    **facts: Unpack[FindingFacts],
) -> Finding:
    """
    Keep what a study or an observation tells of ``customer``.

    :raises BadFinding: for a source that does not go with ``kind``, without a text or
        without who learned it, of an observation also without a place.
    """
    _require_writable(by)
    new = Finding(customer=customer, kind=kind, made_by_id=by.actor_id, made_at=at)
    _fill(new, facts, at)
    new.save(force_insert=True)
    _tell(FindingAdded, new, at)
    return new


@command(needs="customer.edit")
def change_finding(
    by: Actor,
    customer: Customer,
    finding_id: int,
    *,
    at: datetime,
    **facts: Unpack[FindingFacts],
) -> Finding:
    """
    Write a finding down differently.

    :raises NotVisible: if there is no such about ``customer``.
    :raises BadFinding: as `add_finding`.
    """
    _require_writable(by)
    found = finding_of(by, customer, finding_id)
    _fill(found, facts, at)
    found.save()
    _tell(FindingChanged, found, at)
    return found


@command(needs="customer.edit")
def trash_finding(
    by: Actor, customer: Customer, finding_id: int, *, at: datetime
) -> None:
    """Put a finding into the trash."""
    _require_writable(by)
    found = finding_of(by, customer, finding_id)
    Finding.objects.filter(pk=found.pk).update(trashed_at=at)
    _tell(FindingTrashed, found, at)


@command(needs="customer.edit")
def restore_finding(
    by: Actor, customer: Customer, finding_id: int, *, at: datetime
) -> None:
    """Take a finding out of the trash."""
    _require_writable(by)
    found = finding_of(by, customer, finding_id, is_trashed=True)
    Finding.objects.filter(pk=found.pk).update(trashed_at=None)
    _tell(FindingRestored, found, at)


def _require_writable(by: Actor) -> None:
    if CUSTOMER.level(by, FIELD) < Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))


def _fill(found: Finding, facts: FindingFacts, at: datetime) -> None:
    for name, value in facts.items():
        setattr(found, name, value)
    if not found.source or not may_be_from(
        FindingKind(found.kind), FindingSource(found.source)
    ):
        raise BadFinding(_("This does not come from such a source."), field="source")
    if found.found_at is None or found.found_at > at:
        raise BadFinding(_("Say when it was learned."), field="found_at")
    _require_words(found)


def _require_words(found: Finding) -> None:
    if not 0 < len(found.text.strip()) <= LONGEST_TEXT:
        told = _("Write something, at most 10,000 characters.")
        raise BadFinding(told, field="text")
    if not 0 < len(found.provider.strip()) <= LONGEST_PROVIDER:
        told = _("Say who learned it, in at most 120 characters.")
        raise BadFinding(told, field="provider")
    if found.is_observation and not 0 < len(found.place.strip()) <= LONGEST_PLACE:
        told = _("Say where, in at most 120 characters.")
        raise BadFinding(told, field="place")


def _tell(event: type[FindingEvent], found: Finding, at: datetime) -> None:
    publish(
        event(
            customer_id=found.customer_id,
            finding_id=found.pk,
            about=str(found.kind),
            source=str(found.source),
            at=at,
        )
    )
