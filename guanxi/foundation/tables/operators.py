"""What each operator of the filter language means, for which kinds of columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import CharField, Q, TextField
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.sealing.field import same_as
from guanxi.foundation.tables import tallies
from guanxi.foundation.tables.paths import Path
from guanxi.foundation.tables.spans import span, span_or_ever
from guanxi.foundation.tables.table import LISTED, ColumnKind
from guanxi.foundation.tables.values import Scope, value_of
from guanxi.foundation.tables.where import BadFilter
from guanxi.foundation.words import Words

K = ColumnKind
FIGURES = frozenset({K.NUMBER, K.MONEY})
TIMES = frozenset({K.DATE, K.INSTANT})
ALL = frozenset(K)
MOST_VALUES = 200
# Operators whose one value is a span of days; those that take one before their values.
WITHIN = frozenset({"within", "falls"})
SPANNED = frozenset({"span_one", "span_many"})

Build = Callable[[Scope, Sequence[object]], Q]


@dataclass(frozen=True)
class Operator:
    """
    One operator: its word on screen, its kinds of columns, and its condition.

    ``values``: how many it takes: ``none``, ``one``, ``two`` or ``many``; ``span_one`` and
    ``span_many`` take a span of days before them. Of days one
    speaks otherwise than of figures: ``time_label``, where it differs.
    """

    key: str
    label: Words
    kinds: frozenset[ColumnKind]
    build: Build
    values: str = "one"
    time_label: Words = ""

    def told(self, kind: ColumnKind) -> str:
        """Return the word for a column of ``kind``."""
        return str(self.time_label if self.time_label and kind in TIMES else self.label)


def build(scope: Scope, operator: str, texts: Sequence[str]) -> Q:
    """
    Return the condition that a filter writes about the column of ``scope``.

    :raises BadFilter: for an operator the column does not have, or values it cannot.
    """
    found = OPERATORS.get(operator)
    if found is None or scope.column.kind not in found.kinds:
        raise BadFilter(
            _("“%(label)s” cannot be filtered with “%(operator)s”.")
            % {"label": scope.column.label, "operator": operator[:20]}
        )
    if not _is_fitting(found.values, len(texts)):
        raise BadFilter(
            _("The condition on “%(label)s” has a wrong number of values.")
            % {"label": scope.column.label}
        )
    if operator in WITHIN:
        return found.build(scope, span(texts[0], scope.today))
    if found.values in SPANNED:
        days = span_or_ever(texts[0], scope.today)
        return found.build(scope, [days, *(value_of(scope, t) for t in texts[1:])])
    values = [] if found.values == "none" else [value_of(scope, t) for t in texts]
    return found.build(scope, values)


def operators_of(kind: ColumnKind) -> Sequence[Operator]:
    """Return the operators that fit a kind of column, the usual one first."""
    return [o for o in OPERATORS.values() if kind in o.kinds]


def _is_fitting(values: str, count: int) -> bool:
    fitting = {
        "none": count == 0,
        "one": count == 1,
        "two": count == 2,
        "many": 0 < count <= MOST_VALUES,
        "span_one": count == 2,
        "span_many": 1 < count <= MOST_VALUES,
    }
    return fitting[values]


def _lookup(name: str) -> Build:
    def build(scope: Scope, values: Sequence[object]) -> Q:
        return Q(**{f"{scope.path}__{name}": values[0]})

    return build


def _any_of(scope: Scope, values: Sequence[object]) -> Q:
    if scope.column.kind is K.SEALED:
        return same_as(scope.model, scope.path, *map(str, values))
    if scope.column.holds:
        return scope.column.holds(
            [str(value) for value in values], scope.viewer, scope.today
        )
    return _about_some(scope, Q(**{f"{scope.path}__in": values}))


def _none_of(scope: Scope, values: Sequence[object]) -> Q:
    return ~_any_of(scope, values)


def _equal(scope: Scope, values: Sequence[object]) -> Q:
    if scope.column.kind is K.SEALED:
        return _any_of(scope, values)
    if scope.column.kind is K.INSTANT:
        return _between(scope, [values[0], values[0]])
    return Q(**{scope.path: values[0]})


def _unequal(scope: Scope, values: Sequence[object]) -> Q:
    return ~_equal(scope, values)


def _between(scope: Scope, values: Sequence[object]) -> Q:
    return _from(scope, values[:1]) & _until(scope, values[1:])


def _from(scope: Scope, values: Sequence[object]) -> Q:
    return Q(**{f"{scope.path}__gte": _begin(scope, values[0])})


def _until(scope: Scope, values: Sequence[object]) -> Q:
    if (after := _next_begin(scope, values[0])) is not None:
        return Q(**{f"{scope.path}__lt": after})
    return Q(**{f"{scope.path}__lte": values[0]})


def _before(scope: Scope, values: Sequence[object]) -> Q:
    return Q(**{f"{scope.path}__lt": _begin(scope, values[0])})


def _after(scope: Scope, values: Sequence[object]) -> Q:
    if (after := _next_begin(scope, values[0])) is not None:
        return Q(**{f"{scope.path}__gte": after})
    return Q(**{f"{scope.path}__gt": values[0]})


def _begin(scope: Scope, value: object) -> object:
    """Return when a day begins for the viewer; figures, days and instants themselves."""
    day = _day_of_instants(scope, value)
    return value if day is None else _midnight(day)


def _next_begin(scope: Scope, value: object) -> datetime | None:
    """Return when the day after begins; None for what is no day among instants."""
    day = _day_of_instants(scope, value)
    return None if day is None else _midnight(day + timedelta(days=1))


def _day_of_instants(scope: Scope, value: object) -> date | None:
    if scope.column.kind is not K.INSTANT or isinstance(value, datetime):
        return None
    return value if isinstance(value, date) else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())


def _filled(scope: Scope, values: Sequence[object]) -> Q:
    return ~_empty(scope, values)


def _empty(scope: Scope, values: Sequence[object]) -> Q:
    if scope.target.is_many:
        return ~_about_some(scope, Q(**{f"{scope.path}__isnull": False}))
    missing = Q(**{f"{scope.path}__isnull": True})
    return missing | Q(**{scope.path: ""}) if _is_text(scope.target) else missing


def _about_some(scope: Scope, condition: Q) -> Q:
    """Ask for rows with at least one such; a join would repeat rows with several."""
    if not scope.target.is_many:
        return condition
    return Q(pk__in=scope.model._base_manager.filter(condition).values("pk"))


def _is_text(target: Path) -> bool:
    return isinstance(target.field, CharField | TextField)


_MANY = LISTED | {K.TEXT, K.SEALED}
_ASKED = frozenset({K.QUESTION, K.TALLY, K.PART, K.ANNIVERSARY})
_ONE = ALL - _ASKED - {K.TAGS}
_VALUED = ALL - _ASKED
_TALLY = frozenset({K.TALLY})
_PART = frozenset({K.PART})
_TEXT = frozenset({K.TEXT})
_ORDERED = FIGURES | TIMES
_NOT_BEFORE = pgettext_lazy("filter", "is not before")
_NOT_AFTER = pgettext_lazy("filter", "is not after")
OPERATORS: Mapping[str, Operator] = {
    o.key: o
    for o in (
        Operator("in", pgettext_lazy("filter", "is any of"), _MANY, _any_of, "many"),
        Operator(
            "like", pgettext_lazy("filter", "contains"), _TEXT, _lookup("icontains")
        ),
        Operator("eq", pgettext_lazy("filter", "is"), _ONE, _equal),
        Operator("neq", pgettext_lazy("filter", "is not"), _ONE, _unequal),
        Operator(
            "notin", pgettext_lazy("filter", "is none of"), _MANY, _none_of, "many"
        ),
        Operator(
            "starts",
            pgettext_lazy("filter", "starts with"),
            _TEXT,
            _lookup("startswith"),
        ),
        Operator("within", pgettext_lazy("filter", "lies within"), TIMES, _between),
        Operator("before", pgettext_lazy("filter", "is before"), TIMES, _before),
        Operator("after", pgettext_lazy("filter", "is after"), TIMES, _after),
        Operator(
            "gte",
            pgettext_lazy("filter", "is at least"),
            _ORDERED,
            _from,
            "one",
            _NOT_BEFORE,
        ),
        Operator(
            "lte",
            pgettext_lazy("filter", "is at most"),
            _ORDERED,
            _until,
            "one",
            _NOT_AFTER,
        ),
        Operator("gt", pgettext_lazy("filter", "is more than"), FIGURES, _after),
        Operator("lt", pgettext_lazy("filter", "is less than"), FIGURES, _before),
        Operator(
            "between", pgettext_lazy("filter", "is between"), _ORDERED, _between, "two"
        ),
        Operator(
            "least",
            pgettext_lazy("tally", "at least"),
            _TALLY,
            tallies.at_least,
            "span_one",
        ),
        Operator(
            "most",
            pgettext_lazy("tally", "at most"),
            _TALLY,
            tallies.at_most,
            "span_one",
        ),
        Operator(
            "had",
            pgettext_lazy("tally", "one of"),
            _PART,
            tallies.with_part,
            "span_many",
        ),
        Operator(
            "lacked",
            pgettext_lazy("tally", "none of"),
            _PART,
            tallies.without_part,
            "span_many",
        ),
        Operator(
            "falls",
            pgettext_lazy("filter", "falls within"),
            frozenset({K.ANNIVERSARY}),
            tallies.recurring,
        ),
        Operator("empty", pgettext_lazy("filter", "is empty"), _VALUED, _empty, "none"),
        Operator(
            "filled",
            pgettext_lazy("filter", "is filled in"),
            _VALUED,
            _filled,
            "none",
        ),
    )
}
