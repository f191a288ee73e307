"""How many rows fit, exactly where that takes no longer than a person waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

from guanxi.foundation.planning import planned_for_values
from guanxi.foundation.tables.estimate import estimated_rows

MOMENT_MILLISECONDS = 1500
# What a set of a few million numbers takes while it is compared with another.
ROOM_KILOBYTES = 160 * 1024


@dataclass(frozen=True)
class Counted:
    """How many; or about how many, where counting took too long."""

    number: int
    is_exact: bool


def counted(
    rows: "QuerySet[Any]", *, milliseconds: int = MOMENT_MILLISECONDS
) -> Counted:
    """Return how many ``rows`` there are, or the planner's estimate after a moment."""
    try:
        with within_moment(milliseconds):
            return Counted(rows.order_by().count(), is_exact=True)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
    return Counted(estimated_rows(lambda: rows), is_exact=False)


@contextmanager
def within_moment(milliseconds: int) -> Iterator[None]:
    """
    Let no statement within take longer, and give each room for large sets.

    :raises OperationalError: of a `QueryCanceled`, when one is cut off.
    """
    with roomy(), _limited("statement_timeout", f"{milliseconds}ms"):
        yield


@contextmanager
def roomy() -> Iterator[None]:
    """Have sets of millions of rows compared in memory, in a transaction of its own."""
    with (
        transaction.atomic(),
        planned_for_values(),
        _limited("work_mem", f"{ROOM_KILOBYTES}kB"),
    ):
        yield


@contextmanager
def _limited(setting: str, value: str) -> Iterator[None]:
    """Set something for the transaction, and set it back at the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [setting])
        (usual,) = cursor.fetchone()
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])
    yield
    # After an error the transaction takes it back itself.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, usual])
