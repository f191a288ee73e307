"""Cells as safe HTML and as plain values: one function a column, called once a row."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from html import escape  # of plain text; Django's looks for lazy words first
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.figures import amount
from guanxi.foundation.policies import policy_of
from guanxi.foundation.tables.table import Column, ColumnKind, Table
from guanxi.foundation.tables.values import choices_of
from guanxi.foundation.templatetags.ui import ago

Render = Callable[[Any], SafeString]
Read = Callable[[Any], Any]
NONE = '<span class="ui-none">–</span>'
# A stand-in for the number in an address that is reversed once for all rows.
_PK = 999_999_999


def renderer(column: Column, table: Table, viewer: Actor) -> Render:
    """Return the function that draws the cell of ``column`` for one row."""
    read = reader(column, table, viewer)
    draw = _drawer(column, viewer)
    if not column.link:
        return lambda row: SafeString(draw(read(row)))
    before, after = reverse(column.link, args=[_PK]).split(str(_PK))
    key = attrgetter(column.link_key)
    return lambda row: SafeString(
        f'<a href="{before}{key(row)}{after}">{draw(read(row)) or NONE}</a>'
    )


def reader(column: Column, table: Table, viewer: Actor) -> Read:
    """Return the function that gives the value of one row as ``viewer`` may see it."""
    read = _reading(column, viewer)
    policy = policy_of(table.kind)
    if policy.level(viewer, column.policy_field) >= Level.READ:
        return read
    return lambda row: policy.shown(viewer, column.policy_field, str(read(row) or ""))


def plain(column: Column, viewer: Actor) -> Callable[[Any], Any]:
    """Return the function that turns a value into what a file holds."""
    if column.kind is ColumnKind.CHOICE and column.choices:
        names = dict(choices_of(column, viewer))
        return lambda value: names.get(value) or str(value or "")
    if column.kind is ColumnKind.BOOLEAN:
        return _yes_or_no
    if column.kind is ColumnKind.INSTANT:
        return _local
    if column.kind in {ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.DATE}:
        return lambda value: value
    return lambda value: "" if value is None else str(value)


def _yes_or_no(value: Any) -> str:
    return "" if value in (None, "") else (_("yes") if value else _("no"))


def _local(value: Any) -> Any:
    """Return the viewer's clock time: spreadsheets know no time zones."""
    return localtime(value).replace(tzinfo=None) if _is_instant(value) else value


def _is_instant(value: Any) -> bool:
    return isinstance(value, datetime)


def _reading(column: Column, viewer: Actor) -> Read:
    told = column.text_to
    if told:
        return lambda row: told(row, viewer)
    return column.text or _getter(column)


def _getter(column: Column) -> Read:
    if column.kind is ColumnKind.TAGS:
        names = attrgetter(column.words)
        return lambda row: ", ".join(names(row))
    first, *rest = column.source.split("__")
    if not rest:
        return attrgetter(first)
    return lambda row: _follow(row, first, rest)


def _follow(row: Any, first: str, rest: list[str]) -> Any:
    """Return the value at the end of a path; None where the path breaks off."""
    value = getattr(row, first, None)
    for name in rest:
        value = getattr(value, name, None)
    return value


def _drawer(column: Column, viewer: Actor) -> Callable[[Any], str]:
    kind = column.kind
    if kind is ColumnKind.CHOICE:
        return _choice_drawer(column, viewer)
    if kind is ColumnKind.MONEY:
        return _money
    if kind is ColumnKind.NUMBER:
        return _number
    if kind is ColumnKind.DATE:
        return _day
    if kind is ColumnKind.INSTANT:
        return _instant
    if kind is ColumnKind.BOOLEAN:
        drawn = _flag(column)
        return lambda value: drawn if value else ""
    return lambda value: escape(str(value)) if value not in (None, "") else ""


def _flag(column: Column) -> str:
    """Return how it is shown that something is so: as "yes", or in a color as the word."""
    if column.tone is None:
        return escape(_("yes"))
    tone, label = column.tone(str(True)), escape(str(column.label))
    return f'<span class="ui-state ui-{tone}">{label}</span>'


def _choice_drawer(column: Column, viewer: Actor) -> Callable[[Any], str]:
    drawn: dict[Any, str] = {"": "", None: ""}
    for key, label in choices_of(column, viewer):
        text = escape(label)
        if column.tone:
            text = f'<span class="ui-state ui-{column.tone(key)}">{text}</span>'
        drawn[key] = text
    return lambda value: drawn[value] if value in drawn else escape(str(value))


def _money(value: Decimal | str | None) -> str:
    if not isinstance(value, Decimal):
        return escape(value or "")
    return f'<span class="ui-money">{escape(amount(value, settings.CURRENCY))}</span>'


def _number(value: float | Decimal | None) -> str:
    if value is None or isinstance(value, str):
        return escape(value or "")
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def _day(value: date | None) -> str:
    if not isinstance(value, date):
        return escape(value or "")
    return f'<time datetime="{value:%Y-%m-%d}">{value:%Y-%m-%d}</time>'


def _instant(value: datetime | None) -> str:
    return ago(value) if isinstance(value, datetime) else escape(value or "")
