"""
Queries that are compiled once, and asked again with other values.

Django puts each query together anew, which for a list of six joined tables takes longer
than PostgreSQL takes to answer. What a page asks is nearly always what the page before
asked, but for a number: so the SQL is kept, with the places where the values go.
"""

import re
from collections.abc import (
    Callable,
    Hashable,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet, prefetch_related_objects
from psycopg.types.numeric import Int2, Int4, Int8

from guanxi.foundation.actor import Actor, Grants
from guanxi.foundation.planning import planned_for_values

Kept = MutableMapping[Hashable, Any]
R = TypeVar("R", bound=Model)

# Made-up values that fit the columns of their type, the smallest numbers too.
_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda n: n,
    str: lambda n: f"x{n}",
    Decimal: Decimal,
    date: lambda n: date.min + timedelta(days=n),
    datetime: lambda n: datetime.min.replace(tzinfo=UTC) + timedelta(days=n),
}
_LOTS = 31_000, 32_000
MOST_KEPT = 1000
# The names of what tells who asks, which nobody else uses.
_WHO = "@"
_ACTOR, _TEAM, _TEAMS = "@actor", "@team", "@teams "
_MARKS = re.compile("(%%|%s)")
_WORD = re.compile("[a-z_]+")
_BITS: dict[type, int] = {Int2: 15, Int4: 31, Int8: 63}
_answers: ContextVar[dict[Hashable, list[Any]] | None] = ContextVar(
    "answers", default=None
)


def asked(
    kept: Kept, key: Hashable, build: Callable[..., "QuerySet[R]"], /, **values: Any
) -> list[R]:
    """
    Return the rows of ``build(**values)``; what is compiled stays in ``kept``.

    ``key`` names all that ``build`` depends on besides ``values``. It may do nothing
    with a value but compare a column with it: a number, text, date, instant or decimal
    is filled in later, as it is: no text for a number. Others (None, true, tuples) are
    part of the key.

    :raises ValueError: if a value went another way than into a comparison.
    """
    return _asked(kept, key, lambda given: build(**given), values)


def asked_by(
    actor: Actor,
    build: Callable[..., "QuerySet[R]"],
    /,
    *fixed: Hashable,
    **values: Any,
) -> list[R]:
    """
    Return the rows of ``build(actor, *fixed, **values)``, as `asked` does.

    What is compiled stays with the grants of ``actor``, for all who have the same: who
    he is and which teams are his are filled in as values are. ``build`` is a function of
    a module, which depends on nothing but what it is given.
    """
    who = who_is(actor)

    def seen(given: Mapping[str, Any]) -> "QuerySet[R]":
        values = {name: value for name, value in given.items() if name not in who}
        return build(Seer(actor.grants, given), *fixed, **values)

    key = build, tuple(who), fixed
    return _asked(actor.grants.worked_out, key, seen, who | values)


@contextmanager
def asked_once() -> Iterator[None]:
    """
    Within it, what was asked is not asked again: the same rows are the answer.

    For the parts of one page, which tell of one moment and know nothing of each other.
    Nothing may be changed in it, and nothing of it outlives it.
    """
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def keep(kept: Kept, key: Hashable, worked_out: Any) -> None:
    """Remember what was worked out; all is forgotten when it becomes too much."""
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = worked_out


class Seer:
    """Somebody who has certain grants, whoever he is: for whom a query is compiled."""

    actor_name = ""

    def __init__(self, grants: Grants, given: Mapping[str, Any]) -> None:
        self.grants = grants
        self.actor_id: int | None = given.get(_ACTOR)
        self.team_id: int | None = given.get(_TEAM)
        teams = (pk for name, pk in given.items() if name.startswith(_TEAMS))
        self.team_ids = frozenset(teams)


def who_is(actor: Actor) -> dict[str, Any]:
    """Return what, beside the grants, decides which records ``actor`` may see."""
    single = {_ACTOR: actor.actor_id, _TEAM: actor.team_id}
    # In the order in which policies put them into a condition.
    teams = {f"{_TEAMS}{n}": pk for n, pk in enumerate(sorted(actor.team_ids))}
    return {name: pk for name, pk in single.items() if pk is not None} | teams


def _asked(
    kept: Kept,
    key: Hashable,
    build: Callable[[Mapping[str, Any]], "QuerySet[R]"],
    values: Mapping[str, Any],
) -> list[R]:
    filled = {name: value for name, value in values.items() if type(value) in _SAMPLES}
    fixed = {name: value for name, value in values.items() if name not in filled}
    kinds = tuple((name, type(value)) for name, value in filled.items())
    whole = (key, kinds, *fixed.items())
    compiled: _Compiled | None = kept.get(whole)
    if compiled is None:
        try:
            compiled = _compiled(lambda samples: build(samples | fixed), filled)
        except EmptyResultSet:  # for what stood for the values, which says nothing
            return list(build(values))
        keep(kept, whole, compiled)
    return _answered(compiled, filled)


def _answered(compiled: "_Compiled", values: dict[str, Any]) -> list[Any]:
    answers = _answers.get()
    if answers is None:
        return compiled.rows(values)
    key = compiled, *values.values()
    if key not in answers:
        answers[key] = compiled.rows(values)
    return list(answers[key])


@dataclass(frozen=True, eq=False)
class _Compiled:
    """A compiled query; each parameter stands with the name of what replaces it, if any."""

    queryset: Any
    compiler: Any
    sql: str
    parameters: Sequence[tuple[Any, str]]

    @cached_property
    def is_personal(self) -> bool:
        """
        Whether it matters who asks.

        One sees three records and another half of all: what is best for the one may
        take the other minutes, so each gets a plan of his own.
        """
        return any(name.startswith(_WHO) for _parameter, name in self.parameters)

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Ask with ``values`` on the connection of this thread."""
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        statement = self.sql, self._filled(values)
        compiler.as_sql = lambda *_given, **_more: statement
        rows = self.queryset._iterable_class(self._standing_in(compiler))
        with planned_for_values() if self.is_personal else nullcontext():
            found: list[Any] = list(rows)
        lookups = self.queryset._prefetch_related_lookups
        if lookups:
            prefetch_related_objects(found, *lookups)
        return found

    def _filled(self, values: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(
            _sized(values[name], type(parameter)) if name else parameter
            for parameter, name in self.parameters
        )

    def _standing_in(self, compiler: Any) -> Any:
        """Return what Django's iterables ask a query set for, all of it known already."""
        query = self.queryset.query
        return SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=self.queryset.model,
            query=SimpleNamespace(
                get_compiler=lambda *_given, **_more: compiler,
                selected=query.selected,
                extra_select=query.extra_select,
                values_select=query.values_select,
                annotation_select=query.annotation_select,
            ),
            _fields=self.queryset._fields,
            _known_related_objects={},
        )


def _sized(value: Any, size: type) -> Any:
    """
    Return a number in psycopg's ``size`` of its column.

    One that is too large becomes the largest there is, which no record has.
    """
    if size not in _BITS:
        return value
    most = (1 << _BITS[size]) - 1
    return size(max(-most, min(value, most)))


def _compiled(
    build: Callable[[dict[str, Any]], Any], given: Mapping[str, Any]
) -> _Compiled:
    """
    Compile ``build`` for two lots of made-up values: where they differ is a place.

    ``given`` are values of the types to come. Who asks may not matter, all else must.
    """
    first, second = (
        {
            name: _SAMPLES[type(value)](lot + number)
            for number, (name, value) in enumerate(given.items())
        }
        for lot in _LOTS
    )
    queryset, compiler, sql, parameters = _compiled_for(build, first)
    others = parameters
    if given:
        *_same, other_sql, others = _compiled_for(build, second)
        if sql != other_sql:
            raise ValueError(f"a value does more than stand in a comparison: {sql}")
    named = [
        (parameter, _name_of(parameter, other, first, second))
        for parameter, other in zip(parameters, others, strict=True)
    ]
    needed = {name for name in given if not name.startswith(_WHO)}
    if not needed <= {name for _parameter, name in named}:
        raise ValueError(f"a value is not in a comparison: {sql}")
    converters = compiler.get_converters(
        [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
    )
    compiler.get_converters = lambda _columns: converters
    # What is kept must not hold on to the connection of a thread that ends.
    compiler.connection = None
    return _Compiled(queryset, compiler, *_spelled_out(sql, named))


def _compiled_for(
    build: Callable[[dict[str, Any]], Any], values: dict[str, Any]
) -> tuple[Any, Any, str, tuple[Any, ...]]:
    queryset = build(values)
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    return queryset, compiler, sql, tuple(parameters)


def _name_of(
    parameter: Any, other: Any, first: dict[str, Any], second: dict[str, Any]
) -> str:
    """
    Return which value stands here; nothing for what is the same in any case.

    :raises ValueError: if a value came here changed.
    """
    if parameter == other:
        return ""
    for name in first:
        if (parameter, other) == (first[name], second[name]):
            return name
    raise ValueError(f"a value does not reach its comparison as it is: {parameter}")


def _spelled_out(
    sql: str, parameters: Sequence[tuple[Any, str]]
) -> tuple[str, Sequence[tuple[Any, str]]]:
    """
    Write fixed words such as states into ``sql``.

    A partial index holds the rows of one state: only where the state is written does it
    fit a plan that is made for all values.
    """
    left = iter(parameters)
    written, kept = [], []
    for part in _MARKS.split(sql):
        if part != "%s":
            written.append(part)
            continue
        parameter, name = next(left)
        if not name and isinstance(parameter, str) and _WORD.fullmatch(parameter):
            written.append(f"'{parameter}'")
        else:
            written.append(part)
            kept.append((parameter, name))
    return "".join(written), kept
