"""Customers that a file brought or changed, taken back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from django.db import connection
from django.db.models import Model
from psycopg import sql

from guanxi.customers.commands.imports.address import put_addresses_back
from guanxi.customers.commands.imports.create import RELATION
from guanxi.customers.commands.imports.update import ADDRESS, POINT, TAG
from guanxi.customers.models import Address, ContactPoint, Customer, Relation, Traits
from guanxi.customers.policies import CUSTOMER
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.imports import traces
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.imports.queries import import_run

_PARTS: Mapping[str, type[Model]] = {
    RELATION: Relation,
    POINT: ContactPoint,
    ADDRESS: Address,
    TAG: Customer.tags.through,
}
# What goes with a customer; whatever else speaks of one keeps it.
_OWN = (ContactPoint, Address, Traits, Customer.tags.through)
_CREATED = """
    SELECT c.id, c.version = coalesce(r.version, 1)
    FROM customers_customer c
    LEFT JOIN foundation_importedrow r
      ON r.run_id = c.import_run_id AND r.kind = 'customer' AND r.record_id = c.id
    WHERE c.import_run_id = %(run)s AND c.id > %(after)s
    ORDER BY c.id LIMIT %(limit)s
"""


@command(needs="customer.import")
def remove_parts(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Delete what a run added to customers: relations, points, addresses, tags."""
    import_run(by, run_id)
    return traces.remove_parts(_PARTS, run_id, after=after, limit=limit)


@command(needs="customer.import")
def restore_customers(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Write customers that a run changed back as they were, unless changed since."""
    import_run(by, run_id)
    return traces.restore_rows(
        Customer,
        CUSTOMER.kind,
        run_id,
        after=after,
        limit=limit,
        also=partial(put_addresses_back, run_id),
    )


@command(needs="customer.import")
def remove_customers(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """
    Delete the customers that a run created.

    Those that somebody changed, or that other records speak of, go to the trash.
    """
    import_run(by, run_id)
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, {"run": run_id, "after": after, "limit": limit})
        rows: list[tuple[int, bool]] = cursor.fetchall()
    if not rows:
        return Undone(last=None)
    pks = [pk for pk, _is_untouched in rows]
    stay = {pk for pk, is_untouched in rows if not is_untouched}
    stay |= traces.pointers_at(Customer, pks, but=_OWN)
    _delete([pk for pk in pks if pk not in stay])
    Customer.objects.kept().filter(pk__in=stay).update(deleted_at=at)
    return Undone(last=pks[-1], removed=len(pks) - len(stay), kept=len(stay))


def _delete(pks: Collection[int]) -> None:
    tables = [(model._meta.db_table, "customer_id") for model in _OWN]
    tables.append((Customer._meta.db_table, "id"))
    with connection.cursor() as cursor:
        for table, column in tables:
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
                    sql.Identifier(table), sql.Identifier(column)
                ),
                [list(pks)],
            )
