"""Questions about orders: which there are, what they are worth, which need attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.urls import reverse

from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rooms import Found
from guanxi.foundation.search_text import span_of
from guanxi.sales.models import Order, OrderLine, Payment, Product, Refund
from guanxi.sales.models.order import OrderQuerySet
from guanxi.sales.policies import ORDER
from guanxi.sales.rules.order import OrderState

SHORTEST_NUMBER = 2


@dataclass(frozen=True)
class OrderSums:
    """What orders come to, in the house currency."""

    count: int
    worth: Decimal
    owed: Decimal


def orders(viewer: Actor) -> OrderQuerySet:
    """Return the kept orders ``viewer`` may see, newest first, with customer and owner."""
    kept = Order.objects.kept().filter(ORDER.visible(viewer))
    return kept.select_related("customer", "owner").order_by("-ordered_at", "-pk")


def orders_going_along(viewer: Actor, _old_owner_id: int) -> OrderQuerySet:
    """Return the orders ``viewer`` may see that are not at their end."""
    kept = Order.objects.kept().filter(ORDER.visible(viewer))
    return kept.exclude(state__in=[OrderState.DONE, OrderState.CANCELLED])


def trashed_orders(viewer: Actor) -> OrderQuerySet:
    """Return the orders in the trash that ``viewer`` may restore, last one first."""
    trashed = Order.objects.trashed().filter(ORDER.visible(viewer, "delete"))
    return trashed.select_related("customer").order_by("-deleted_at", "-pk")


def order(viewer: Actor, pk: int) -> Order:
    """
    Return one order with customer, owner and team, also from the trash.

    :raises NotVisible: if there is none for ``viewer``.
    """
    rows = Order.objects.select_related("customer", "owner", "team")
    found = rows.filter(ORDER.visible(viewer), pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def locked_order(pk: int) -> Order:
    """Return an order as it is now and keep it from changing until the commit."""
    return Order.objects.select_for_update().get(pk=pk)


def orders_of(viewer: Actor, customer_id: int, *, most: int) -> Sequence[Order]:
    """Return the newest orders of one customer that ``viewer`` may see."""
    return asked_by(viewer, _of_one, most, customer_id=customer_id)


def _of_one(viewer: Actor, most: int, customer_id: int) -> OrderQuerySet:
    return orders(viewer).filter(customer_id=customer_id)[:most]


def order_sums(viewer: Actor, customer_id: int) -> OrderSums:
    """Return count, worth after refunds and open amount of a customer's real orders."""
    real = Order.objects.real().filter(
        ORDER.visible(viewer), customer_id=customer_id, currency=settings.CURRENCY
    )
    open_states = Q(payment_state__in=["unpaid", "part"])
    sums = real.aggregate(
        count=Count("pk"),
        worth=Sum(F("total") - F("refunded"), default=Decimal(0)),
        owed=Sum(F("total") - F("paid"), filter=open_states, default=Decimal(0)),
    )
    return OrderSums(**sums)


def lines(order: Order) -> QuerySet[OrderLine]:
    """Return the lines of an order, in their order, with their products."""
    rows = OrderLine.objects.filter(order=order)
    return rows.select_related("product").order_by("position", "pk")


def latest_lines(viewer: Actor, product: Product) -> QuerySet[OrderLine]:
    """Return the lines that order ``product``, the latest first, with their orders."""
    kept = Order.objects.kept().filter(ORDER.visible(viewer))
    rows = OrderLine.objects.filter(product=product, order__in=kept)
    return rows.select_related("order__customer").order_by("-pk")


def payments(order: Order) -> QuerySet[Payment]:
    """Return the payments of an order, first one first."""
    return Payment.objects.filter(order=order).order_by("at", "pk")


def refunds(order: Order) -> QuerySet[Refund]:
    """Return the refunds of an order, first one first."""
    return Refund.objects.filter(order=order).order_by("at", "pk")


def has_refund(viewer: Actor, customer: OuterRef, *, since: datetime) -> Exists:
    """Return the condition that an order in sight of a customer was refunded ``since``."""
    seen = Order.objects.kept().filter(ORDER.visible(viewer)).order_by()
    rows = Refund.objects.filter(
        order__customer_id=customer, order__in=seen.values("pk"), at__gte=since
    )
    return Exists(rows)


def customer_name(viewer: Actor, order: Order) -> str:
    """Return the name of the order's customer as ``viewer`` may read it."""
    return ORDER.shown(viewer, "customer", order.customer.name)


def number_match(text: str) -> Q:
    """Return the condition that an order's number begins with ``text``, in any case."""
    number = text.strip()
    return Q(number__startswith=number) | Q(number__startswith=number.upper())


def find_orders(viewer: Actor, text: str, limit: int) -> Sequence[Found]:
    """Return up to ``limit`` orders whose number begins with ``text``."""
    if len(text.strip()) < SHORTEST_NUMBER:
        return []
    number = text.strip()
    # One beginning a question: of two at once the database reads every number instead.
    rows = [
        row
        for beginning in dict.fromkeys([number, number.upper()])
        for row in _numbered(viewer, beginning, limit)
    ]
    return [
        Found(
            label=row.number,
            detail=_detail(viewer, row),
            url=reverse("sales:order", args=[row.pk]),
        )
        for row in rows[:limit]
    ]


def _numbered(viewer: Actor, beginning: str, limit: int) -> Sequence[Order]:
    first, last = span_of(beginning)
    return asked_by(viewer, _between, limit, first=first, last=last)


def _between(viewer: Actor, limit: int, first: str, last: str) -> OrderQuerySet:
    rows = orders(viewer).filter(number__gte=first, number__lte=last)
    return rows.order_by("-number")[:limit]


def _detail(viewer: Actor, row: Order) -> str:
    """Return customer and total, as far as ``viewer`` may know them."""
    total = row.shown(row.total) if "total" in ORDER.readable(viewer) else ""
    return " · ".join(filter(None, (customer_name(viewer, row), total)))
