"""What several commands ask before they touch an order, and how they save it."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import publish
from guanxi.sales.events import OrderPaid
from guanxi.sales.models import Order
from guanxi.sales.policies import ORDER
from guanxi.sales.rules.order import OrderState, PaymentState, may_become, payment_state


def save_order(order: Order, at: datetime) -> None:
    """Save a locked order as the next version of itself."""
    order.version += 1
    order.updated_at = at
    order.save()


def settle(order: Order, at: datetime) -> None:
    """Save a locked order whose sums changed, and tell if it is fully paid only now."""
    before = order.payment_state
    after = payment_state(order.total, order.paid, order.refunded)
    order.payment_state = after
    # One that comes to nothing counts as paid, though nobody has paid it.
    if after is PaymentState.PAID and before != PaymentState.PAID and order.paid:
        order.paid_at = at
        publish(OrderPaid(**order.about, amount=order.shown(order.total), at=at))
    elif after in (PaymentState.UNPAID, PaymentState.PART):
        order.paid_at = None
    save_order(order, at)


def sees_amounts(by: Actor) -> bool:
    """Tell whether ``by`` may be told how much an order comes to, and what is paid."""
    return "paid" in ORDER.readable(by)


def require_editable(order: Order) -> None:
    """
    Let only an order go on that is in the house and stands.

    :raises Refused: if it is shipped, cancelled or in the trash.
    """
    if order.is_locked or order.deleted_at:
        raise locked(order)


def require_kept(order: Order) -> None:
    """
    Let only an order go on that is not in the trash.

    :raises Refused: if it is.
    """
    if order.deleted_at:
        raise Refused(_("This order is in the trash. Restore it first."))


def require_version(order: Order, version: int) -> None:
    """
    Let a change go on that was made looking at the present ``version``.

    :raises Conflict: if the order has another one.
    """
    if order.version != version:
        raise Conflict(
            _(
                "Somebody else has changed this order meanwhile. Look at it again, then "
                "make your change."
            )
        )


def require_arc(order: Order, wanted: OrderState) -> None:
    """
    Let an order go on to the state ``wanted``.

    :raises Refused: if it may not go there, or is in the trash.
    """
    require_kept(order)
    if not may_become(OrderState(order.state), wanted):
        raise Refused(
            _("An order that is “%(state)s” cannot become “%(wanted)s”.")
            % {"state": order.get_state_display(), "wanted": wanted.label}
        )


def require_no_money(order: Order) -> None:
    """
    Let an order go on for which nothing is paid, or all is refunded.

    :raises Refused: while money is kept for it.
    """
    if order.kept_money > 0:
        raise Refused(
            _("%(amount)s is already paid for this order. Refund it first.")
            % {"amount": order.shown(order.kept_money)}
        )


def require_lines(by: Actor) -> None:
    """
    Let only those replace the lines of an order who see and may write them.

    :raises Denied: for others: they would overwrite what they cannot see.
    """
    if ORDER.level(by, "lines") is not Level.WRITE:
        raise Denied(ORDER.permission("edit"))


def require_writable(
    by: Actor, before: Mapping[str, object], after: Mapping[str, object]
) -> None:
    """
    Let only those fields of an order change that ``by`` may write.

    :raises Denied: for another value of any other field.
    """
    for name in after.keys() - ORDER.writable(by):
        if after[name] != before[name]:
            raise Denied(ORDER.permission("edit"))


def locked(order: Order) -> Refused:
    """Return the refusal to change what has left the house or was given up."""
    if order.deleted_at:
        return Refused(_("This order is in the trash. Restore it first."))
    return Refused(
        _("The order is “%(state)s” and can no longer be changed.")
        % {"state": order.get_state_display()}
    )
