"""
Paging by keys: the page a million rows down costs what the first one costs.

Rows are ordered by one sort column and the record's number. A cursor is the pair of
the last row shown; the next page is what comes after that pair. Rows without a sort
value come last in both directions: they are a section of their own, so that both
sections are read along an index.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

from guanxi.foundation.tables.where import BadFilter


@dataclass(frozen=True)
class Order:
    """By what a list is sorted: a path, its direction, and whether values may lack."""

    path: str
    descending: bool
    nullable: bool = False


@dataclass(frozen=True)
class Page:
    """Rows in the list's order, and the cursors of the neighboring pages."""

    rows: Sequence[Any]
    next: str
    prev: str


def page(
    rows: "QuerySet[Any]", order: Order, *, size: int, after: str = "", before: str = ""
) -> Page:
    """
    Return the ``size`` rows after or before a cursor, or the first ones.

    :raises BadFilter: for a cursor that is not of this list and sort.
    """
    backward = bool(before)
    cursor = _read(before or after, rows.model, order) if before or after else None
    found = _fetch(rows, order, cursor, count=size + 1, backward=backward)
    has_more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    first = _write(found[0], order) if found else ""
    last = _write(found[-1], order) if found else ""
    has_next = has_more if not backward else True
    has_prev = has_more if backward else bool(after)
    return Page(found, next=last if has_next else "", prev=first if has_prev else "")


Cursor = tuple[Any, int]


def _fetch(
    rows: "QuerySet[Any]",
    order: Order,
    cursor: Cursor | None,
    *,
    count: int,
    backward: bool,
) -> list[Any]:
    descending = order.descending != backward
    if not order.nullable:
        return list(_section(rows, order, cursor, descending=descending)[:count])
    sections = [False, True]  # with a value, without one
    if backward:
        sections.reverse()
    if cursor is not None:
        sections = sections[sections.index(cursor[0] is None) :]
    found: list[Any] = []
    for is_null in sections:
        part = rows.filter(**{f"{order.path}__isnull": is_null})
        here = cursor if cursor and (cursor[0] is None) == is_null else None
        by = Order("pk", order.descending) if is_null else order
        at = (here[1], here[1]) if here and is_null else here
        section = _section(part, by, at, descending=descending)
        found += section[: count - len(found)]
        if len(found) >= count:
            break
    return found


def _section(
    rows: "QuerySet[Any]", order: Order, cursor: Cursor | None, *, descending: bool
) -> "QuerySet[Any]":
    sign = "-" if descending else ""
    if order.path == "pk":
        if cursor is not None:
            rows = rows.filter(**{"pk__lt" if descending else "pk__gt": cursor[1]})
        return rows.order_by(f"{sign}pk")
    if cursor is not None:
        beyond = TupleLessThan if descending else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(F(order.path), F("pk")), cursor))
    return rows.order_by(f"{sign}{order.path}", f"{sign}pk")


def _write(row: Model, order: Order) -> str:
    value: Any = row
    for name in order.path.split("__"):
        value = getattr(value, name)
    field = _field(type(row), order.path)
    text = None if value is None else field.value_to_string(_Holder(field, value))
    return (
        base64.urlsafe_b64encode(json.dumps([order.path, text, row.pk]).encode())
        .decode()
        .rstrip("=")
    )


class _Holder:
    """What ``Field.value_to_string`` reads a value from."""

    def __init__(self, field: "Field[Any, Any]", value: object) -> None:
        setattr(self, field.attname, value)


def _read(text: str, model: type[Model], order: Order) -> Cursor:
    try:
        padded = text + "=" * (-len(text) % 4)
        path, value, pk = json.loads(base64.urlsafe_b64decode(padded))
        if path != order.path or not isinstance(pk, int):
            raise ValueError(text)
        if value is not None:
            value = _field(model, path).to_python(value)
    except (ValueError, TypeError, binascii.Error, ValidationError) as error:
        raise BadFilter(
            _("This page of the list is gone. Start from the top.")
        ) from error
    return value, pk


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    """Return the model field at the end of a path."""
    *steps, last = path.split("__")
    for step in steps:
        related = model._meta.get_field(step).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(path)
        model = related
    found = model._meta.pk if last == "pk" else model._meta.get_field(last)
    assert isinstance(found, Field)
    return found
