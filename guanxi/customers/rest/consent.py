"""Consents and contact preferences for programs: /api/v1/customers/…/consents."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.commands.consent import (
    LONGEST_PROOF,
    LONGEST_REFERENCE,
    Statement,
    record_consent,
)
from guanxi.customers.models import ConsentEntry, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import (
    MOST_ENTRIES,
    contactability,
    ledger,
    may_contact,
)
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.rules.consent import ContactChannel
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class ConsentRecord(Record):
    """One entry of the ledger."""

    id: int
    purpose: str = Field(description="Key of an entry of the list of purposes.")
    channel: ContactChannel
    is_given: bool
    text_version: int | None
    proof: str
    reference: str
    effective_at: datetime
    expires_on: date | None
    recorded_at: datetime
    recorded_by: int | None


class BlockRecord(Record):
    """A channel by which nobody is to come; without one it is all of them."""

    id: int
    channel: ContactChannel | None
    reason: str
    set_at: datetime


class PreferenceRecord(Record):
    """How and when a customer likes to be reached."""

    channel: ContactChannel | None
    start: str | None
    end: str | None
    time_zone: str


class ConsentsRecord(Record):
    """All that a customer has said about being contacted, the latest first."""

    entries: list[ConsentRecord]
    blocks: list[BlockRecord]
    preference: PreferenceRecord | None


class ConsentInput(Input):
    """What a customer said, for purposes and channels at once."""

    is_given: bool
    purposes: list[str] = Field(min_length=1, max_length=50)
    channels: list[ContactChannel] = Field(min_length=1, max_length=10)
    proof: str = Field(default="", max_length=LONGEST_PROOF)
    reference: str = Field(default="", max_length=LONGEST_REFERENCE)
    is_text_shown: bool = False
    effective_on: date | None = None
    expires_on: date | None = None


class ContactQuery(Input):
    """For what and by what somebody is to be contacted."""

    channel: ContactChannel
    purpose: str


class VerdictRecord(Record):
    """Whether a customer may be contacted now; ``reason`` says why not."""

    is_allowed: bool
    reason: str
    is_objection: bool = Field(description="The customer has spoken against it.")


@router.get(
    "/customers/{int:pk}/consents",
    response=ConsentsRecord,
    summary=gettext_noop("Read the consents of a customer"),
)
def get_consents(request: Call, pk: int) -> HttpResponse:
    """Read the ledger, the closed channels and the preferences of a customer."""
    return answer(_all_of(request.auth, _readable(request.auth, pk)))


@router.post(
    "/customers/{int:pk}/consents",
    response={201: ConsentsRecord},
    summary=gettext_noop("Record a consent or its withdrawal"),
)
def post_consents(request: Call, pk: int, body: ConsentInput) -> HttpResponse:
    """Add what a customer said to the ledger: one entry for each purpose and channel."""
    found = bare_customer(request.auth, pk)
    record_consent(request.auth, found, Statement(**body.model_dump()), at=now())
    return answer(_all_of(request.auth, found), 201)


@router.get(
    "/customers/{int:pk}/contact-permission",
    response=VerdictRecord,
    summary=gettext_noop("Ask whether a customer may be contacted"),
)
def get_contact_permission(
    request: Call, pk: int, query: Query[ContactQuery]
) -> HttpResponse:
    """Ask right before contacting anybody: consent, closed channels, preferred hours."""
    found = _readable(request.auth, pk)
    verdict = may_contact(found, query.channel, query.purpose, now())
    return answer(
        {
            "is_allowed": verdict.is_allowed,
            "reason": verdict.reason,
            "is_objection": verdict.is_objection,
        }
    )


def _readable(viewer: Actor, pk: int) -> Customer:
    found = bare_customer(viewer, pk)
    if CUSTOMER.level(viewer, "consent") < Level.READ:
        raise NotVisible
    return found


def _all_of(viewer: Actor, customer: Customer) -> dict[str, Any]:
    """Return all that ``customer`` has said; proofs seen in clear go on record."""
    known, entries = contactability(customer), list(ledger(customer)[:MOST_ENTRIES])
    told = [entry.proof + entry.proof_reference for entry in entries]
    told += [block.reason for block in known.blocks]
    seen = {customer.pk: {"consent_proof": "".join(told)}}
    record_shown(viewer, CUSTOMER, seen, at=now())
    preference = known.preference
    return {
        "entries": [_entry(viewer, entry) for entry in entries],
        "blocks": [
            {
                "id": block.pk,
                "channel": block.channel or None,
                "reason": CUSTOMER.shown(viewer, "consent_proof", block.reason),
                "set_at": block.set_at,
            }
            for block in known.blocks
        ],
        "preference": preference
        and {
            "channel": preference.channel or None,
            "start": preference.start and preference.start.isoformat("minutes"),
            "end": preference.end and preference.end.isoformat("minutes"),
            "time_zone": preference.time_zone,
        },
    }


def _entry(viewer: Actor, entry: ConsentEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "purpose": entry.purpose.key,
        "channel": entry.channel,
        "is_given": entry.is_given,
        "text_version": entry.text and entry.text.version,
        "proof": CUSTOMER.shown(viewer, "consent_proof", entry.proof),
        "reference": CUSTOMER.shown(viewer, "consent_proof", entry.proof_reference),
        "effective_at": entry.effective_at,
        "expires_on": entry.expires_on,
        "recorded_at": entry.recorded_at,
        "recorded_by": entry.recorded_by_id,
    }
