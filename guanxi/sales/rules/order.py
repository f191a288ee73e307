"""Words and laws of orders: states, lawful steps, amounts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CENT = Decimal("0.01")


# A step or a payment recorded by a slip of the hand can be taken back this long.
# Later it is history, and a return or a refund sets it right.
SECOND_THOUGHTS = timedelta(minutes=30)


class OrderState(TextChoices):
    """How far an order is."""

    DRAFT = "draft", pgettext_lazy("order", "Draft")
    PLACED = "placed", pgettext_lazy("order", "Placed")
    RELEASED = "released", pgettext_lazy("order", "Released")
    SHIPPED = "shipped", pgettext_lazy("order", "Shipped")
    DONE = "done", pgettext_lazy("order", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")


class PaymentState(TextChoices):
    """How much of an order is paid."""

    UNPAID = "unpaid", _("Unpaid")
    PART = "part", _("Partly paid")
    PAID = "paid", pgettext_lazy("order", "Paid")
    REFUNDED = "refunded", _("Refunded")


class Channel(TextChoices):
    """Where an order came in."""

    STORE = "store", _("Store")
    ONLINE = "online", _("Online shop")
    PHONE = "phone", _("By phone")
    SALES = "sales", _("Sales representative")
    PARTNER = "partner", _("Distributor")
    OTHER = "other", _("Other")


class Method(TextChoices):
    """How a payment came in."""

    WECHAT = "wechat", _("WeChat Pay")
    ALIPAY = "alipay", _("Alipay")
    TRANSFER = "transfer", _("Bank transfer")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    OTHER = "other", _("Other")


STATE_TONES: Mapping[str, str] = {
    OrderState.DRAFT: "gray",
    OrderState.PLACED: "blue",
    OrderState.RELEASED: "amber",
    OrderState.SHIPPED: "green",
    OrderState.DONE: "green",
    OrderState.CANCELLED: "gray",
}


PAYMENT_TONES: Mapping[str, str] = {
    PaymentState.UNPAID: "amber",
    PaymentState.PART: "amber",
    PaymentState.PAID: "green",
    PaymentState.REFUNDED: "gray",
}


# Where an order may go from each state. What was shipped by mistake comes back by
# `previous_state`, and goods that come back are a return, not a cancellation.
TRANSITIONS: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.DRAFT: frozenset({OrderState.PLACED, OrderState.CANCELLED}),
    OrderState.PLACED: frozenset(
        {OrderState.RELEASED, OrderState.SHIPPED, OrderState.CANCELLED}
    ),
    OrderState.RELEASED: frozenset({OrderState.SHIPPED, OrderState.CANCELLED}),
    OrderState.SHIPPED: frozenset({OrderState.DONE}),
    OrderState.DONE: frozenset(),
    OrderState.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Steps:
    """When an order passed its steps; None for those before it."""

    released_at: datetime | None
    shipped_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True)
class Stage:
    """One step on the way of an order: when it happened, or is planned."""

    label: str
    at: datetime | None
    planned_on: date | None = None
    is_now: bool = False


def may_become(state: OrderState, wanted: OrderState) -> bool:
    """Tell whether an order in ``state`` may lawfully move to ``wanted``."""
    return wanted in TRANSITIONS[state]


def previous_state(
    state: OrderState, steps: Steps, *, at: datetime
) -> OrderState | None:
    """
    Return the state to which the last step of an order is taken back, if it may be.

    A release can be held at any time, because nothing has left the house; a shipment
    and a completion only while `is_fresh`.
    """
    if state is OrderState.RELEASED:
        return OrderState.PLACED
    if state is OrderState.SHIPPED and is_fresh(steps.shipped_at, at=at):
        return OrderState.RELEASED if steps.released_at else OrderState.PLACED
    if state is OrderState.DONE and is_fresh(steps.done_at, at=at):
        return OrderState.SHIPPED
    return None


def is_fresh(happened_at: datetime | None, *, at: datetime) -> bool:
    """Tell whether what ``happened_at`` can still be taken back at ``at``."""
    return happened_at is not None and at - happened_at <= SECOND_THOUGHTS


def line_amount(quantity: Decimal, unit_price: Decimal, discount: Decimal) -> Decimal:
    """
    Return quantity × unit price − discount in whole cents, a half going to the even one.

    The product is rounded, not its factors: 3 × 0.335 is 1.00 (1.005, half to even).
    """
    return (quantity * unit_price).quantize(CENT, ROUND_HALF_EVEN) - discount


def order_total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of the lines' ``amounts``; an order without lines is worth zero."""
    return sum(amounts, start=Decimal(0))


def payment_state(total: Decimal, paid: Decimal, refunded: Decimal) -> PaymentState:
    """Return the payment state of an order from its sums."""
    if refunded > 0 and refunded >= paid:
        return PaymentState.REFUNDED
    if paid <= 0 < total:
        return PaymentState.UNPAID
    return PaymentState.PAID if paid >= total else PaymentState.PART


def instalments(amount: Decimal, count: int) -> list[Decimal]:
    """Return ``count`` equal parts of ``amount`` in whole cents; the last takes the rest."""
    part = (amount / count).quantize(CENT, ROUND_DOWN)
    return [part] * (count - 1) + [amount - part * (count - 1)]


def open_amount(total: Decimal, paid: Decimal, refunded: Decimal) -> Decimal:
    """Return what the customer still owes; nothing after a full refund."""
    if payment_state(total, paid, refunded) is PaymentState.REFUNDED:
        return Decimal(0)
    return max(total - paid, Decimal(0))
