"""The steps of a placed order: released, shipped, completed, and one step back."""

from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.sales.commands.credit import reason_beyond
from guanxi.sales.commands.guard import (
    require_arc,
    require_kept,
    save_order,
    sees_amounts,
)
from guanxi.sales.events import (
    OrderBeyondLimit,
    OrderCompleted,
    OrderReleased,
    OrderShipped,
    OrderStepTakenBack,
)
from guanxi.sales.models import Order
from guanxi.sales.queries.order import locked_order
from guanxi.sales.rules.order import OrderState, PaymentState, previous_state

# Which moment each step leaves behind, and taking it back removes.
_MOMENTS = {
    OrderState.RELEASED: "released_at",
    OrderState.SHIPPED: "shipped_at",
    OrderState.DONE: "done_at",
}


@command(needs="order.ship")
def release_order(by: Actor, order: Order, *, at: datetime, reason: str = "") -> Order:
    """
    Let the warehouse pick the goods; ``reason`` is for going beyond the credit limit.

    :raises Refused: if the order is not placed, or further already.
    :raises BeyondLimit: if its customer would owe more than it may.
    """
    order = locked_order(order.pk)
    require_arc(order, OrderState.RELEASED)
    _require_credit(by, order, reason, at)
    _step(order, OrderState.RELEASED, at)
    publish(OrderReleased(**order.about, at=at))
    return order


@command(needs="order.ship")
def ship_order(by: Actor, order: Order, *, at: datetime) -> Order:
    """
    Record that the goods left the house; from now on the order is locked.

    :raises Refused: if the order is a draft, cancelled, or shipped already.
    :raises BeyondLimit: if it was not released and its customer would owe too much.
    """
    order = locked_order(order.pk)
    require_arc(order, OrderState.SHIPPED)
    if order.state == OrderState.PLACED:
        _require_credit(by, order, "", at)
    _step(order, OrderState.SHIPPED, at)
    publish(OrderShipped(**order.about, at=at))
    return order


@command(needs="order.ship")
def complete_order(by: Actor, order: Order, *, at: datetime) -> Order:
    """
    Close a shipped order for which nothing is owed any more.

    :raises Refused: if it is not shipped, or money is still to come.
    """
    order = locked_order(order.pk)
    if order.payment_state in (PaymentState.UNPAID, PaymentState.PART):
        told = _("%(amount)s is still to be paid for this order.")
        raise Refused(
            told % {"amount": order.shown(order.owed)}
            if sees_amounts(by)
            else _("This order is not fully paid yet.")
        )
    _step(order, OrderState.DONE, at)
    publish(OrderCompleted(**order.about, at=at))
    return order


@command(needs="order.ship")
def take_back_step(
    by: Actor, order: Order, *, at: datetime, step: OrderState | None = None
) -> Order:
    """
    Undo the last step: a release always, shipment and completion for half an hour.

    ``step`` is the one meant, which may not be the last any more.

    :raises Refused: if there is no step, it is too late, or another one followed.
    """
    order = locked_order(order.pk)
    require_kept(order)
    state = OrderState(order.state)
    previous = previous_state(state, order.steps, at=at)
    if previous is None or step not in (None, state):
        raise Refused(_("This step can no longer be taken back."))
    setattr(order, _MOMENTS[state], None)
    order.state = previous
    save_order(order, at)
    publish(OrderStepTakenBack(**order.about, at=at))
    return order


def _require_credit(by: Actor, order: Order, reason: str, at: datetime) -> None:
    """Let an order go on within the credit limit, or beyond it by right; tell that."""
    given = reason_beyond(by, order, reason=reason, at=at)
    order.beyond_reason = given or ""
    if given is not None:
        publish(OrderBeyondLimit(**order.about, at=at))


def _step(order: Order, wanted: OrderState, at: datetime) -> None:
    require_arc(order, wanted)
    setattr(order, _MOMENTS[wanted], at)
    order.state = wanted
    save_order(order, at)
