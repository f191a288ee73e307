"""Orders that a file brings, written some thousand at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from guanxi.customers.commands.imports.create import mark_buyers
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.bulk import (
    copy_facts,
    copy_rows,
    hold_targets,
    proven_keys,
    reserve_ids,
)
from guanxi.foundation.commands import command
from guanxi.foundation.policies import reachable
from guanxi.sales.commands.imports.new_order import (
    ZERO,
    NewOrder,
    copy_lines,
    copy_payments,
)
from guanxi.sales.events import OrderPlaced
from guanxi.sales.models import Order, OrderLine
from guanxi.sales.rules.order import OrderState, payment_state

_ORDER_COLUMNS = (
    "id", "number", "customer_id", "owner_id", "team_id", "channel", "state",
    "payment_state", "currency", "total", "paid", "ordered_at", "ordered_on", "due_on",
    "ship_on", "paid_at", "released_at", "shipped_at", "done_at", "cancelled_at", "note",
)  # fmt: skip
_PLACED = ("order_id", "customer_id", "number", "amount", "ordered_on")
_SHIPPED = (OrderState.SHIPPED, OrderState.DONE)


@dataclass(slots=True)
class _Written:
    """An order with its id, and what several tables need of it computed once."""

    pk: int
    order: NewOrder
    total: Decimal
    paid: Decimal
    at: str


@command(needs="order.import")
def create_orders(
    by: Actor,
    orders: Sequence[NewOrder],
    *,
    run_id: int,
    at: datetime,
    known_buyers: Collection[int],
) -> list[int]:
    """
    Write orders whose numbers nobody has; return their ids.

    They carry the number of the run. ``known_buyers`` are the customers that were there
    before the file: they become actual customers, as the new ones are already. Orders of
    customers that ``by`` does not see are left out.
    """
    buyers = {order.customer[0] for order in orders} | set(known_buyers)
    seen = reachable(by, "customer.read", buyers)
    orders = [order for order in orders if order.customer[0] in seen]
    known_buyers = [pk for pk in known_buyers if pk in seen]
    # By date, as they came about: neighbors in time are neighbors in most indexes.
    orders = sorted(orders, key=lambda order: order.ordered_at)
    pks = reserve_ids(Order, len(orders))
    written = [_written(pk, order) for pk, order in zip(pks, orders, strict=True)]
    # It follows from the orders and is no right of its own: the house does it for ``by``.
    house = System(by.actor_name, actor_id=by.actor_id)
    mark_buyers(house, known_buyers, run_id=run_id, at=at)
    _hold_targets(by, orders, known_buyers)
    with proven_keys():
        _copy_orders(by, written, run_id, at)
        copy_lines(zip(pks, orders, strict=True))
        copy_payments((one.pk, one.paid, one.at) for one in written if one.paid)
        _tell(by, written)
    return pks


def _hold_targets(
    by: Actor, orders: Sequence[NewOrder], known_buyers: Collection[int]
) -> None:
    """Keep what the orders point at from going; new customers are our own."""
    hold_targets(
        Order,
        customer=known_buyers,
        owner={by.actor_id, *(order.customer[1] for order in orders)},
        team={by.team_id, *(order.customer[2] for order in orders)},
    )
    products = {line.product_id for order in orders for line in order.lines}
    hold_targets(OrderLine, product=products)


def _copy_orders(
    by: Actor, written: Sequence[_Written], run_id: int, at: datetime
) -> None:
    mine = (by.actor_id, by.team_id)
    copy_rows(
        Order,
        _ORDER_COLUMNS,
        (_order_row(one, mine) for one in written),
        {
            "refunded": 0,
            "external_id": "",
            "source": "",
            "import_run_id": run_id,
            "created_at": at,
            "updated_at": at,
            "version": 1,
        },
    )


def _written(pk: int, order: NewOrder) -> _Written:
    total = order.total
    paid = total if order.is_paid else ZERO
    return _Written(pk, order, total, paid, str(order.ordered_at))


def _order_row(one: _Written, mine: tuple[int | None, int | None]) -> Sequence[object]:
    order, at, state = one.order, one.at, one.order.state
    customer_id, owner_id, team_id = order.customer
    return (
        one.pk,
        order.number,
        customer_id,
        owner_id or mine[0],
        team_id or mine[1],
        order.channel,
        state.value,
        payment_state(one.total, one.paid, ZERO).value,
        order.currency,
        one.total,
        one.paid,
        at,
        order.ordered_on,
        order.due_on,
        order.ship_on,
        at if one.paid else None,
        at if state is OrderState.RELEASED else None,
        at if state in _SHIPPED else None,
        at if state is OrderState.DONE else None,
        at if state is OrderState.CANCELLED else None,
        order.note,
    )


def _tell(by: Actor, written: Sequence[_Written]) -> None:
    """Put the orders, the oldest first, on the timelines."""
    facts = (
        (
            one.pk,
            one.order.customer[0],
            one.order.number,
            figures.amount(one.total, one.order.currency),
            one.order.ordered_on,
            one.at,
        )
        for one in written
        if one.order.state is not OrderState.DRAFT
    )
    copy_facts(OrderPlaced, _PLACED, facts, by)
