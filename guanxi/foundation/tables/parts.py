"""What lists have in common: choices and tones of columns, and deeds on chosen rows."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.db.models import Model

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.tables.table import BulkResult, Choices, Column, ColumnKind
from guanxi.foundation.words import Words

Row = TypeVar("Row", bound=Model)


def toned(tones: Mapping[str, str]) -> Callable[[str], str]:
    """Return what tells the tone of a value; gray where ``tones`` has none."""
    return lambda value: tones.get(value, "gray")


def fixed(choices: Choices) -> Callable[[Actor], Choices]:
    """Return what offers the same ``choices`` to everybody."""
    return lambda _viewer: choices


def word(
    key: str,
    label: Words,
    choices: Choices,
    tones: Mapping[str, str],
    *,
    path: str = "",
    shown: bool = False,
) -> Column:
    """Return a column of one word out of a few."""
    return Column(
        key=key,
        label=label,
        path=path,
        kind=ColumnKind.CHOICE,
        choices=fixed(choices),
        tone=toned(tones),
        shown=shown,
    )


def each(
    rows: Iterable[Row],
    act: Callable[[Row], object],
    *,
    named: Callable[[Row], str] = lambda _row: "",
    denied: Words = "",
) -> BulkResult:
    """
    Do ``act`` on every row by itself: one refusal does not hold the others up.

    A refusal begins with what the row is ``named``. With ``denied`` those on which one
    may not act are left out too, in these words; else none is changed.

    :raises Denied: if one may not act on a row, and nothing is said for that.
    """
    done: dict[int, str] = {}
    refused = []
    for row in rows:
        name = named(row)
        try:
            act(row)
        except Refused as refusal:
            refused.append(f"{name}: {refusal.message}" if name else refusal.message)
        except Denied:
            if not denied:
                raise
            refused.append(str(denied))
        else:
            done[row.pk] = name
    return BulkResult(len(done), refused, done)
