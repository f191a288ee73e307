"""
Paging by keys: the page a million rows down costs what the first one costs.

Rows are ordered by one sort column, ties broken by a key. A cursor is that pair of the
last row shown; the next page is what comes after the pair. Rows without a sort value
come last in both directions: they are a section of their own, so that both sections
are read along one index, forward or backward.
"""

import base64
import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.fields.tuple_lookups import (  # type: ignore[import-untyped]  # -- no stubs
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import asked, asked_by
from guanxi.foundation.tables.paths import path_of
from guanxi.foundation.tables.where import BadFilter

LONGEST_CURSOR = 4000
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """
    By what a list is sorted.

    ``nullable``: values may be missing. ``tie`` is the path of the key that makes the
    order total; it equals the row's own. ``is_late``: all rows that fit are found before
    they are sorted, instead of reading along the index of the order. ``output`` says what
    the values are, where the path is no column of the database.
    """

    path: str
    descending: bool
    nullable: bool = False
    tie: str = "pk"
    is_late: bool = False
    output: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Source:
    """
    Where the rows of a list come from: ``build`` returns the query of what one may see.

    It may be a query of ``values()`` that has ``pk`` and the path of the order. ``fits``
    returns the rows of which only those are wanted, if not all are: a page is found among
    them first, and what is shown is read for its rows alone. With a ``key``, which names all that it depends on besides ``viewer``, it is compiled once:
    for all with the same grants, or with ``is_own`` for the viewer whom the key names.
    """

    model: type[Model]
    viewer: Actor = field(compare=False)
    build: Callable[[Actor], "QuerySet[Any]"] = field(compare=False)
    fits: Callable[[Actor], "QuerySet[Any]"] | None = field(default=None, compare=False)
    key: Hashable = None
    is_own: bool = False


@dataclass(frozen=True)
class Page:
    """Rows in the list's order, and the cursors of the neighboring pages, or nothing."""

    rows: Sequence[Any]
    next: str
    prev: str


@dataclass(frozen=True)
class Section:
    """A part of an order: all rows have a sort value, or with ``is_null`` none has."""

    order: Order
    is_null: bool | None
    descending: bool


@dataclass(frozen=True)
class Cursor:
    """The place of one row in an order: its sort value and its key."""

    value: Any
    pk: int


def page(
    source: Source, order: Order, *, size: int, after: str = "", before: str = ""
) -> Page:
    """
    Return the ``size`` rows after or before a cursor, or the first ones.

    Going back to the start gives the whole first page, also when fewer rows than a page
    stand before the cursor.

    :raises BadFilter: for a cursor that is not of this list and sort.
    """
    if before:
        return _page_before(source, order, _read(before, source.model, order), size)
    at = _read(after, source.model, order) if after else None
    found = _fetch(source, order, at, count=size + 1, backward=False)
    shown = found[:size]
    return Page(
        shown,
        next=_written(shown[-1], order) if len(found) > size else "",
        prev=_written(shown[0], order) if at and shown else "",
    )


def _page_before(source: Source, order: Order, cursor: Cursor, size: int) -> Page:
    found = _fetch(source, order, cursor, count=size + 1, backward=True)
    if len(found) < size:
        return page(source, order, size=size)
    shown = found[:size][::-1]
    return Page(
        shown,
        next=_written(shown[-1], order),
        prev=_written(shown[0], order) if len(found) > size else "",
    )


def _fetch(
    source: Source, order: Order, cursor: Cursor | None, *, count: int, backward: bool
) -> list[Any]:
    """Return ``count`` rows from the cursor on, in the direction of reading."""
    section = Section(order, None, order.descending != backward)
    if not order.nullable:
        return _rows(source, section, cursor, count)
    sections = [True, False] if backward else [False, True]
    if cursor is not None:
        sections = sections[sections.index(cursor.value is None) :]
    found: list[Any] = []
    for is_null in sections:
        here = cursor if cursor and (cursor.value is None) == is_null else None
        part = replace(section, is_null=is_null)
        found += _rows(source, part, here, count)[: count - len(found)]
        if len(found) >= count:
            break
    return found


def _rows(
    source: Source, section: Section, cursor: Cursor | None, count: int
) -> list[Any]:
    """Return the first ``count`` rows of a section that stand beyond the cursor."""

    place = {} if cursor is None else _place_of(cursor, section.order)
    viewer = source.viewer
    if source.key is None:
        return list(_beyond_place(viewer, source, section, count, **place))
    if source.is_own:
        build = partial(_beyond_place, viewer, source, section, count)
        return asked(viewer.grants.worked_out, (source, section, count), build, **place)
    return asked_by(viewer, _beyond_place, source, section, count, **place)


def _beyond_place(
    viewer: Actor, source: Source, section: Section, count: int, **place: Any
) -> "QuerySet[Any]":
    cursor = Cursor(place.get("value"), place["pk"]) if place else None
    if source.fits is None:
        return _ordered(source.build(viewer), section, cursor)[:count]
    few = _ordered(source.fits(viewer), section, cursor)[:count]
    rows = source.build(viewer).filter(pk__in=few.values("pk"))
    return _ordered(rows, replace(section, is_null=None), None)


def _place_of(cursor: Cursor, order: Order) -> dict[str, Any]:
    """Return what rows are compared with."""
    if order.path == "pk" or cursor.value is None:
        return {"pk": cursor.pk}
    return {"value": cursor.value, "pk": cursor.pk}


def _ordered(
    rows: "QuerySet[Any]", section: Section, cursor: Cursor | None
) -> "QuerySet[Any]":
    """Return the rows of the section beyond the cursor, in order."""
    order, descending = section.order, section.descending
    if section.is_null is not None:
        rows = rows.filter(**{f"{order.path}__isnull": section.is_null})
    if cursor is not None:
        rows = _beyond(rows, order, cursor, descending=descending)
    if order.is_late:
        return rows.order_by(
            _no_index(order.path, descending=descending),
            _no_index(order.tie, descending=descending),
        )
    sign = "-" if descending else ""
    if order.path == "pk":
        return rows.order_by(f"{sign}pk")
    # Rows without a value are equal in it, but only so does their index order them.
    return rows.order_by(f"{sign}{order.path}", f"{sign}{order.tie}")


def _no_index(path: str, *, descending: bool) -> OrderBy:
    """Return the order by ``path`` as an expression that no index holds."""
    value = Coalesce(F(path), F(path))
    return value.desc() if descending else value.asc()


def _beyond(
    rows: "QuerySet[Any]", order: Order, cursor: Cursor, *, descending: bool
) -> "QuerySet[Any]":
    if order.path == "pk" or cursor.value is None:
        name = f"{order.tie}__{'lt' if descending else 'gt'}"
        return rows.filter(**{name: cursor.pk})
    compare = TupleLessThan if descending else TupleGreaterThan
    pair = Tuple(F(order.path), F(order.tie))
    return rows.filter(compare(pair, (cursor.value, cursor.pk)))


def _written(row: Any, order: Order) -> str:
    value, pk = _place(row, order)
    text = value if value is None or isinstance(value, int) else _text(value)
    plain = json.dumps([order.path, text, pk], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _place(row: Any, order: Order) -> tuple[Any, int]:
    """Return the sort value and the key of a record, or of a row of ``values()``."""
    if isinstance(row, dict):
        return row[order.path], row["pk"]
    value: Any = row
    for name in order.path.split("__"):
        value = getattr(value, name, None)
    return value, row.pk


def _text(value: Any) -> str:
    """Return what the field's ``to_python`` reads back without loss."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _read(text: str, model: type[Model], order: Order) -> Cursor:
    try:
        return _parsed(text[:LONGEST_CURSOR], model, order)
    except (
        ValueError,
        TypeError,
        OverflowError,
        RecursionError,
        ValidationError,
    ) as error:
        raise BadFilter(
            _("This page of the list is gone. Start from the top.")
        ) from error


def _parsed(text: str, model: type[Model], order: Order) -> Cursor:
    padded = text + "=" * (-len(text) % 4)
    path, value, pk = json.loads(base64.urlsafe_b64decode(padded))
    if path != order.path or type(pk) is not int or abs(pk) > LARGEST_ID:
        raise ValueError(text)
    if value is None and not order.nullable and path != "pk":
        raise ValueError(text)
    field = order.output or path_of(model, path).field
    if field is None or value is None:
        return Cursor(value, pk)
    if "\0" in str(value):
        raise ValueError(text)
    str(value).encode()  # a lone surrogate raises here, not in the database
    value = field.to_python(value)
    field.run_validators(value)
    return Cursor(value, pk)
