"""What somebody may do with an order now, by right and by law."""

from dataclasses import dataclass
from datetime import datetime

from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import allowed
from guanxi.sales.models import Order
from guanxi.sales.policies import ORDER
from guanxi.sales.rules.order import (
    OrderState,
    PaymentState,
    may_become,
    previous_state,
)


@dataclass(frozen=True)
class Offers:
    """The buttons of an order's page."""

    submit: bool = False
    edit: bool = False
    reschedule: bool = False
    release: bool = False
    ship: bool = False
    complete: bool = False
    take_back: bool = False
    pay: bool = False
    refund: bool = False
    cancel: bool = False
    trash: bool = False
    restore: bool = False
    take_back_payment: bool = False
    view_access: bool = False
    share: bool = False

    @property
    def has_more(self) -> bool:
        """Whether there is something beside the next step: the menu."""
        return (
            (self.ship and self.release)
            or self.take_back
            or self.reschedule
            or self.refund
            or self.cancel
            or self.trash
            or self.view_access
            or self.share
        )


def offers(viewer: Actor, order: Order, *, at: datetime) -> Offers:
    """Return what ``viewer`` may do with ``order`` at ``at``."""
    rights = {a for a in ORDER.actions if ORDER.reaches(viewer, a, order)}
    if order.deleted_at:
        return Offers(restore="delete" in rights)
    state = OrderState(order.state)
    # Asked of the state, which all may read, not of the amounts, which some may not.
    is_settled = order.payment_state in (PaymentState.PAID, PaymentState.REFUNDED)
    ships = "ship" in rights
    return Offers(
        submit="edit" in rights and may_become(state, OrderState.PLACED),
        edit="edit" in rights and not order.is_locked,
        reschedule="edit" in rights and _is_open(order),
        release=ships and may_become(state, OrderState.RELEASED),
        ship=ships and may_become(state, OrderState.SHIPPED),
        complete=ships and may_become(state, OrderState.DONE) and is_settled,
        take_back=ships and previous_state(state, order.steps, at=at) is not None,
        pay="pay" in rights and _is_payable(state) and not is_settled,
        refund="refund" in rights and order.kept_money > 0,
        cancel="cancel" in rights
        and may_become(state, OrderState.CANCELLED)
        and order.kept_money <= 0,
        trash="delete" in rights and order.shipped_at is None and order.kept_money <= 0,
        view_access="view_access" in rights,
        share="edit" in rights and allowed(viewer, "commission.read"),
        take_back_payment="pay" in rights and state is not OrderState.DONE,
    )


def _is_open(order: Order) -> bool:
    """Tell whether something is still to come: goods or money."""
    if order.cancelled_at:
        return False
    return order.shipped_at is None or order.owed > 0


def _is_payable(state: OrderState) -> bool:
    return state not in (OrderState.DRAFT, OrderState.CANCELLED)
