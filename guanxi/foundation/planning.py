"""When PostgreSQL plans a statement: once for all its values, or for those at hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_for_values() -> Iterator[None]:
    """
    Have the statements within planned anew, for the very values they ask for.

    Elsewhere a statement that comes again and again is prepared: planned once. Whether
    an index helps a search or a filter depends on the words, so each gets its own plan.
    """
    connection.ensure_connection()
    session = connection.connection
    usual = session.prepare_threshold
    session.prepare_threshold = None
    try:
        yield
    finally:
        session.prepare_threshold = usual
