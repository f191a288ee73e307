"""
The filter dialog: a filter as rows that people can change.

Rows of the group ``a`` must all hold; of the rows of another group one is enough. What
rows cannot say (deeper nesting, negation) is kept beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from guanxi.foundation.tables.filters import Filters
from guanxi.foundation.tables.operators import OPERATORS, operators_of
from guanxi.foundation.tables.spans import NAMED, span_label
from guanxi.foundation.tables.table import LISTED, Column, ColumnKind
from guanxi.foundation.tables.values import choices_of
from guanxi.foundation.tables.where import Condition, Group, Node

SPARE_ROWS = 3
ALL = "a"
ANY = ("b", "c")
USUAL_SPANS = ("7d", "30d", "90d", "365d", "next7d", "next30d")
INPUTS = {
    ColumnKind.NUMBER: "number",
    ColumnKind.MONEY: "number",
    ColumnKind.DATE: "date",
    ColumnKind.INSTANT: "date",
}


@dataclass(frozen=True)
class FilterRow:
    """One row of the dialog: a condition to change, or room for a new one."""

    number: int
    key: str
    operator: str
    values: Sequence[str]
    group: str


@dataclass(frozen=True)
class FilterField:
    """One column as the dialog offers it."""

    key: str
    label: str
    input: str
    operators: Sequence[tuple[str, str, str]]
    choices: Sequence[tuple[str, str]]
    spans: Sequence[tuple[str, str]]


def fields_of(filters: Filters) -> Sequence[FilterField]:
    """Return what a viewer can filter by, with the inputs it takes."""
    return [
        FilterField(
            key=column.key,
            label=str(column.label),
            input=INPUTS.get(column.kind, "text"),
            operators=_operators(column),
            choices=choices_of(column, filters.viewer),
            spans=[(key, span_label(key)) for key in (*NAMED, *USUAL_SPANS)],
        )
        for column in filters.columns.values()
    ]


def rows_of(where: Group, filters: Filters) -> Sequence[FilterRow]:
    """Return the rows of a filter, and some to spare."""
    rows: list[FilterRow] = []
    for letter, member in _drawn(where, filters):
        conditions = member.members if isinstance(member, Group) else [member]
        for one in conditions:
            assert isinstance(one, Condition)
            rows.append(FilterRow(len(rows), one.key, one.operator, one.values, letter))
    spare = [FilterRow(len(rows) + i, "", "", (), ALL) for i in range(SPARE_ROWS)]
    return [*rows, *spare]


def kept_of(where: Group, filters: Filters) -> Sequence[Node]:
    """Return what of a filter the rows do not show."""
    drawn = [member for _letter, member in _drawn(where, filters)]
    return [member for member in where.members if member not in drawn]


def posted(data: QueryDict, kept: Sequence[Node]) -> Group:
    """Return the filter that the rows of the dialog describe, and what was ``kept``."""
    groups: dict[str, list[Node]] = {ALL: []}
    for number in data.getlist("row"):
        condition = _condition(data, number)
        if condition is not None:
            letter = data.get(f"group_{number}", ALL)
            groups.setdefault(letter if letter in ANY else ALL, []).append(condition)
    members = [*groups.pop(ALL), *kept]
    for letter in sorted(groups):
        some = groups[letter]
        members.append(some[0] if len(some) == 1 else Group("or", tuple(some)))
    return Group("and", tuple(members))


def _condition(data: QueryDict, number: str) -> Condition | None:
    key = data.get(f"key_{number}", "")
    operator = OPERATORS.get(data.get(f"operator_{number}", ""))
    if not key or operator is None:
        return None
    if operator.values == "none":
        return Condition(key, operator.key, ())
    values = tuple(v for v in data.getlist(f"value_{number}") if v != "")
    return Condition(key, operator.key, values) if values else None


def _drawn(where: Group, filters: Filters) -> Sequence[tuple[str, Node]]:
    """Return the members that rows can show, each with its letter."""
    letters = iter(ANY)
    drawn: list[tuple[str, Node]] = []
    for member in where.members:
        if isinstance(member, Condition):
            if _is_offered(member, filters):
                drawn.append((ALL, member))
        elif member.joint == "or" and all(
            isinstance(m, Condition) and _is_offered(m, filters) for m in member.members
        ):
            letter = next(letters, "")
            if letter:
                drawn.append((letter, member))
    return drawn


def _is_offered(condition: Condition, filters: Filters) -> bool:
    column = filters.columns.get(condition.key)
    if column is None:
        return False
    return condition.operator in {key for key, _label, _values in _operators(column)}


def _operators(column: Column) -> Sequence[tuple[str, str, str]]:
    """Return the operators whose values the dialog can take: lists only to choose from."""
    return [
        (o.key, o.told(column.kind), o.values)
        for o in operators_of(column.kind)
        if o.values != "many" or column.kind in LISTED
    ]
