"""Orders that are there and that a file says otherwise, or goes on with."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Q, Sum

from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import copy_history
from guanxi.foundation.commands import command
from guanxi.foundation.imports import traces
from guanxi.sales.commands.imports.new_order import (
    ZERO,
    NewOrder,
    copy_lines,
    copy_payments,
)
from guanxi.sales.events import OrderChanged
from guanxi.sales.models import Order, OrderLine, Payment
from guanxi.sales.policies import ORDER
from guanxi.sales.rules.order import PaymentState, payment_state

# The lines go into the row that is kept of the order; taking back reads them there.
_KEEP_LINES = """
    UPDATE foundation_importedrow r SET before = r.before || jsonb_build_object(
        '_lines', (SELECT coalesce(jsonb_agg(to_jsonb(l)), '[]')
                   FROM sales_orderline l WHERE l.order_id = r.record_id))
    WHERE r.run_id = %s AND r.kind = 'order' AND r.record_id = ANY(%s)
      AND NOT r.before ? '_lines'
"""


@command(needs="order.edit")
def update_orders(
    by: Actor, pairs: Sequence[tuple[int, NewOrder]], *, run_id: int, at: datetime
) -> None:
    """
    Replace the lines of orders, and of their terms what the file says; money stays.

    The orders have not left the house, and are worth what is paid for them at least.
    Those that ``by`` may not edit, or that are gone, are left out.
    """
    open_to_by = Order.objects.filter(ORDER.visible(by, "edit"))
    orders = open_to_by.select_for_update().in_bulk([pk for pk, _order in pairs])
    pairs = [(pk, new) for pk, new in pairs if pk in orders]
    pks = list(orders)
    traces.remember(Order, ORDER.kind, run_id, pks)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_LINES, [run_id, pks])
    OrderLine.objects.filter(order_id__in=pks).delete()
    copy_lines(pairs)
    for pk, new in pairs:
        row = orders[pk]
        row.due_on = new.due_on or row.due_on
        row.ship_on = new.ship_on or row.ship_on
        row.note = new.note or row.note
        row.version += 1
        row.updated_at = at
    _write_sums(list(orders.values()), ["due_on", "ship_on", "note", "version"])
    copy_history(
        [
            OrderChanged(**row.about, amount=row.shown(row.total), at=at)
            for row in orders.values()
        ],
        by,
    )


@command(needs="order.import")
def extend_orders(
    by: Actor, pairs: Sequence[tuple[int, NewOrder]], *, run_id: int
) -> None:
    """
    Add lines to orders that an earlier part of the same file brought or changed.

    What the file brought as paid is paid with its new lines too. Orders that the file did
    not bring and ``by`` may not edit are left out.
    """
    visible = ORDER.visible(by, "edit")
    own = Q(import_run_id=run_id) | visible if visible else visible
    orders = Order.objects.filter(own).select_for_update()
    rows = orders.in_bulk([pk for pk, _order in pairs])
    pairs = [(pk, new) for pk, new in pairs if pk in rows]
    pks = list(rows)
    last = dict(
        OrderLine.objects.filter(order_id__in=pks)
        .values_list("order_id")
        .annotate(Max("position"))
        .order_by()
    )
    copy_lines(pairs, last)
    sums = _sums(pks)
    paid = [
        row
        for pk, new in pairs
        if (row := rows[pk]).import_run_id == run_id
        if row.paid or (row.total == 0 and new.is_paid)
    ]
    Payment.objects.filter(order__in=paid).delete()
    for row in paid:
        row.paid = sums[row.pk]
        row.paid_at = row.ordered_at if row.paid else None
    copy_payments((row.pk, row.paid, row.ordered_at) for row in paid if row.paid)
    _write_sums(list(rows.values()), ["paid"])


def _sums(pks: Sequence[int]) -> dict[int, Decimal]:
    rows = OrderLine.objects.filter(order_id__in=pks).values_list("order_id")
    return dict(rows.annotate(Sum("amount")).order_by())


def _write_sums(orders: Sequence[Order], more: Sequence[str]) -> None:
    """Save orders whose lines changed: total and payment, and the fields ``more``."""
    sums = _sums([row.pk for row in orders])
    for row in orders:
        row.total = sums.get(row.pk, ZERO)
        row.payment_state = payment_state(row.total, row.paid, row.refunded)
        if row.payment_state in (PaymentState.UNPAID, PaymentState.PART):
            row.paid_at = None
        elif row.payment_state == PaymentState.PAID and row.paid:
            row.paid_at = row.paid_at or row.updated_at
    names = ["total", "payment_state", "paid_at", "updated_at", *more]
    Order.objects.bulk_update(orders, names, batch_size=500)
