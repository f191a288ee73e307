"""Orders for programs: /api/v1/orders."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router

from guanxi.customers.queries.customer import customer
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import (
    Shape,
    require_writable,
)
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import (
    Terms,
    cancel_order,
    change_order,
    draft_order,
    place_order,
    reschedule_order,
    restore_order,
    submit_order,
    trash_order,
)
from guanxi.sales.commands.payment import receive_payment, refund_order
from guanxi.sales.commands.step import complete_order, release_order, ship_order
from guanxi.sales.models import Order, Product
from guanxi.sales.policies import ORDER
from guanxi.sales.queries.order import lines, order, orders, payments, refunds
from guanxi.sales.queries.product import products
from guanxi.sales.tables import ORDERS

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
from guanxi.sales.rest.records import (
    LineInput,
    NewOrder,
    OrderChange,
    OrderPage,
    OrderRecord,
    OrderRow,
    OrderWhole,
    PaymentInput,
    ReasonInput,
    RefundInput,
    ReleaseInput,
    ScheduleInput,
    TermsInput,
)

router = Router(tags=["orders"])
ROW = Shape(OrderRow, ORDER)
WHOLE = Shape(OrderRecord, ORDER)


@router.get("/orders", response=OrderPage, summary=gettext_noop("List orders"))
def list_orders(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the orders you may see, the newest first."""
    return listed(request, ORDERS, ROW, query)


@router.post(
    "/orders",
    response={201: OrderWhole},
    summary=gettext_noop("Take an order"),
)
def post_order(request: Call, body: NewOrder) -> HttpResponse:
    """Take an order, or prepare a draft of one."""
    by = request.auth
    buyer = _buyer(by, body.customer)
    require(by, "order.create", buyer)
    require_writable(by, ORDER, body.given())
    make = draft_order if body.is_draft else place_order
    new = make(
        by,
        buyer,
        lines=_lines(by, body.lines),
        terms=_terms(body),
        number=body.number,
        external_id=body.external_id,
        at=now(),
    )
    return made(_order(by, new.pk), f"/api/v1/orders/{new.pk}")


@router.get(
    "/orders/{int:pk}",
    response=OrderWhole,
    summary=gettext_noop("Read one order"),
)
def get_order(request: Call, pk: int) -> HttpResponse:
    """Read one order with its lines and its money."""
    return answer(_order(request.auth, pk))


@router.put(
    "/orders/{int:pk}",
    response=OrderWhole,
    summary=gettext_noop("Change an order"),
)
def put_order(request: Call, pk: int, body: OrderChange) -> HttpResponse:
    """Replace lines and terms of an order that has not left the house."""
    by, found = request.auth, _kept(request.auth, pk)
    require(by, "order.edit", found)
    require_writable(by, ORDER, body.given())
    change_order(
        by,
        found,
        lines=_lines(by, body.lines),
        terms=_terms(body).as_writable(by, Terms.of(found)),
        version=body.version,
        at=now(),
    )
    return answer(_order(by, pk))


@router.post(
    "/orders/{int:pk}/schedule",
    response=OrderWhole,
    summary=gettext_noop("Move the days of an order"),
)
def post_schedule(request: Call, pk: int, body: ScheduleInput) -> HttpResponse:
    """Move the days of payment and shipment; after shipment that of payment only."""
    by, found = request.auth, _kept(request.auth, pk)
    require(by, "order.edit", found)
    require_writable(by, ORDER, body.given())
    given = body.given()
    reschedule_order(
        by,
        found,
        due_on=body.due_on if "due_on" in given else found.due_on,
        ship_on=body.ship_on if "ship_on" in given else found.ship_on,
        version=body.version,
        at=now(),
    )
    return answer(_order(by, pk))


@router.delete(
    "/orders/{int:pk}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_order(request: Call, pk: int) -> HttpResponse:
    """Put an order into the trash, where it counts for nothing."""
    trash_order(request.auth, _kept(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/orders/{int:pk}/restoration",
    response=OrderWhole,
    summary=gettext_noop("Take out of the trash"),
)
def post_order_restoration(request: Call, pk: int) -> HttpResponse:
    """Take an order out of the trash."""
    restore_order(request.auth, order(request.auth, pk), at=now())
    return answer(_order(request.auth, pk))


@router.post(
    "/orders/{int:pk}/placement",
    response=OrderWhole,
    summary=gettext_noop("Place a draft"),
)
def post_placement(request: Call, pk: int) -> HttpResponse:
    """Make a draft a real order."""
    return _step(request.auth, pk, submit_order)


@router.post(
    "/orders/{int:pk}/release",
    response=OrderWhole,
    summary=gettext_noop("Release for picking"),
)
def post_release(
    request: Call, pk: int, body: ReleaseInput | None = None
) -> HttpResponse:
    """Let the warehouse pick the goods; beyond the credit limit with a reason only."""
    by, reason = request.auth, body.reason if body else ""
    release_order(by, _kept(by, pk), reason=reason, at=now())
    return answer(_order(by, pk))


@router.post(
    "/orders/{int:pk}/shipment",
    response=OrderWhole,
    summary=gettext_noop("Ship"),
)
def post_shipment(request: Call, pk: int) -> HttpResponse:
    """Record that the goods left the house."""
    return _step(request.auth, pk, ship_order)


@router.post(
    "/orders/{int:pk}/completion",
    response=OrderWhole,
    summary=gettext_noop("Complete"),
)
def post_completion(request: Call, pk: int) -> HttpResponse:
    """Close a shipped order for which nothing is owed."""
    return _step(request.auth, pk, complete_order)


@router.post(
    "/orders/{int:pk}/cancellation",
    response=OrderWhole,
    summary=gettext_noop("Cancel"),
)
def post_cancellation(request: Call, pk: int, body: ReasonInput) -> HttpResponse:
    """Give an order up, for a reason."""
    by = request.auth
    cancel_order(by, _kept(by, pk), reason=body.reason, at=now())
    return answer(_order(by, pk))


@router.post(
    "/orders/{int:pk}/payments",
    response={201: OrderWhole},
    summary=gettext_noop("Record a payment"),
)
def post_payment(request: Call, pk: int, body: PaymentInput) -> HttpResponse:
    """Record money that came in."""
    by = request.auth
    receive_payment(
        by,
        _kept(by, pk),
        amount=body.amount,
        method=body.method,
        note=body.note,
        at=now(),
    )
    return made(_order(by, pk), f"/api/v1/orders/{pk}")


@router.post(
    "/orders/{int:pk}/refunds",
    response={201: OrderWhole},
    summary=gettext_noop("Record a refund"),
)
def post_refund(request: Call, pk: int, body: RefundInput) -> HttpResponse:
    """Record money given back, for a reason."""
    by = request.auth
    refund_order(by, _kept(by, pk), amount=body.amount, reason=body.reason, at=now())
    return made(_order(by, pk), f"/api/v1/orders/{pk}")


def _step(by: Actor, pk: int, step: Callable[..., Order]) -> HttpResponse:
    step(by, _kept(by, pk), at=now())
    return answer(_order(by, pk))


def _kept(viewer: Actor, pk: int) -> Order:
    """
    Return an order that is not in the trash.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = order(viewer, pk)
    if found.deleted_at is not None:
        raise NotVisible
    return found


def _order(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return one order as ``viewer`` may see it, with lines and money."""
    record = WHOLE.one(viewer, orders(viewer).filter(pk=pk), at=now())
    found = _kept(viewer, pk)
    if ORDER.level(viewer, "lines") >= Level.READ:
        names = ("id", "product_id", "name", "quantity", "unit_price", "discount")
        record["lines"] = [
            {name.removesuffix("_id"): row[name] for name in (*names, "amount")}
            for row in lines(found).values(*names, "amount")
        ]
    if ORDER.level(viewer, "paid") >= Level.READ:
        money = payments(found).values("id", "at", "amount", "method", "note")
        record["payments"] = list(money)
    if ORDER.level(viewer, "refunded") >= Level.READ:
        back = refunds(found).values("id", "at", "amount", "reason")
        record["refunds"] = list(back)
    return record


def _buyer(viewer: Actor, pk: int) -> "Customer":
    try:
        return customer(viewer, pk)
    except NotVisible:
        raise BadInput([Wrong("customer", _("There is no such customer."))]) from None


def _terms(body: TermsInput) -> Terms:
    return Terms(body.channel, body.due_on, body.ship_on, body.note)


def _lines(viewer: Actor, given: Sequence[LineInput]) -> list[NewLine]:
    """Return the lines with the products they name, in one query."""
    found = _products(viewer, given)
    missing = [
        Wrong(f"lines.{n}.product", _("There is no such product."))
        for n, line in enumerate(given)
        if (line.product or line.product_code) and _named(line, found) is None
    ]
    if missing:
        raise BadInput(missing)
    return [
        NewLine(
            product=_named(line, found),
            name=line.name,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount=line.discount,
        )
        for line in given
    ]


def _products(viewer: Actor, given: Sequence[LineInput]) -> dict[int | str, Product]:
    """Return the named products by id and by code."""
    ids = {line.product for line in given if line.product}
    product_codes = {line.product_code for line in given if line.product_code}
    seen = products(viewer)
    named = [
        *seen.filter(pk__in=ids),
        *seen.filter(code__in=product_codes),
    ]
    by_key: dict[int | str, Product] = {one.pk: one for one in named}
    return by_key | {one.code: one for one in named}


def _named(line: LineInput, found: dict[int | str, Product]) -> Product | None:
    return found.get(line.product or line.product_code)
