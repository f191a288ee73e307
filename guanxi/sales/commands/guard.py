"""What several commands ask before they touch an order, and how they save it."""

from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.sales.models import Order
from guanxi.sales.policies import ORDER
from guanxi.sales.rules import OrderState, may_become


def save_order(order: Order, at: datetime) -> None:
    """Save a locked order as the next version of itself."""
    order.version += 1
    order.updated_at = at
    order.save()


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


def locked(order: Order) -> Refused:
    """Return the refusal to change what has left the house or was given up."""
    if order.deleted_at:
        return Refused(_("This order is in the trash. Restore it first."))
    return Refused(
        _("The order is “%(state)s” and can no longer be changed.")
        % {"state": order.get_state_display()}
    )
