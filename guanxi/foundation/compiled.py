"""
Queries that are compiled once, and asked again with other values.

Django puts each query together anew, which for a list of six joined tables takes longer
than PostgreSQL takes to answer. What a page asks is nearly always what the page before
asked, but for a number: so the SQL is kept, with the places where the values go.
"""

from collections.abc import Callable, Hashable, MutableMapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet, prefetch_related_objects

Kept = MutableMapping[Hashable, Any]
R = TypeVar("R", bound=Model)

# Values by which the places of others are found: such as nobody has in his data.
_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda n: 2**31 - 1 - n,
    str: lambda n: f"\ue000{n}\ue000",
    Decimal: lambda n: Decimal(n) / 100 - 90_071_992,
    date: lambda n: date.min + timedelta(days=n),
    datetime: lambda n: datetime.min.replace(tzinfo=UTC) + timedelta(days=n),
}


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
    filled = {name: value for name, value in values.items() if type(value) in _SAMPLES}
    fixed = {name: value for name, value in values.items() if name not in filled}
    kinds = tuple((name, type(value)) for name, value in filled.items())
    whole = (key, kinds, *fixed.items())
    compiled: _Compiled | None = kept.get(whole)
    if compiled is None:
        try:
            compiled = kept[whole] = _compiled(build, filled, fixed)
        except EmptyResultSet:  # for what stood for the values, which says nothing
            return list(build(**values))
    return compiled.rows(filled)


@dataclass(frozen=True)
class _Compiled:
    """A compiled query; ``places`` says which of ``parameters`` each value replaces."""

    queryset: Any
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]

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
        filled = list(self.parameters)
        for place, name in self.places:
            wrapped = type(filled[place])  # psycopg's, which names the size of a number
            value = values[name]
            filled[place] = value if wrapped is type(value) else wrapped(value)
        return tuple(filled)

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


def _compiled(
    build: Callable[..., "QuerySet[Any]"],
    filled: dict[str, Any],
    fixed: dict[str, Any],
) -> _Compiled:
    samples = {
        name: _SAMPLES[type(value)](n)
        for n, (name, value) in enumerate(filled.items(), 1)
    }
    queryset = build(**samples, **fixed)
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    places = tuple(
        (place, name)
        for place, parameter in enumerate(parameters)
        for name, sample in samples.items()
        if _is_same(parameter, sample)
    )
    converters = compiler.get_converters(
        [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
    )
    compiler.get_converters = lambda _columns: converters
    if lost := samples.keys() - {name for _place, name in places}:
        raise ValueError(f"not compared with a column as it is: {sorted(lost)}")
    return _Compiled(queryset, compiler, sql, tuple(parameters), places)


def _is_same(parameter: Any, sample: Any) -> bool:
    return isinstance(parameter, type(sample)) and bool(parameter == sample)
