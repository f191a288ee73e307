"""Money in and money back."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.sales.commands.guard import require_kept, sees_amounts, settle
from guanxi.sales.events import PaymentReceived, PaymentTakenBack, RefundMade
from guanxi.sales.models import Order, Payment, Refund
from guanxi.sales.queries.order import locked_order
from guanxi.sales.rules.order import CENT, Method, OrderState, is_fresh


@command(needs="order.pay")
def receive_payment(
    by: Actor,
    order: Order,
    *,
    amount: Decimal,
    at: datetime,
    method: Method = Method.OTHER,
    note: str = "",
) -> Payment:
    """
    Record money that came in for a placed order.

    :raises Refused: for a draft or cancelled order, nothing, or more than is owed.
    """
    order = locked_order(order.pk)
    _require_payable(order)
    _require_amount(amount)
    if amount > order.owed:
        told = _("Only %(amount)s is still to be paid.")
        raise Refused(
            told % {"amount": order.shown(order.owed)}
            if sees_amounts(by)
            else _("That is more than is still to be paid."),
            field="amount",
        )
    payment = Payment.objects.create(
        order=order, amount=amount, method=method, at=at, note=note.strip()
    )
    order.paid += amount
    publish(PaymentReceived(**order.about, amount=order.shown(amount), at=at))
    settle(order, at)
    return payment


@command(needs="order.pay")
def take_back_payment(
    by: Actor, order: Order, *, payment_id: int, at: datetime
) -> Order:
    """
    Remove a payment recorded by mistake, within half an hour of recording it.

    :raises Refused: if there is no such payment, it is older, refunds rest on it, or
        the order was completed because of it.
    """
    order = locked_order(order.pk)
    if order.state == OrderState.DONE:
        raise Refused(_("The order is completed. Take that step back first."))
    payment = Payment.objects.filter(order=order, pk=payment_id).first()
    is_late = payment is None or not is_fresh(payment.at, at=at)
    if payment is None or is_late or order.paid - payment.amount < order.refunded:
        raise Refused(_("This payment can no longer be taken back. Refund it instead."))
    payment.delete()
    order.paid -= payment.amount
    publish(PaymentTakenBack(**order.about, amount=order.shown(payment.amount), at=at))
    settle(order, at)
    return order


@command(needs="order.refund")
def refund_order(
    by: Actor, order: Order, *, amount: Decimal, reason: str, at: datetime
) -> Refund:
    """
    Record money given back, all or a part, for a reason.

    :raises Refused: without a reason, for nothing, or for more than was paid.
    """
    order = locked_order(order.pk)
    require_kept(order)
    if not reason.strip():
        raise Refused(_("Say why the money is returned."), field="reason")
    _require_amount(amount)
    if amount > order.kept_money:
        told = _("At most %(amount)s can be refunded.")
        raise Refused(
            told % {"amount": order.shown(order.kept_money)}
            if sees_amounts(by)
            else _("That is more than was paid and not refunded."),
            field="amount",
        )
    refund = Refund.objects.create(
        order=order, amount=amount, reason=reason.strip(), at=at
    )
    order.refunded += amount
    publish(RefundMade(**order.about, amount=order.shown(amount), at=at))
    settle(order, at)
    return refund


def _require_payable(order: Order) -> None:
    require_kept(order)
    if order.state in (OrderState.DRAFT, OrderState.CANCELLED):
        raise Refused(
            _("No payment is expected for an order that is “%(state)s”.")
            % {"state": order.get_state_display()}
        )


def _require_amount(amount: Decimal) -> None:
    if amount <= 0 or amount != amount.quantize(CENT):
        raise Refused(
            _("Enter an amount of more than zero, with at most two decimals."),
            field="amount",
        )
