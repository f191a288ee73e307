"""What each operator of the filter language means, for which kinds of columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Q
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.tables.table import LISTED, Column, ColumnKind
from guanxi.foundation.tables.where import BadFilter
from guanxi.foundation.words import Words

K = ColumnKind
FIGURES = frozenset({K.NUMBER, K.MONEY})
TIMES = frozenset({K.DATE, K.INSTANT})
ALL = frozenset(K)
MOST_VALUES = 200
LARGEST_ID = 2**63 - 1

Build = Callable[[Column, Sequence[object], date], Q]


@dataclass(frozen=True)
class Operator:
    """One operator: its word on screen, its kinds of columns, and its condition."""

    key: str
    label: Words
    kinds: frozenset[ColumnKind]
    build: Build
    values: str = "one"  # one, many, two or none


def build(column: Column, operator: str, texts: Sequence[str], today: date) -> Q:
    """
    Return the condition that a filter writes about ``column``.

    :raises BadFilter: for an operator the column does not have, or values it cannot.
    """
    found = OPERATORS.get(operator)
    if found is None or column.kind not in found.kinds:
        raise BadFilter(
            _("“%(key)s” cannot be filtered with “%(operator)s”.")
            % {"key": column.key, "operator": operator}
        )
    if len(texts) > MOST_VALUES or (found.values == "two" and len(texts) != 2):
        raise BadFilter(
            _("“%(key)s” has a wrong number of values.") % {"key": column.key}
        )
    values: Sequence[object] = texts
    if found.values != "none" and operator != "within":
        values = [_value(column, text) for text in texts]
    return found.build(column, values, today)


def operators_of(column: Column) -> Sequence[Operator]:
    """Return the operators that fit a column, the usual one first."""
    return [o for o in OPERATORS.values() if column.kind in o.kinds]


def _value(column: Column, text: str) -> object:
    try:
        return _READERS[column.kind](text.strip())
    except (ValueError, InvalidOperation) as error:
        raise BadFilter(
            _("“%(text)s” is not a value of “%(label)s”.")
            % {"text": text[:60], "label": column.label}
        ) from error


def _number(text: str) -> Decimal:
    value = Decimal(text.replace(",", ""))
    if not value.is_finite() or abs(value) >= Decimal(10) ** 18:
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false", "1", "0"}:
        raise ValueError(text)
    return text.lower() in {"true", "1"}


def _id(text: str) -> int:
    value = int(text)
    if not 0 <= value <= LARGEST_ID:
        raise ValueError(text)
    return value


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


_READERS: Mapping[ColumnKind, Callable[[str], object]] = {
    K.TEXT: _plain,
    K.NUMBER: _number,
    K.MONEY: _number,
    K.DATE: date.fromisoformat,
    K.INSTANT: date.fromisoformat,
    K.CHOICE: _plain,
    K.BOOLEAN: _boolean,
    K.USER: _id,
    K.TEAM: _id,
    K.TAGS: _id,
}


def _lookup(name: str) -> Build:
    def build(column: Column, values: Sequence[object], today: date) -> Q:
        return Q(**{f"{column.source}{name}": values[0]})

    return build


def _within_values(column: Column, values: Sequence[object], today: date) -> Q:
    return Q(**{f"{column.source}__in": values})


def _outside_values(column: Column, values: Sequence[object], today: date) -> Q:
    return ~Q(**{f"{column.source}__in": values})


def _equal(column: Column, values: Sequence[object], today: date) -> Q:
    if column.kind is K.INSTANT:
        return _days(column, values[0], values[0])
    return Q(**{column.source: values[0]})


def _unequal(column: Column, values: Sequence[object], today: date) -> Q:
    return ~_equal(column, values, today)


def _between(column: Column, values: Sequence[object], today: date) -> Q:
    if column.kind is K.INSTANT:
        return _days(column, values[0], values[1])
    return Q(**{f"{column.source}__gte": values[0], f"{column.source}__lte": values[1]})


def _before(column: Column, values: Sequence[object], today: date) -> Q:
    return Q(**{f"{column.source}__lt": _start(column, values[0])})


def _after(column: Column, values: Sequence[object], today: date) -> Q:
    day = values[0]
    assert isinstance(day, date)
    if column.kind is K.INSTANT:
        return Q(**{f"{column.source}__gte": _start(column, day + timedelta(days=1))})
    return Q(**{f"{column.source}__gt": day})


def _empty(column: Column, values: Sequence[object], today: date) -> Q:
    missing = Q(**{f"{column.source}__isnull": True})
    is_text = column.kind in {K.TEXT, K.CHOICE}
    return missing | Q(**{column.source: ""}) if is_text else missing


def _filled(column: Column, values: Sequence[object], today: date) -> Q:
    return ~_empty(column, values, today)


def _within(column: Column, values: Sequence[object], today: date) -> Q:
    """Compare with a span that moves with today: ``30d``, ``thismonth``, ``next7d``."""
    first, last = span(str(values[0]), today)
    return _between(column, [first, last], today)


def span(text: str, today: date) -> tuple[date, date]:
    """
    Return the first and last day of a moving span.

    :raises BadFilter: for a span that does not exist.
    """
    if text in SPANS:
        return SPANS[text][1](today)
    ahead = text.startswith("next")
    number = text.removeprefix("next").removesuffix("d")
    if not text.endswith("d") or not number.isdigit() or not 0 < int(number) <= 36_500:
        raise BadFilter(_("“%(text)s” is not a span of time.") % {"text": text[:20]})
    days = timedelta(days=int(number))
    return (today, today + days) if ahead else (today - days, today)


def _month(today: date) -> tuple[date, date]:
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _last_month(today: date) -> tuple[date, date]:
    return _month(today.replace(day=1) - timedelta(days=1))


def _week(today: date) -> tuple[date, date]:
    first = today - timedelta(days=today.weekday())
    return first, first + timedelta(days=6)


def _year(today: date) -> tuple[date, date]:
    return today.replace(month=1, day=1), today.replace(month=12, day=31)


def _today(today: date) -> tuple[date, date]:
    return today, today


SPANS: Mapping[str, tuple[Words, Callable[[date], tuple[date, date]]]] = {
    "today": (gettext_lazy("today"), _today),
    "thisweek": (gettext_lazy("this week"), _week),
    "thismonth": (gettext_lazy("this month"), _month),
    "lastmonth": (gettext_lazy("last month"), _last_month),
    "thisyear": (gettext_lazy("this year"), _year),
}


def _days(column: Column, first: object, last: object) -> Q:
    assert isinstance(last, date)
    return Q(
        **{
            f"{column.source}__gte": _start(column, first),
            f"{column.source}__lt": _start(column, last + timedelta(days=1)),
        }
    )


def _start(column: Column, day: object) -> object:
    """Return when ``day`` begins for the viewer; the day itself for calendar days."""
    assert isinstance(day, date)
    if column.kind is not K.INSTANT:
        return day
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())


_ANY_OF = LISTED | {K.TEXT}
_EXACT = ALL - {K.TAGS}
OPERATORS: Mapping[str, Operator] = {
    o.key: o
    for o in (
        Operator("in", gettext_lazy("is any of"), _ANY_OF, _within_values, "many"),
        Operator(
            "like",
            gettext_lazy("contains"),
            frozenset({K.TEXT}),
            _lookup("__icontains"),
        ),
        Operator("eq", pgettext_lazy("filter", "is"), _EXACT, _equal),
        Operator("neq", gettext_lazy("is not"), _EXACT, _unequal),
        Operator("notin", gettext_lazy("is none of"), _ANY_OF, _outside_values, "many"),
        Operator(
            "starts",
            gettext_lazy("starts with"),
            frozenset({K.TEXT}),
            _lookup("__startswith"),
        ),
        Operator("gte", gettext_lazy("is at least"), FIGURES, _lookup("__gte")),
        Operator("lte", gettext_lazy("is at most"), FIGURES, _lookup("__lte")),
        Operator("gt", gettext_lazy("is more than"), FIGURES, _lookup("__gt")),
        Operator("lt", gettext_lazy("is less than"), FIGURES, _lookup("__lt")),
        Operator("within", gettext_lazy("lies within"), TIMES, _within),
        Operator("before", gettext_lazy("is before"), TIMES, _before),
        Operator("after", gettext_lazy("is after"), TIMES, _after),
        Operator(
            "between", gettext_lazy("is between"), FIGURES | TIMES, _between, "two"
        ),
        Operator("empty", gettext_lazy("is empty"), ALL, _empty, "none"),
        Operator("filled", gettext_lazy("is filled in"), ALL, _filled, "none"),
    )
}
