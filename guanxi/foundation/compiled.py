"""
Queries that are compiled once, and asked again with other values.

Django puts each query together anew, which for a list of six joined tables takes longer
than PostgreSQL takes to answer. What a page asks is nearly always what the page before
asked, but for a number: so the SQL is kept, with the places where the values go.
"""

import re
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Mapping,
    MutableMapping,
    Sequence,
)
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet, prefetch_related_objects
from psycopg.types.numeric import Int2, Int4, Int8

from guanxi.foundation.actor import Actor, Grants

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
_MARKS = re.compile("(%%|%s)")
_WORD = re.compile("[a-z_]+")
_BITS: dict[type, int] = {Int2: 15, Int4: 31, Int8: 63}


def asked(
    kept: Kept, key: Hashable, build: Callable[..., "QuerySet[R]"], /, **values: Any
) -> list[R]:
    """
    Return the rows of ``build(**values)``; what is compiled stays in ``kept``.

    ``key`` names all that ``build`` depends on besides ``values``. It may do nothing
    with a value but compare a column with it: a number, text, date, instant or decimal
    is filled in later. Others (None, true, lists) are part of the key.

    :raises ValueError: if a value went another way than into a comparison.
    """
    return _asked(kept, key, lambda _who, given: build(**given), {}, values)


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
    kept, key = actor.grants.worked_out, (build, tuple(who), fixed)

    def seen(who: Mapping[str, int], given: Mapping[str, Any]) -> "QuerySet[R]":
        return build(Seer(actor.grants, who), *fixed, **given)

    return _asked(kept, key, seen, who, values)


def keep(kept: Kept, key: Hashable, worked_out: Any) -> None:
    """Remember what was worked out; all is forgotten when it becomes too much."""
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = worked_out


class Seer:
    """Somebody who has certain grants, whoever he is: for whom a query is compiled."""

    actor_name = ""

    def __init__(self, grants: Grants, who: Mapping[str, int]) -> None:
        self.grants = grants
        self.actor_id = who.get("actor")
        self.team_id = who.get("team")
        teams = (pk for name, pk in who.items() if name not in {"actor", "team"})
        self.team_ids = frozenset(teams)


def who_is(actor: Actor) -> dict[str, int]:
    """Return what, beside the grants, decides which records ``actor`` may see."""
    single = {"actor": actor.actor_id, "team": actor.team_id}
    # In the order in which policies put them into a condition.
    teams = {f"team {n}": pk for n, pk in enumerate(sorted(actor.team_ids))}
    return {name: pk for name, pk in single.items() if pk is not None} | teams


def _asked(
    kept: Kept,
    key: Hashable,
    build: Callable[[Mapping[str, int], Mapping[str, Any]], "QuerySet[R]"],
    who: Mapping[str, int],
    values: Mapping[str, Any],
) -> list[R]:
    filled = {name: value for name, value in values.items() if type(value) in _SAMPLES}
    fixed = {name: value for name, value in values.items() if name not in filled}
    kinds = tuple((name, type(value)) for name, value in filled.items())
    whole = (key, kinds, *fixed.items())
    compiled: _Compiled | None = kept.get(whole)
    if compiled is None:

        def sampled(samples: Mapping[str, Any]) -> "QuerySet[R]":
            given = {name: samples[name] for name in filled}
            return build({name: samples[f"@{name}"] for name in who}, given | fixed)

        marked = {f"@{name}": pk for name, pk in who.items()}
        try:
            compiled = _compiled(sampled, marked | filled, filled.keys())
        except EmptyResultSet:  # for what stood for the values, which says nothing
            return list(build(who, values))
        keep(kept, whole, compiled)
    return compiled.rows({f"@{name}": pk for name, pk in who.items()} | filled)


@dataclass(frozen=True)
class _Compiled:
    """A compiled query; each parameter stands with the name of what replaces it, if any."""

    queryset: Any
    compiler: Any
    sql: str
    parameters: Sequence[tuple[Any, str]]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Ask with ``values`` on the connection of this thread."""
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        statement = self.sql, self._filled(values)
        compiler.as_sql = lambda *_given, **_more: statement
        found: list[Any] = list(
            self.queryset._iterable_class(self._standing_in(compiler))
        )
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
    """Return a number in psycopg's ``size`` of its column; plain if it is too large."""
    fits = size in _BITS and abs(value) < 1 << _BITS[size]
    return size(value) if fits else value


def _compiled(
    build: Callable[[Mapping[str, Any]], Any],
    given: Mapping[str, Any],
    needed: Collection[str],
) -> _Compiled:
    """
    Compile ``build`` for two lots of made-up values: where they differ is a place.

    ``given`` are values of the types to come; the ``needed`` ones must have a place.
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
    if not set(needed) <= {name for _parameter, name in named}:
        raise ValueError(f"a value is not in a comparison: {sql}")
    converters = compiler.get_converters(
        [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
    )
    compiler.get_converters = lambda _columns: converters
    return _Compiled(queryset, compiler, *_spelled_out(sql, named))


def _compiled_for(
    build: Callable[[Mapping[str, Any]], Any], values: Mapping[str, Any]
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
