"""Conflicts between an order's dates and what has happened to it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import WATCH, Parameter, Parameters, Watch
from guanxi.actions.rules import (
    HIGH,
    LOW,
    MIDDLE,
    Detector,
    Finding,
    Kind,
    due_on,
    importance_of,
)
from guanxi.sales.queries.order import orders
from guanxi.sales.rules.order import OrderState, PaymentState

if TYPE_CHECKING:
    from guanxi.sales.models import Order
    from guanxi.sales.models.order import OrderQuerySet


def unpaid_overdue(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield orders unpaid after their date, except those better cancelled by now."""
    late = _open(customer_id).owing().filter(due_on__lt=as_of)
    for order in late.exclude(_long_unpaid(as_of, parameters)):
        yield _finding(order, as_of, order.due_on)


def unpaid_long(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield orders so long unpaid that cancelling is the honest plan."""
    for order in _open(customer_id).owing().filter(_long_unpaid(as_of, parameters)):
        yield _finding(order, as_of, order.due_on)


def paid_not_released(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield paid orders whose shipping day is here and which wait for release."""
    waiting = _open(customer_id).filter(
        payment_state=PaymentState.PAID,
        state=OrderState.PLACED,
        ship_on__lte=as_of + timedelta(days=int(parameters["ahead"])),
    )
    for order in waiting:
        yield _finding(order, as_of, order.ship_on)


def _open(customer_id: int | None) -> "OrderQuerySet":
    live = orders(WATCH).real().select_related("customer__traits")
    return live if customer_id is None else live.filter(customer_id=customer_id)


def _long_unpaid(as_of: date, parameters: Parameters) -> Q:
    """
    Return the condition that nothing holds an order but hope.

    Goods that have left and money that came in have to be settled, however late.
    """
    first = as_of - timedelta(days=int(parameters["long"]))
    return Q(due_on__lt=first, shipped_at__isnull=True, paid__lte=0)


def _finding(order: "Order", as_of: date, promised: date | None) -> Finding:
    late = (as_of - promised).days if promised else 0
    urgency = HIGH if late > 14 else MIDDLE if late > 3 else LOW
    return Finding(
        customer_id=order.customer_id,
        owner_id=order.owner_id or order.customer.owner_id,
        team_id=order.team_id or order.customer.team_id,
        object_kind="order",
        object_id=order.pk,
        urgency=urgency,
        importance=importance_of(order.customer.traits.tier),
        due_on=due_on(as_of, urgency),
        fingerprint=f"{promised}:{order.paid}:{urgency}",
        facts={
            "number": order.number,
            "total": str(order.total - order.paid),
            "days": late,
            "promised_on": str(promised or ""),
        },
    )


_LONG = Parameter(
    "long", _("Days after which an order is unpaid for very long"), 30, 5, 365
)

_URGENCY = _(
    "3 if the promised day is more than 14 days past, 2 if more than 3 days, otherwise 1."
)

WATCHES = (
    Watch(
        detector=Detector.UNPAID_OVERDUE,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Order %(number)s: %(total)s still open, due %(days)s days ago."
        ),
        suggestion=gettext_noop("Remind of the payment and agree on a day."),
        explanation=_("Orders not fully paid after the day the payment was due."),
        urgency=_URGENCY,
        find=unpaid_overdue,
        parameters=(_LONG,),
    ),
    Watch(
        detector=Detector.UNPAID_LONG,
        kind=Kind.CANCEL,
        evidence=gettext_noop(
            "Order %(number)s: nothing paid %(days)s days after the due day, not shipped."
        ),
        suggestion=gettext_noop("Cancel the order and free what it holds."),
        explanation=_("Orders with no payment at all, long after the due day."),
        urgency=_URGENCY,
        find=unpaid_long,
        parameters=(_LONG,),
    ),
    Watch(
        detector=Detector.PAID_NOT_RELEASED,
        kind=Kind.RELEASE,
        evidence=gettext_noop(
            "Order %(number)s is paid and was to ship on %(promised_on)s."
        ),
        suggestion=gettext_noop("Release the order for shipping."),
        explanation=_("Paid orders whose promised shipping day has come."),
        urgency=_URGENCY,
        find=paid_not_released,
        parameters=(Parameter("ahead", _("Days to look ahead"), 1, 0, 30),),
    ),
)
