"""What orders tell of how a customer pays, and of what it owes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils.timezone import get_default_timezone, localdate

from guanxi.customers.queries.credit import credit_rules
from guanxi.customers.rules.credit import YEAR_DAYS, Conduct, Due, conduct_from
from guanxi.foundation.actor import Actor
from guanxi.foundation.policies import NOBODY
from guanxi.sales.models import Order
from guanxi.sales.models.order import OrderQuerySet
from guanxi.sales.policies import ORDER
from guanxi.sales.rules import OrderState, PaymentState

# What such a page tells: without all of these a viewer is told nothing.
_TOLD = {"total", "paid", "refunded", "due_on", "payment_state"}
_OPEN = Q(payment_state__in=[PaymentState.UNPAID, PaymentState.PART])
_DELIVERED = Q(state__in=[OrderState.RELEASED, OrderState.SHIPPED, OrderState.DONE])
_OWED = F("total") - F("paid")


def conduct_of(viewer: Actor, customer_id: int, at: datetime) -> Conduct | None:
    """
    Return how a customer has paid by the orders ``viewer`` sees; two queries.

    None for who may not read what orders come to, or sees no orders at all.
    """
    if not ORDER.readable(viewer) >= _TOLD or ORDER.visible(viewer) == NOBODY:
        return None
    rules, today = credit_rules(), localdate(at, get_default_timezone())
    since_on = today - timedelta(days=rules.history_days)
    theirs = _orders(customer_id).filter(ORDER.visible(viewer))
    known = conduct_from(
        _dues(theirs, since_on, today),
        today=today,
        since_on=since_on,
        breach_days=rules.breach_days,
    )
    year = Q(ordered_on__gt=today - timedelta(days=YEAR_DAYS))
    sums = theirs.aggregate(
        year_worth=_sum(F("total") - F("refunded"), year),
        on_credit=_sum(_OWED, _OPEN & _DELIVERED),
        waiting=_sum(_OWED, _OPEN & ~_DELIVERED),
    )
    return replace(
        known,
        year_worth=sums["year_worth"],
        on_credit=sums["on_credit"],
        waiting=sums["waiting"],
    )


def on_credit(customer_id: int) -> Decimal:
    """Return what a customer owes for goods released or delivered, by all its orders."""
    owed = _orders(customer_id).filter(_OPEN & _DELIVERED)
    found: Decimal = owed.aggregate(owed=Sum(_OWED, default=Decimal(0)))["owed"]
    return found


def _orders(customer_id: int) -> OrderQuerySet:
    real = Order.objects.real()
    return real.filter(customer_id=customer_id, currency=settings.CURRENCY)


def _sum(amount: object, condition: Q) -> Sum:
    return Sum(amount, filter=condition, default=Decimal(0))


def _dues(orders: OrderQuerySet, since_on: date, today: date) -> Iterator[Due]:
    """Yield what fell due; of what was paid, only where the day of payment is known."""
    fell_due = orders.filter(due_on__gte=since_on, due_on__lt=today)
    rows = fell_due.exclude(payment_state=PaymentState.REFUNDED)
    zone = get_default_timezone()
    for row in rows.only("total", "paid", "payment_state", "due_on", "paid_at"):
        assert row.due_on is not None
        if row.payment_state != PaymentState.PAID:
            yield Due(row.total - row.paid, row.due_on, None)
        elif row.paid_at is not None:
            yield Due(row.total, row.due_on, localdate(row.paid_at, zone))
