"""From a filter to a condition of the database, and to a sentence for people."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.operators import OPERATORS, SPANS, build
from guanxi.foundation.tables.table import Column, ColumnKind, Table
from guanxi.foundation.tables.where import BadFilter, Condition, Node


def compiled(node: Node, table: Table, viewer: Actor, today: date) -> Q:
    """
    Return the condition of a filter, for the columns ``viewer`` reads in clear.

    :raises BadFilter: for anything else, the same whether a column is hidden from the
        viewer, masked, or does not exist.
    """
    columns = {c.key: c for c in table.readable(viewer) if c.filterable}
    return _compiled(node, columns, today)


def _compiled(node: Node, columns: Mapping[str, Column], today: date) -> Q:
    if isinstance(node, Condition):
        return build(_column(node.key, columns), node.operator, node.values, today)
    parts = [_compiled(member, columns, today) for member in node.members]
    if node.joint == "not":
        return ~parts[0]
    whole = Q()
    for part in parts:
        whole = whole | part if node.joint == "or" else whole & part
    return whole


def _column(key: str, columns: Mapping[str, Column]) -> Column:
    if key not in columns:
        raise BadFilter(
            _("There is no field “%(key)s” to filter by.") % {"key": key[:60]}
        )
    return columns[key]


def sentence(node: Node, table: Table, viewer: Actor) -> str:
    """Return a filter in words: “等级 是 重要客户、主要客户”."""
    columns = {c.key: c for c in table.readable(viewer) if c.filterable}
    return _told(node, columns, viewer)


def _told(node: Node, columns: Mapping[str, Column], viewer: Actor) -> str:
    if isinstance(node, Condition):
        return _condition(node, _column(node.key, columns), viewer)
    if node.joint == "not":
        inner = _told(node.members[0], columns, viewer)
        return _("not (%(inner)s)") % {"inner": inner}
    joint = _(" or ") if node.joint == "or" else _(" and ")
    return joint.join(_told(member, columns, viewer) for member in node.members)


def _condition(condition: Condition, column: Column, viewer: Actor) -> str:
    operator = OPERATORS[condition.operator]
    if operator.values == "none":
        return f"{column.label} {operator.label}"
    values = _values(condition, column, viewer)
    joint = _(" to ") if operator.values == "two" else _(", ")
    return f"{column.label} {operator.label} {joint.join(values)}"


def _values(condition: Condition, column: Column, viewer: Actor) -> Sequence[str]:
    if condition.operator == "within":
        return [span_label(condition.values[0])]
    if column.choices:
        names = {key: str(label) for key, label in column.choices(viewer)}
        return [names.get(value, value) for value in condition.values]
    if column.kind is ColumnKind.BOOLEAN:
        return [_("yes") if v in {"true", "1"} else _("no") for v in condition.values]
    if column.kind in {ColumnKind.DATE, ColumnKind.INSTANT}:
        days = [date.fromisoformat(value) for value in condition.values]
        return [date_format(day, "DATE_FORMAT") for day in days]
    return [f"“{v}”" if column.kind is ColumnKind.TEXT else v for v in condition.values]


def span_label(text: str) -> str:
    """Return a moving span in words."""
    if text in SPANS:
        return str(SPANS[text][0])
    number = text.removeprefix("next").removesuffix("d")
    if text.startswith("next"):
        return _("the next %(n)s days") % {"n": number}
    return _("the last %(n)s days") % {"n": number}
