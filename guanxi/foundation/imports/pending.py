"""
Text indexes written while rows come in.

An index of trigrams first lists new rows, and sorts them in once the list is long: a
third of what a row costs the database. During an import a connection of its own
sorts in what one chunk has listed while the next one is written. A search reads both, and
whoever dies leaves a list that the next writer sorts in.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import DatabaseError, connection

# The lists of two chunks: who writes rows does not stop to sort in.
LONGEST_LIST = "32MB"

logger = logging.getLogger(__name__)


@contextmanager
def sorted_aside(indexes: Sequence[str]) -> Iterator[Callable[[], None]]:
    """
    Give a function to call after each commit: it has what ``indexes`` list sorted in.

    All is sorted in when the block ends.
    """
    with ThreadPoolExecutor(max_workers=1) as aside:
        try:
            yield lambda: _start(aside, indexes)
        finally:
            aside.submit(_leave)


def allow_long_lists(indexes: Sequence[str]) -> None:
    """Leave to `sorted_aside`, until the commit, what ``indexes`` list."""
    if not indexes:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL gin_pending_list_limit = '{LONGEST_LIST}'")


def _start(aside: ThreadPoolExecutor, indexes: Sequence[str]) -> None:
    if indexes:
        aside.submit(_sort_in, indexes)


def _sort_in(indexes: Sequence[str]) -> None:
    try:
        with connection.cursor() as cursor:
            for name in indexes:
                cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [name])
    except DatabaseError:
        # Writing goes on, more slowly: a long list is sorted in by who writes.
        logger.warning("The indexes %s are not sorted in.", indexes, exc_info=True)


def _leave() -> None:
    """Close the connection of this thread."""
    connection.close()
