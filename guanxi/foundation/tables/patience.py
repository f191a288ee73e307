"""
Pages of a list whose filter leaves few rows out of millions.

PostgreSQL reads along the index of the order until the page is full: an instant where
rows that fit are common, minutes where they are rare, and its statistics do not know
which. So that way gets a moment. After it, the rows that fit are found first and sorted
then, which takes one look at each row at most.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Timer

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from guanxi.foundation.planning import planned_for_values
from guanxi.foundation.tables import keyset
from guanxi.foundation.tables.where import BadFilter

MOMENT_SECONDS = 0.7


def page(
    source: keyset.Source,
    order: keyset.Order,
    *,
    is_narrowed: bool,
    size: int,
    after: str = "",
    before: str = "",
) -> keyset.Page:
    """
    Return a page as `keyset.page` does, the other way round if it takes long.

    ``is_narrowed``: a filter or a search leaves rows out.

    :raises BadFilter: if both ways take longer than a page may, or as `keyset.page`.
    """
    ways = [order]
    # Inside a transaction, a statement taken back would take all before it along.
    if is_narrowed and not connection.in_atomic_block:
        ways.append(replace(order, is_late=True))
    for wanted in ways:
        try:
            with ExitStack() as stack:
                if is_narrowed:
                    stack.enter_context(planned_for_values())
                if wanted is not ways[-1]:
                    stack.enter_context(_only_a_moment())
                return keyset.page(
                    source, wanted, size=size, after=after, before=before
                )
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
    raise BadFilter(
        _("This takes too long to find. Narrow the filter, or search for more letters.")
    )


@contextmanager
def _only_a_moment() -> Iterator[None]:
    """Cancel what the database is at when the moment has passed."""
    connection.ensure_connection()
    timer = Timer(MOMENT_SECONDS, connection.connection.cancel_safe)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # a cancellation on its way must not meet the next statement
