"""How a customer is to be spoken to, for programs: /api/v1/customers/…/contact-policy."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.queries.contact_policy import conduct_of, spoken_to
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.contact_policy import Said
from guanxi.customers.rules.handling import ContactPolicy, ContactRule, Tone
from guanxi.foundation.clock import now
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Record

router = Router(tags=["customers"])


class RuleRecord(Record):
    """What is agreed about contacts; what is not said is null."""

    policy: ContactPolicy | None
    days: int | None = Field(
        description="The most between two contacts, or those after a purchase."
    )
    least_days: int | None = Field(description="The fewest between two contacts.")
    channel: ContactChannel | None
    tone: Tone | None


class SaidRecord(RuleRecord):
    """What is said about one group the customer belongs to."""

    group: str = Field(description="`kind`, `segment` or `tier`.")
    name: str


class ContactPolicyRecord(Record):
    """The policy that holds, why, and how the contacts so far stand to it."""

    policy: RuleRecord | None
    said: list[SaidRecord] = Field(description="What goes first stands first.")
    last_contact_on: date | None
    days_since: int | None
    earliest_on: date | None
    due_on: date | None
    is_overdue: bool
    cautions: list[str] = Field(
        description="What of a contact today would not keep to the policy."
    )


@router.get(
    "/customers/{int:pk}/contact-policy",
    response=ContactPolicyRecord,
    summary=gettext_noop("Read how a customer is to be spoken to"),
)
def get_contact_policy(request: Call, pk: int) -> HttpResponse:
    """Read the contact policy of a customer, as far as the caller may read its reasons."""
    found = spoken_to(request.auth, pk)
    conduct = conduct_of(request.auth, found, at=now())
    rule = conduct.talk.rule
    record = ContactPolicyRecord(
        policy=RuleRecord(**_parts(rule)) if rule else None,
        said=[_said(one) for one in conduct.talk.said],
        last_contact_on=conduct.last_on,
        days_since=conduct.since_days,
        earliest_on=conduct.earliest_on,
        due_on=conduct.due_on,
        is_overdue=conduct.is_overdue,
        cautions=conduct.cautions(),
    )
    return answer(record.model_dump(mode="json"))


def _said(one: Said) -> SaidRecord:
    group = one.breadth.name.lower()
    return SaidRecord(group=group, name=one.label, **_parts(one.rule))


def _parts(rule: ContactRule) -> dict[str, Any]:
    return {
        "policy": rule.policy,
        "days": rule.days or None,
        "least_days": rule.least_days or None,
        "channel": rule.channel or None,
        "tone": rule.tone or None,
    }
