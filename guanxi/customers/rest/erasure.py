"""Erasures for programs: /api/v1/customers/…/erasure."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.erasure import (
    LONGEST_REFERENCE,
    Request,
    request_erasure,
)
from guanxi.customers.models import Erasure
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.erasure import erasure
from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import COVERED, require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class ErasureRecord(Record):
    """One erasure; without ``done_at`` it is still to be done."""

    id: int
    customer: int
    reason: ErasureReason
    identity: IdentityCheck
    reference: str
    requested_at: datetime
    done_at: datetime | None
    rows: int = Field(description="How many rows of all tables it was.")


class ErasureInput(Input):
    """Why a customer is erased; there is no way back."""

    reason: ErasureReason
    identity: IdentityCheck
    reference: str = Field(
        default="",
        max_length=LONGEST_REFERENCE,
        description="Number under which the request is filed; it must name nobody.",
    )
    name: str = Field(description="The name of the customer, as a confirmation.")


@router.post(
    "/customers/{int:pk}/erasure",
    response={202: ErasureRecord},
    summary=gettext_noop("Erase a customer for good"),
)
def post_erasure(request: Call, pk: int, body: ErasureInput) -> HttpResponse:
    """Have a customer erased from all tables, files and older backups. It cannot be undone."""
    found = bare_customer(request.auth, pk)
    require(request.auth, "customer.erase", found)
    # As it is read: who sees it covered does not try out what is below.
    if body.name != (CUSTOMER.shown(request.auth, "name", found.name) or COVERED):
        told = _("This is not the name. Type it as it stands above.")
        raise Refused(told, field="name")
    asked = Request(
        reason=body.reason, identity=body.identity, reference=body.reference
    )
    made = request_erasure(request.auth, found, asked, at=now())
    return answer(_told(made), 202)


@router.get(
    "/erasures/{int:pk}",
    response=ErasureRecord,
    summary=gettext_noop("Read an erasure"),
)
def get_erasure(request: Call, pk: int) -> HttpResponse:
    """Read whether somebody is erased by now."""
    require(request.auth, "customer.erase")
    return answer(_told(erasure(request.auth, pk)))


def _told(one: Erasure) -> dict[str, Any]:
    return {
        "id": one.pk,
        "customer": one.customer_id,
        "reason": one.reason,
        "identity": one.identity,
        "reference": one.reference,
        "requested_at": one.requested_at,
        "done_at": one.done_at,
        "rows": sum(one.counts.values()),
    }
