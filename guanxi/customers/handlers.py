"""What customers does once something of its own has changed."""

from django.db import connection
from django.utils.translation import gettext_noop
from psycopg import sql

from guanxi.customers.commands.bond import refresh_bonds
from guanxi.customers.commands.credit import refresh_credit
from guanxi.customers.commands.ownerless import tell_of_ownerless
from guanxi.customers.commands.quality_score import judge, keep_quality_week
from guanxi.customers.events import (
    CustomersMerged,
    CustomFieldEvent,
    MergeUndone,
    WallSet,
)
from guanxi.customers.models.field import custom_fields
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.extra import expression_of
from guanxi.customers.rules.field import FieldKind
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.foundation.jobs import job
from guanxi.identity.events import UserDeactivated

MINDER = System(gettext_noop("customers without owner"))
JUDGE = System(gettext_noop("data quality"))
HOUSE = System(gettext_noop("credit"))
# Sorted and compared as a whole; of long texts nobody asks that.
_INDEXED = frozenset(FieldKind) - {FieldKind.PARAGRAPH, FieldKind.BOOLEAN}


def renew_credit(event: CustomersMerged | MergeUndone) -> None:
    """Let grade and limit of a customer follow the assessments it has now."""
    refresh_credit(HOUSE, list(customers(HOUSE).filter(pk=event.customer_id)))


def renew_bonds(event: CustomersMerged | MergeUndone) -> None:
    """Let what binds customers follow the assessments that each has now."""
    refresh_bonds([event.customer_id, event.other_id])


def judge_again(event: CustomersMerged | MergeUndone) -> None:
    """Judge the data of customers that became one, or two again."""
    judge([event.customer_id, event.other_id], at=event.at)


def keep_week_apart(event: WallSet) -> None:
    """Keep the week's quality anew, so that customers shut from somebody stand apart."""
    keep_quality_week(JUDGE, at=now())


def tell_ownerless(event: UserDeactivated) -> None:
    """Tell managers of the customers of a colleague who has left."""
    tell_of_ownerless(MINDER, at=event.at)


def index_field(event: CustomFieldEvent) -> None:
    """Have the values of a field indexed, or not any more."""
    arrange_index.later(key=event.key)


@job(queue="default")
def arrange_index(*, key: str) -> None:
    """
    Build the index of a field's values if there is to be one, while others go on writing.

    One that was cut off is left invalid by PostgreSQL: it is taken away first.
    """
    spec = next((one for one in custom_fields() if one.key == key), None)
    is_wanted = spec is not None and spec.is_indexed and spec.kind in _INDEXED
    name = sql.Identifier(f"customer_{key}")
    with connection.cursor() as cursor:
        cursor.execute(_VALID, [f"customer_{key}"])
        is_valid = cursor.fetchone() == (True,)
        if not (is_wanted and is_valid):
            cursor.execute(_DROP.format(name=name))
        if spec is not None and is_wanted and not is_valid:
            # The expression is made of a checked key alone.
            value = sql.SQL(f"({expression_of(spec)})")
            cursor.execute(_BUILD.format(name=name, value=value))


_VALID = """
    SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = %s
"""
_DROP = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {name}")
_BUILD = sql.SQL(
    "CREATE INDEX CONCURRENTLY {name} ON customers_customer ({value}, id)"
    " WHERE deleted_at IS NULL AND {value} IS NOT NULL"
)
