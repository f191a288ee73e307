"""Orders and products for programs: /api/v1/orders, /api/v1/products."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.queries.customer import customer
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import (
    From,
    Input,
    Record,
    Shape,
    require_writable,
)
from guanxi.sales.commands.line import MOST_LINES, NewLine
from guanxi.sales.commands.order import (
    Terms,
    cancel_order,
    change_order,
    draft_order,
    place_order,
    restore_order,
    submit_order,
    trash_order,
)
from guanxi.sales.commands.payment import receive_payment, refund_order
from guanxi.sales.commands.product import (
    change_product,
    create_product,
    restore_product,
    trash_product,
)
from guanxi.sales.commands.step import complete_order, release_order, ship_order
from guanxi.sales.models import Order, Product
from guanxi.sales.policies import ORDER, PRODUCT
from guanxi.sales.queries.order import lines, order, orders, payments, refunds
from guanxi.sales.queries.product import product, products
from guanxi.sales.rules import Channel, Method, OrderState, PaymentState
from guanxi.sales.tables import ORDERS, PRODUCTS

if TYPE_CHECKING:
    from guanxi.customers.models import Customer

router = Router()
ORDER_TAGS = ["orders"]
PRODUCT_TAGS = ["products"]
LARGEST_AMOUNT = Decimal("999999999999.99")


class OrderRow(Record):
    """An order as a list shows it; amounts are exact texts."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    number: str
    customer_id: Annotated[int, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str, From("customer__name", "customer")]
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]
    owner_name: Annotated[str | None, From("owner__name", "owner")]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    channel: Channel
    state: OrderState
    payment_state: PaymentState
    currency: Annotated[str, From("currency")]
    total: str
    paid: str
    refunded: str
    ordered_at: datetime
    due_on: date | None
    ship_on: date | None
    shipped_at: datetime | None
    external_id: str


class LineRecord(Record):
    """One position of an order."""

    id: int
    product: int | None
    name: str
    quantity: str
    unit_price: str
    discount: str
    amount: str


class PaymentRecord(Record):
    """Money that came in."""

    id: int
    at: datetime
    amount: str
    method: Method
    note: str


class RefundRecord(Record):
    """Money given back."""

    id: int
    at: datetime
    amount: str
    reason: str


class OrderRecord(OrderRow):
    """One order with everything the caller may read."""

    note: str


class OrderWhole(OrderRecord):
    """One order with its lines, payments and refunds."""

    lines: list[LineRecord]
    payments: list[PaymentRecord]
    refunds: list[RefundRecord]


class OrderPage(Record):
    """One page of orders; ``next`` is the cursor of the following one."""

    items: list[OrderRow]
    next: str | None


class LineInput(Input):
    """A position: a product by id or code, or free words with a price."""

    product: int | None = None
    product_code: str = Field(default="", max_length=60)
    name: str = Field(default="", max_length=200)
    quantity: Decimal = Field(default=Decimal(1), gt=0, max_digits=12, decimal_places=3)
    unit_price: Decimal | None = Field(
        default=None, ge=0, max_digits=14, decimal_places=4
    )
    discount: Decimal = Field(default=Decimal(0), ge=0, max_digits=14, decimal_places=2)


class TermsInput(Input):
    """What is agreed beside the lines."""

    channel: Channel = Channel.OTHER
    due_on: date | None = None
    ship_on: date | None = None
    note: str = Field(default="", max_length=10_000)
    lines: list[LineInput] = Field(min_length=1, max_length=MOST_LINES)


class NewOrder(TermsInput):
    """An order to take; ``is_draft`` prepares it only."""

    customer: int
    number: str = Field(default="", max_length=60)
    external_id: str = Field(default="", max_length=80)
    is_draft: bool = False


class OrderChange(TermsInput):
    """All lines and terms as they shall be, made looking at ``version``."""

    version: int


class PaymentInput(Input):
    """Money that came in."""

    amount: Decimal = Field(gt=0, le=LARGEST_AMOUNT, decimal_places=2)
    method: Method = Method.OTHER
    note: str = Field(default="", max_length=200)


class RefundInput(Input):
    """Money given back, for a reason."""

    amount: Decimal = Field(gt=0, le=LARGEST_AMOUNT, decimal_places=2)
    reason: str = Field(min_length=1, max_length=200)


class ReasonInput(Input):
    """Why it is given up."""

    reason: str = Field(min_length=1, max_length=200)


class ProductRow(Record):
    """A product on offer or not."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    code: str
    name: str
    category: str
    unit: str
    price: str
    cost: str | None
    currency: Annotated[str, From("currency")]
    is_active: bool


class ProductRecord(ProductRow):
    """One product with everything the caller may read."""

    note: str


class ProductPage(Record):
    """One page of products; ``next`` is the cursor of the following one."""

    items: list[ProductRow]
    next: str | None


class ProductFacts(Input):
    """The facts of a product; what is left out stays."""

    category: str = Field(default="", max_length=80)
    unit: str = Field(default="", max_length=20)
    price: Decimal = Field(
        default=Decimal(0), ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    cost: Decimal | None = Field(
        default=None, ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    is_active: bool = True
    note: str = Field(default="", max_length=10_000)


class NewProduct(ProductFacts):
    """A product to add."""

    code: str = Field(min_length=1, max_length=60)
    name: str = Field(min_length=1, max_length=200)


class ProductChange(ProductFacts):
    """A change made looking at ``version``."""

    version: int
    code: str = Field(default="", min_length=1, max_length=60)
    name: str = Field(default="", min_length=1, max_length=200)


ORDER_ROW = Shape(OrderRow, ORDER)
ORDER_WHOLE = Shape(OrderRecord, ORDER)
PRODUCT_ROW = Shape(ProductRow, PRODUCT)
PRODUCT_WHOLE = Shape(ProductRecord, PRODUCT)


@router.get(
    "/orders", response=OrderPage, tags=ORDER_TAGS, summary=gettext_noop("List orders")
)
def list_orders(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the orders you may see, the newest first."""
    return listed(request, ORDERS, ORDER_ROW, query)


@router.post(
    "/orders",
    response={201: OrderWhole},
    tags=ORDER_TAGS,
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
    tags=ORDER_TAGS,
    summary=gettext_noop("Read one order"),
)
def get_order(request: Call, pk: int) -> HttpResponse:
    """Read one order with its lines and its money."""
    return answer(_order(request.auth, pk))


@router.put(
    "/orders/{int:pk}",
    response=OrderWhole,
    tags=ORDER_TAGS,
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
        terms=_terms(body),
        version=body.version,
        at=now(),
    )
    return answer(_order(by, pk))


@router.delete(
    "/orders/{int:pk}",
    response={204: None},
    tags=ORDER_TAGS,
    summary=gettext_noop("Move to the trash"),
)
def delete_order(request: Call, pk: int) -> HttpResponse:
    """Put an order into the trash, where it counts for nothing."""
    trash_order(request.auth, _kept(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/orders/{int:pk}/restoration",
    response=OrderWhole,
    tags=ORDER_TAGS,
    summary=gettext_noop("Take out of the trash"),
)
def post_order_restoration(request: Call, pk: int) -> HttpResponse:
    """Take an order out of the trash."""
    restore_order(request.auth, order(request.auth, pk), at=now())
    return answer(_order(request.auth, pk))


@router.post(
    "/orders/{int:pk}/placement",
    response=OrderWhole,
    tags=ORDER_TAGS,
    summary=gettext_noop("Place a draft"),
)
def post_placement(request: Call, pk: int) -> HttpResponse:
    """Make a draft a real order."""
    return _step(request.auth, pk, submit_order)


@router.post(
    "/orders/{int:pk}/release",
    response=OrderWhole,
    tags=ORDER_TAGS,
    summary=gettext_noop("Release for picking"),
)
def post_release(request: Call, pk: int) -> HttpResponse:
    """Let the warehouse pick the goods."""
    return _step(request.auth, pk, release_order)


@router.post(
    "/orders/{int:pk}/shipment",
    response=OrderWhole,
    tags=ORDER_TAGS,
    summary=gettext_noop("Ship"),
)
def post_shipment(request: Call, pk: int) -> HttpResponse:
    """Record that the goods left the house."""
    return _step(request.auth, pk, ship_order)


@router.post(
    "/orders/{int:pk}/completion",
    response=OrderWhole,
    tags=ORDER_TAGS,
    summary=gettext_noop("Complete"),
)
def post_completion(request: Call, pk: int) -> HttpResponse:
    """Close a shipped order for which nothing is owed."""
    return _step(request.auth, pk, complete_order)


@router.post(
    "/orders/{int:pk}/cancellation",
    response=OrderWhole,
    tags=ORDER_TAGS,
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
    tags=ORDER_TAGS,
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
    tags=ORDER_TAGS,
    summary=gettext_noop("Record a refund"),
)
def post_refund(request: Call, pk: int, body: RefundInput) -> HttpResponse:
    """Record money given back, for a reason."""
    by = request.auth
    refund_order(by, _kept(by, pk), amount=body.amount, reason=body.reason, at=now())
    return made(_order(by, pk), f"/api/v1/orders/{pk}")


@router.get(
    "/products",
    response=ProductPage,
    tags=PRODUCT_TAGS,
    summary=gettext_noop("List products"),
)
def list_products(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the products in the order of a directory."""
    return listed(request, PRODUCTS, PRODUCT_ROW, query)


@router.post(
    "/products",
    response={201: ProductRecord},
    tags=PRODUCT_TAGS,
    summary=gettext_noop("Add a product"),
)
def post_product(request: Call, body: NewProduct) -> HttpResponse:
    """Add a product, priced in the house currency."""
    by = request.auth
    require(by, "product.create")
    require_writable(by, PRODUCT, body.given())
    new = create_product(by, at=now(), **body.given())
    return made(_product(by, new.pk), f"/api/v1/products/{new.pk}")


@router.get(
    "/products/{int:pk}",
    response=ProductRecord,
    tags=PRODUCT_TAGS,
    summary=gettext_noop("Read one product"),
)
def get_product(request: Call, pk: int) -> HttpResponse:
    """Read one product."""
    return answer(_product(request.auth, pk))


@router.patch(
    "/products/{int:pk}",
    response=ProductRecord,
    tags=PRODUCT_TAGS,
    summary=gettext_noop("Change a product"),
)
def patch_product(request: Call, pk: int, body: ProductChange) -> HttpResponse:
    """Describe or price a product otherwise; orders keep what they say."""
    by, found = request.auth, _kept_product(request.auth, pk)
    require(by, "product.edit", found)
    given = body.given()
    require_writable(by, PRODUCT, given)
    version = given.pop("version")
    change_product(by, found, version=version, at=now(), **given)
    return answer(_product(by, pk))


@router.delete(
    "/products/{int:pk}",
    response={204: None},
    tags=PRODUCT_TAGS,
    summary=gettext_noop("Move to the trash"),
)
def delete_product(request: Call, pk: int) -> HttpResponse:
    """Put a product into the trash; orders that name it stay as they are."""
    trash_product(request.auth, _kept_product(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/products/{int:pk}/restoration",
    response=ProductRecord,
    tags=PRODUCT_TAGS,
    summary=gettext_noop("Take out of the trash"),
)
def post_product_restoration(request: Call, pk: int) -> HttpResponse:
    """Take a product out of the trash."""
    restore_product(request.auth, product(request.auth, pk), at=now())
    return answer(_product(request.auth, pk))


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


def _kept_product(viewer: Actor, pk: int) -> Product:
    found = product(viewer, pk)
    if found.deleted_at is not None:
        raise NotVisible
    return found


def _order(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return one order as ``viewer`` may see it, with lines and money."""
    record = ORDER_WHOLE.one(viewer, orders(viewer).filter(pk=pk), at=now())
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


def _product(viewer: Actor, pk: int) -> dict[str, Any]:
    return PRODUCT_WHOLE.one(viewer, products(viewer).filter(pk=pk), at=now())


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
