"""What orders tell of how a customer pays, and of what it owes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _

from guanxi.customers.queries.credit import credit_rules, standing
from guanxi.customers.rules.credit import (
    YEAR_DAYS,
    Conduct,
    Due,
    Grade,
    at_least,
    conduct_from,
)
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import Denied
from guanxi.foundation.policies import NOBODY, policy_of, require
from guanxi.sales.models import Order
from guanxi.sales.models.order import OrderQuerySet
from guanxi.sales.policies import ORDER
from guanxi.sales.rules.order import OrderState, PaymentState, instalments

if TYPE_CHECKING:
    from guanxi.customers.models import Customer


@dataclass(frozen=True)
class LimitCheck:
    """What a customer may owe, owes already, and would owe more; in house currency."""

    limit: Decimal | None
    owed: Decimal
    more: Decimal

    @property
    def excess(self) -> Decimal:
        """By how much it goes beyond the limit; zero within it, or without one."""
        if self.limit is None or self.more <= 0:
            return Decimal(0)
        return max(self.owed + self.more - self.limit, Decimal(0))


@dataclass(frozen=True)
class InstalmentOffer:
    """
    Whether a customer may pay ``amount`` in parts, and what speaks against it.

    ``parts`` are the instalments after the down payment.
    """

    grade: str
    check: LimitCheck
    parts: Sequence[Decimal]
    objections: Sequence[str]

    @property
    def is_sound(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.objections


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


def limit_check(order: Order, limit: Decimal | None) -> LimitCheck:
    """Return what releasing ``order`` does to the ``limit`` of its customer."""
    if limit is None or order.currency != settings.CURRENCY:
        return LimitCheck(None, Decimal(0), order.owed)
    return LimitCheck(limit, on_credit(order.customer_id), order.owed)


def is_beyond_limit(order: Order, *, at: datetime) -> bool:
    """Tell whether its customer would owe more than it may with ``order`` released."""
    limit = standing(order.customer_id, at=at).limit
    return limit_check(order, limit).excess > 0


def instalment_offer(
    viewer: Actor,
    customer: "Customer",
    *,
    amount: Decimal,
    count: int,
    down_payment: Decimal,
    at: datetime,
) -> InstalmentOffer:
    """
    Check grade and limit of ``customer`` for ``count`` instalments.

    :raises Denied: for who may not see the customer's credit or what orders come to.
    """
    require(viewer, "customer.credit", customer)
    _require_told(viewer)
    rules, known = credit_rules(), standing(customer.pk, at=at)
    rest = amount - down_payment
    check = LimitCheck(known.limit, on_credit(customer.pk), rest)
    objections = []
    if not at_least(known.grade, rules.instalment_grade):
        objections.append(_grade_objection(known.grade, rules.instalment_grade))
    if known.limit is None:
        objections.append(_("No credit limit is set for this customer."))
    elif check.excess:
        objections.append(
            _("It goes %(excess)s beyond the credit limit of %(limit)s.")
            % {"excess": _money(check.excess), "limit": _money(known.limit)}
        )
    if not 1 <= count <= rules.most_instalments:
        text = _("At most %(most)s instalments are offered.")
        objections.append(text % {"most": rules.most_instalments})
    if not 0 <= down_payment < amount:
        objections.append(_("The down payment must be less than the amount."))
    parts = instalments(rest, count) if count > 0 and rest > 0 else []
    return InstalmentOffer(known.grade, check, parts, objections)


def _require_told(viewer: Actor) -> None:
    told = {"credit_grade", "credit_limit"}
    customer = policy_of("customer")
    if not customer.readable(viewer) >= told or not ORDER.readable(viewer) >= _TOLD:
        raise Denied(customer.permission("credit"))


def _grade_objection(grade: str, wanted: Grade) -> str:
    if not grade:
        return _("The customer's credit was not assessed yet.")
    return _("Grade %(grade)s is below grade %(wanted)s, which instalments need.") % {
        "grade": grade,
        "wanted": wanted,
    }


def _money(amount: Decimal) -> str:
    return figures.amount(amount, settings.CURRENCY)


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
