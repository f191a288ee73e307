"""Limits of processing for programs: /api/v1/customers/…/limits."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.limit import (
    LONGEST_REASON,
    lift_limit,
    limit_processing,
)
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.limit import open_limits
from guanxi.customers.rules.limit import LimitKind
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class LimitRecord(Record):
    """What may not be done with the record of a customer, and why."""

    kind: LimitKind
    reason: str
    set_at: datetime


class LimitsRecord(Record):
    """All limits that hold now."""

    items: list[LimitRecord]


class LimitInput(Input):
    """What is not to be done with the record from now on."""

    kind: LimitKind = Field(
        description="profiling: no scores; restricted: stored only; hold: not erased."
    )
    reason: str = Field(max_length=LONGEST_REASON)


@router.get(
    "/customers/{int:pk}/limits",
    response=LimitsRecord,
    summary=gettext_noop("Read the limits of processing of a customer"),
)
def get_limits(request: Call, pk: int) -> HttpResponse:
    """Read what may not be done with the record of a customer."""
    found = bare_customer(request.auth, pk)
    if CUSTOMER.level(request.auth, "consent") < Level.READ:
        raise NotVisible
    return answer(_limits(request.auth, found))


@router.post(
    "/customers/{int:pk}/limits",
    response={201: LimitsRecord},
    summary=gettext_noop("Limit the processing of a customer"),
)
def post_limits(request: Call, pk: int, body: LimitInput) -> HttpResponse:
    """Forbid profiling or any use of the record, or that it is erased."""
    found = bare_customer(request.auth, pk)
    limit_processing(request.auth, found, body.kind, reason=body.reason, at=now())
    return answer(_limits(request.auth, found), 201)


@router.delete(
    "/customers/{int:pk}/limits/{kind}",
    response=LimitsRecord,
    summary=gettext_noop("Lift a limit of processing"),
)
def delete_limit(request: Call, pk: int, kind: LimitKind) -> HttpResponse:
    """Lift a limit of processing."""
    found = bare_customer(request.auth, pk)
    lift_limit(request.auth, found, kind, at=now())
    return answer(_limits(request.auth, found))


def _limits(viewer: Actor, customer: Customer) -> dict[str, Any]:
    limits = list(open_limits(customer.pk))
    told = "".join(one.reason for one in limits)
    record_shown(viewer, CUSTOMER, {customer.pk: {"consent_proof": told}}, at=now())
    return {
        "items": [
            {
                "kind": one.kind,
                "reason": CUSTOMER.shown(viewer, "consent_proof", one.reason),
                "set_at": one.set_at,
            }
            for one in limits
        ]
    }
