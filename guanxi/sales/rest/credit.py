"""Instalment offers for programs: /api/v1/customers/{id}/instalment-offers."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from guanxi.customers.queries.customer import customer
from guanxi.foundation.clock import now
from guanxi.foundation.rest.call import Call, answer
from guanxi.sales.commands.credit import approve_instalments
from guanxi.sales.queries.credit import InstalmentOffer, instalment_offer
from guanxi.sales.rest.records import InstalmentRecord, InstalmentTerms

router = Router(tags=["orders"])


@router.post(
    "/customers/{int:pk}/instalment-checks",
    response=InstalmentRecord,
    summary=gettext_noop("Check an instalment offer"),
)
def post_instalment_check(
    request: Call, pk: int, body: InstalmentTerms
) -> HttpResponse:
    """Check the credit grade and limit of a customer for payment in parts."""
    party = customer(request.auth, pk)
    offer = instalment_offer(request.auth, party, **_terms(body), at=now())
    return answer(_record(pk, offer))


@router.post(
    "/customers/{int:pk}/instalment-approvals",
    response=InstalmentRecord,
    summary=gettext_noop("Approve an instalment offer"),
)
def post_instalment_approval(
    request: Call, pk: int, body: InstalmentTerms
) -> HttpResponse:
    """Approve payment in parts; refused with all that speaks against it."""
    party = customer(request.auth, pk)
    offer = approve_instalments(request.auth, party, **_terms(body), at=now())
    return answer(_record(pk, offer))


def _terms(body: InstalmentTerms) -> dict[str, Any]:
    return {
        "amount": body.amount,
        "count": body.instalments,
        "down_payment": body.down_payment,
    }


def _record(pk: int, offer: InstalmentOffer) -> dict[str, Any]:
    return {
        "id": pk,
        "is_sound": offer.is_sound,
        "objections": list(offer.objections),
        "grade": offer.grade,
        "limit": offer.check.limit,
        "owed": offer.check.owed,
        "parts": list(offer.parts),
    }
