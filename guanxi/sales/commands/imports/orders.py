"""Orders that a file brings: written some thousand at a time, taken back the same way."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Sum
from psycopg import sql

from guanxi.customers.commands.imports.create import mark_buyers
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.bulk import copy_history, copy_rows, reserve_ids
from guanxi.foundation.commands import command
from guanxi.foundation.imports.kinds import Undone
from guanxi.sales.events import OrderPlaced
from guanxi.sales.models import Order, OrderLine, Payment, Refund
from guanxi.sales.rules import Channel, OrderState, payment_state

_ZERO = Decimal(0)
_ORDER_COLUMNS = (
    "id", "number", "customer_id", "owner_id", "team_id", "channel", "state",
    "payment_state", "currency", "total", "paid", "ordered_at", "ordered_on", "due_on",
    "ship_on", "paid_at", "released_at", "shipped_at", "done_at", "cancelled_at", "note",
)  # fmt: skip
_LINE_COLUMNS = (
    "order_id", "position", "product_id", "name", "quantity", "unit_price", "discount",
    "amount",
)  # fmt: skip
_CREATED = """
    SELECT id, version = 1 FROM sales_order
    WHERE import_run_id = %(run)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
_SHIPPED = (OrderState.SHIPPED, OrderState.DONE)


@dataclass(slots=True)
class NewOrderLine:
    """One position of an order from a file; ``amount`` as `rules.line_amount` says."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    product_id: int | None = None


@dataclass(slots=True)
class NewOrder:
    """
    An order from a file: history, so its moments are all the moment it was ordered.

    ``customer`` is id, owner and team of who ordered.
    """

    number: str
    customer: tuple[int, int | None, int | None]
    ordered_at: datetime
    ordered_on: date
    currency: str
    state: OrderState = OrderState.DONE
    is_paid: bool = True
    channel: str = Channel.OTHER.value
    due_on: date | None = None
    ship_on: date | None = None
    note: str = ""
    lines: list[NewOrderLine] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """What the order is worth: the sum of its lines."""
        return sum((line.amount for line in self.lines), start=_ZERO)


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
    before the file: they become actual customers, as the new ones are already.
    """
    pks = reserve_ids(Order, len(orders))
    written = [_written(pk, order) for pk, order in zip(pks, orders, strict=True)]
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
    copy_rows(OrderLine, _LINE_COLUMNS, _line_rows(zip(pks, orders, strict=True)))
    _copy_payments((one.pk, one.paid, one.at) for one in written if one.paid)
    # It follows from the orders and is no right of its own: the house does it for ``by``.
    house = System(by.actor_name, actor_id=by.actor_id)
    mark_buyers(house, list(known_buyers), run_id=run_id, at=at)
    _tell(by, written)
    return pks


@command(needs="order.import")
def extend_orders(by: Actor, pairs: Sequence[tuple[int, NewOrder]]) -> None:
    """Add lines to orders that an earlier part of the same file brought."""
    pks = [pk for pk, _order in pairs]
    last = dict(
        OrderLine.objects.filter(order_id__in=pks)
        .values_list("order_id")
        .annotate(Max("position"))
    )
    copy_rows(OrderLine, _LINE_COLUMNS, _line_rows(pairs, last))
    sums = dict(
        OrderLine.objects.filter(order_id__in=pks)
        .values_list("order_id")
        .annotate(Sum("amount"))
    )
    orders = Order.objects.select_for_update().in_bulk(pks)
    Payment.objects.filter(order_id__in=pks).delete()
    for pk, new in pairs:
        row = orders[pk]
        row.total = sums[pk]
        row.paid = row.total if new.is_paid else _ZERO
        row.payment_state = payment_state(row.total, row.paid, row.refunded)
    Order.objects.bulk_update(
        orders.values(), ["total", "paid", "payment_state"], batch_size=500
    )
    _copy_payments((o.pk, o.paid, o.ordered_at) for o in orders.values() if o.paid)


@command(needs="order.import")
def remove_orders(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """
    Delete the orders that a run created.

    Those that somebody worked with since, or that other records speak of, go to the trash.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, {"run": run_id, "after": after, "limit": limit})
        rows: list[tuple[int, bool]] = cursor.fetchall()
    if not rows:
        return Undone(last=None)
    pks = [pk for pk, _is_untouched in rows]
    stay = {pk for pk, is_untouched in rows if not is_untouched} | _spoken_of(pks)
    _delete([pk for pk in pks if pk not in stay])
    Order.objects.kept().filter(pk__in=stay).update(deleted_at=at)
    return Undone(last=pks[-1], removed=len(pks) - len(stay), kept=len(stay))


def _written(pk: int, order: NewOrder) -> _Written:
    total = order.total
    paid = total if order.is_paid else _ZERO
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
        payment_state(one.total, one.paid, _ZERO).value,
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


def _line_rows(
    pairs: Iterable[tuple[int, NewOrder]], last: dict[int, int] | None = None
) -> Iterator[Sequence[object]]:
    positions = last or {}
    for pk, order in pairs:
        first = positions.get(pk, 0) + 1
        for position, line in enumerate(order.lines, first):
            yield (
                pk,
                position,
                line.product_id,
                line.name,
                line.quantity,
                line.unit_price,
                line.discount,
                line.amount,
            )


def _copy_payments(rows: Iterable[tuple[int, Decimal, object]]) -> None:
    """Write one payment of all that was paid for each order: id, amount and moment."""
    same = {"method": "", "note": ""}
    copy_rows(Payment, ("order_id", "amount", "at"), rows, same)


def _tell(by: Actor, written: Sequence[_Written]) -> None:
    """Put the orders on the timelines, the oldest first."""
    events = [
        OrderPlaced(
            order_id=one.pk,
            customer_id=one.order.customer[0],
            number=one.order.number,
            amount=figures.amount(one.total, one.order.currency),
            ordered_on=one.order.ordered_on,
            at=one.order.ordered_at,
        )
        for one in written
        if one.order.state is not OrderState.DRAFT
    ]
    events.sort(key=lambda event: event.at)
    copy_history(events, by)


def _spoken_of(pks: Sequence[int]) -> set[int]:
    """Return those of ``pks`` that records point at, beside their own parts."""
    found: set[int] = set()
    own = (OrderLine, Payment, Refund)
    for relation in Order._meta.get_fields(include_hidden=True):
        model = relation.related_model
        if relation.auto_created and relation.one_to_many and model not in own:
            name = relation.field.attname
            rows = model._base_manager.filter(**{f"{name}__in": pks})
            found.update(rows.values_list(name, flat=True))
    return found


def _delete(pks: Sequence[int]) -> None:
    """Delete orders with their parts, and take them off the timelines."""
    tables = [
        (model._meta.db_table, "order_id") for model in (OrderLine, Payment, Refund)
    ]
    with connection.cursor() as cursor:
        for table, column in [*tables, (Order._meta.db_table, "id")]:
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
                    sql.Identifier(table), sql.Identifier(column)
                ),
                [list(pks)],
            )
        cursor.execute(
            "UPDATE foundation_loggedevent SET party_id = NULL"
            " WHERE kind = 'order' AND subject_id = ANY(%s)",
            [list(pks)],
        )
