"""Next products for programs: /api/v1/next-products."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.analytics import offers
from guanxi.analytics.commands.next_product import record_offer
from guanxi.analytics.policies import NEXT_PRODUCT
from guanxi.analytics.rules import GroundKind, OfferState
from guanxi.analytics.tables import NEXT_PRODUCTS
from guanxi.customers.queries.customer import bare_customer
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import From, Input, Record, Shape

router = Router(tags=["insight"])


class NextProductRow(Record):
    """A product that is proposed for a customer, and what came of offering it."""

    id: Annotated[int, From("pk")]
    customer_id: Annotated[int, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str, From("customer__name", "customer")]
    product_id: Annotated[int, From("product_id", "product")]
    product: Annotated[str, From("product__name", "product")]
    rank: int
    kind: Annotated[GroundKind, From("ground__kind", "kind")] = Field(
        description="Whether goods bought, or customers of the same class, speak for it."
    )
    state: OfferState
    found_at: datetime
    offered_at: datetime | None


class ExplainedProduct(NextProductRow):
    """The same with the reason, where it may be known."""

    reason: Annotated[str, From("pk", "reason")]


class NextProductPage(Record):
    """One page of next products; ``next`` is the cursor of the following one."""

    items: list[NextProductRow]
    next: str | None


class CustomersNext(Record):
    """What to offer to one customer next, the first one first."""

    items: list[ExplainedProduct]


class OutcomeIn(Input):
    """What came of the offer; ``open`` takes back what was recorded."""

    outcome: OfferState


ROW = Shape(NextProductRow, NEXT_PRODUCT)


@router.get(
    "/next-products",
    response=NextProductPage,
    summary=gettext_noop("List next products"),
)
def list_next_products(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List what can be offered to the customers you may see."""
    return listed(request, NEXT_PRODUCTS, ROW, query)


@router.get(
    "/customers/{int:pk}/next-products",
    response=CustomersNext,
    summary=gettext_noop("Read what to offer to a customer next"),
)
def get_next_products(request: Call, pk: int) -> HttpResponse:
    """Read what to offer to one customer, with the reasons."""
    viewer = request.auth
    require(viewer, "next_product.read")
    bare_customer(viewer, pk)
    rows = offers.next_products_of(viewer, pk, at=now())
    records = _records(viewer, offers.next_products(viewer), [row.pk for row in rows])
    if offers.tells_reasons(viewer):
        for row in rows:
            records[row.pk]["reason"] = offers.reason_of(row.ground)
    return answer({"items": [records[row.pk] for row in rows]})


@router.post(
    "/next-products/{int:pk}/outcome",
    response=NextProductRow,
    summary=gettext_noop("Record what came of an offer"),
)
def post_next_outcome(request: Call, pk: int, body: OutcomeIn) -> HttpResponse:
    """Record that it was offered, accepted or declined."""
    found = offers.next_product(request.auth, pk)
    record_offer(request.auth, found, outcome=body.outcome, at=now())
    rows = offers.all_next_products(request.auth).filter(pk=pk)
    return answer(ROW.one(request.auth, rows, at=now()))


def _records(
    viewer: Actor, rows: "QuerySet[Any]", pks: list[int]
) -> dict[int, dict[str, Any]]:
    sight = ROW.seen_by(viewer)
    found = list(rows.filter(pk__in=pks).values("pk", *sight.paths))
    sight.record(found, at=now())
    return {record["id"]: record for record in sight.records(found)}
