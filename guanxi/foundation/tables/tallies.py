"""
Conditions about what rooms count: how often, how much, or which, within some days.

Each is one question about a set, not one for each row: millions of rows are answered by
reading what was counted once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.timezone import get_current_timezone

from guanxi.foundation.tables.paths import path_of
from guanxi.foundation.tables.spans import Days
from guanxi.foundation.tables.values import Scope

if TYPE_CHECKING:
    from guanxi.foundation.rooms import Tally

A_YEAR = 365
LEAP_DAY = 229
DAY_BEFORE_LEAP_DAY = 228


def at_least(scope: Scope, values: Sequence[Any]) -> Q:
    """Return the condition of rows whose figure in some days is not below a number."""
    days, number = values
    if not number:
        return Q()
    tally, rows = _counted(scope, days)
    if tally.figure is None and number <= 1:  # no need to count
        return Q(pk__in=rows.values(tally.column))
    return Q(pk__in=_grouped(tally, rows, "gte", number))


def at_most(scope: Scope, values: Sequence[Any]) -> Q:
    """Return the condition of rows whose figure in some days is not above a number."""
    days, number = values
    tally, rows = _counted(scope, days)
    if tally.figure is None and number < 1:
        return ~Q(Exists(rows.filter(**{tally.column: OuterRef("pk")})))
    return ~Q(pk__in=_grouped(tally, rows, "gt", number))


def with_part(scope: Scope, values: Sequence[Any]) -> Q:
    """Return the condition of rows for which one of some words stands there."""
    days, *words = values
    tally, rows = _counted(scope, days)
    return Q(pk__in=rows.filter(**{f"{tally.part}__in": words}).values(tally.column))


def without_part(scope: Scope, values: Sequence[Any]) -> Q:
    """Return the condition of rows for which none of some words stands there."""
    days, *words = values
    tally, rows = _counted(scope, days)
    found = rows.filter(**{f"{tally.part}__in": words, tally.column: OuterRef("pk")})
    return ~Q(Exists(found))


def recurring(scope: Scope, values: Sequence[Any]) -> Q:
    """
    Return the condition of days of a year that come again within some days.

    Who was born on 29 February has the day on the 28th where there is no 29th.
    """
    first, last = values
    known = Q(**{f"{scope.path}__isnull": False})
    if (last - first).days >= A_YEAR:
        return known
    fitting = Q()
    for begin, end in _marks(first, last):
        fitting |= _is_between(scope.path, begin, end)
    return known & fitting


def _counted(scope: Scope, days: Days | None) -> "tuple[Tally, QuerySet[Any]]":
    tally = cast("Tally", scope.column.tally)
    rows = tally.rows(scope.viewer).order_by()
    if days is not None:
        rows = rows.filter(_on(rows, tally.day, days))
    return tally, rows


def _grouped(
    tally: "Tally", rows: "QuerySet[Any]", lookup: str, number: object
) -> "QuerySet[Any, Any]":
    figure = tally.figure or Count("pk")
    sums = rows.values(tally.column).annotate(tallied=figure)
    found: QuerySet[Any, Any] = sums.filter(**{f"tallied__{lookup}": number})
    return found.values(tally.column)


def _on(rows: "QuerySet[Any]", path: str, days: Days) -> Q:
    """Return the condition that what ``path`` tells lies within ``days``."""
    first, last = days
    model: type[Model] = rows.model
    if isinstance(path_of(model, path).field, DateTimeField):
        after = _midnight(last + timedelta(days=1))
        return Q(**{f"{path}__gte": _midnight(first), f"{path}__lt": after})
    return Q(**{f"{path}__gte": first, f"{path}__lte": last})


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())


def _marks(first: date, last: date) -> Iterable[tuple[int, int]]:
    """Yield spans of days of the year as month × 100 + day, none across its end."""
    begin, end = _mark(first), _mark(last)
    if end == DAY_BEFORE_LEAP_DAY and (last + timedelta(days=1)).month > last.month:
        end = LEAP_DAY
    if begin <= end:
        return [(begin, end)]
    return [(begin, 1231), (101, end)]


def _mark(day: date) -> int:
    return day.month * 100 + day.day


def _is_between(path: str, begin: int, end: int) -> Q:
    mark = ExtractMonth(F(path)) * 100 + ExtractDay(F(path))
    return Q(GreaterThanOrEqual(mark, begin)) & Q(LessThanOrEqual(mark, end))
