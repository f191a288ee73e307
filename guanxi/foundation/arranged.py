"""
What administrators arrange, kept in memory: fields, lists, layouts.

It changes a few times a month and is asked on every page. A number grows with each change
and is read along with the user's row, which each request reads anyway: whoever sees
another number than before forgets what it knows.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from guanxi.foundation.actor import System

T = TypeVar("T")

_UNKNOWN = -1
_kept: dict[Callable[[], Any], Any] = {}
_forgets: list[Callable[[], None]] = []
_number = _UNKNOWN
_GROW = """
    INSERT INTO foundation_arrangement AS a (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = a.number + 1
"""


def arranged(read: Callable[[], T]) -> Callable[[], T]:
    """Keep what ``read`` returns until something is arranged otherwise."""

    @wraps(read)
    def kept() -> T:
        if read not in _kept:
            _kept[read] = read()
        return cast("T", _kept[read])

    return kept


def forgets(forget: Callable[[], None]) -> None:
    """Call ``forget`` too when something was arranged otherwise."""
    _forgets.append(forget)


def arrangement_number() -> RawSQL:
    """Return the expression of the number, to be read along with another row."""
    # Words, not the model: jobs are declared before there are any models.
    return RawSQL(
        "coalesce((SELECT number FROM foundation_arrangement WHERE id = 1), 0)",
        (),
        IntegerField(),
    )


def heed(number: int) -> None:
    """Forget what is kept if it was read under another number."""
    global _number
    if number != _number:
        forget_arranged()
        _number = number


def forget_arranged() -> None:
    """Read everything anew that is asked for from now on."""
    global _number
    _number = _UNKNOWN
    _kept.clear()
    System.grants.worked_out.clear()
    for forget in _forgets:
        forget()


def rearrange() -> None:
    """
    Tell all processes that something is arranged otherwise, with the caller's transaction.

    Whatever is read before the commit is forgotten with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GROW)
    forget_arranged()
    transaction.on_commit(forget_arranged)
