"""Orders that a file brought or changed, taken back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from psycopg import sql

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.imports import traces
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.imports.queries import import_run
from guanxi.sales.models import Order, OrderLine, Payment, Refund
from guanxi.sales.policies import ORDER

# What goes with an order; whatever else speaks of one keeps it.
_OWN = (OrderLine, Payment, Refund)
_CREATED = """
    SELECT id, version = 1 FROM sales_order
    WHERE import_run_id = %(run)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
_LINES_BACK = """
    INSERT INTO sales_orderline
    SELECT l.* FROM foundation_importedrow r,
        jsonb_populate_recordset(NULL::sales_orderline, r.before -> '_lines') l
    WHERE r.run_id = %s AND r.kind = 'order' AND r.record_id = ANY(%s)
"""
# Who looks after an order goes with its customer, whatever a file said or takes back.
_KEEP_OWNER = """
    UPDATE foundation_importedrow r SET before = r.before || jsonb_build_object(
        'owner_id', o.owner_id, 'team_id', o.team_id)
    FROM sales_order o
    WHERE r.run_id = %s AND r.kind = 'order' AND r.record_id = ANY(%s)
      AND o.id = r.record_id
"""


@command(needs="order.import")
def restore_orders(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Write orders that a run changed back with their lines, unless changed since."""
    import_run(by, run_id)

    def prepare(pks: Sequence[int]) -> None:
        OrderLine.objects.filter(order_id__in=pks).delete()
        with connection.cursor() as cursor:
            cursor.execute(_LINES_BACK, [run_id, list(pks)])
            cursor.execute(_KEEP_OWNER, [run_id, list(pks)])

    return traces.restore_rows(
        Order, ORDER.kind, run_id, after=after, limit=limit, also=prepare
    )


@command(needs="order.import")
def remove_orders(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """
    Delete the orders that a run created.

    Those that somebody worked with since, or that other records speak of, go to the trash.
    """
    import_run(by, run_id)
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, {"run": run_id, "after": after, "limit": limit})
        rows: list[tuple[int, bool]] = cursor.fetchall()
    if not rows:
        return Undone(last=None)
    pks = [pk for pk, _is_untouched in rows]
    stay = {pk for pk, is_untouched in rows if not is_untouched}
    stay |= traces.pointers_at(Order, pks, but=_OWN)
    _delete([pk for pk in pks if pk not in stay])
    Order.objects.kept().filter(pk__in=stay).update(deleted_at=at)
    return Undone(last=pks[-1], removed=len(pks) - len(stay), kept=len(stay))


def _delete(pks: Sequence[int]) -> None:
    """Delete orders with their parts, and take them off the timelines."""
    tables = [(model._meta.db_table, "order_id") for model in _OWN]
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
