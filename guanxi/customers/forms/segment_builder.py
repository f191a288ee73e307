"""
The builder of a segment: a definition as people change it, condition by condition.

What is posted may be half-finished: conditions without a field or a value are kept on the
page and left out of the definition.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.customers.forms.base import split_words
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.rules.segment import Place
from guanxi.foundation.tables.builder import INPUTS
from guanxi.foundation.tables.operators import OPERATORS, SPANNED, WITHIN, operators_of
from guanxi.foundation.tables.spans import EVER, NAMED, span_label
from guanxi.foundation.tables.table import LISTED, Column, ColumnKind
from guanxi.foundation.tables.values import choices_of
from guanxi.foundation.tables.where import (
    DEEPEST,
    MOST_CONDITIONS,
    BadFilter,
    Condition,
    Group,
    Node,
)

GROUPS = ("and", "or", "not")
_PAST = ("7d", "14d", "30d", "60d", "90d", "180d", "365d", "730d")
_AHEAD = ("next7d", "next30d", "next90d")
_MOST_NODES = 2 * MOST_CONDITIONS
_TALLIED = {ColumnKind.TALLY: "number", **INPUTS}


@dataclass(frozen=True)
class Draft:
    """A group or a condition as it stands on the page; ``number`` is its name there."""

    number: int
    joint: str = ""
    key: str = ""
    operator: str = ""
    span: str = ""
    values: tuple[str, ...] = ()
    members: tuple["Draft", ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it holds others."""
        return bool(self.joint)

    @property
    def is_asking(self) -> bool:
        """Whether it is a condition with a field, an operator, and values if it takes any."""
        operator = OPERATORS.get(self.operator)
        if not self.key or operator is None:
            return False
        if operator.values == "none":
            return True
        return bool(self.span if self.operator in WITHIN else self.values)


@dataclass(frozen=True)
class Control:
    """A condition as it is drawn: what can be chosen for each of its parts."""

    number: int
    label: str
    key: str
    operators: Sequence[tuple[str, str]]
    operator: str
    spans: Sequence[tuple[str, str]]
    span: str
    choices: Sequence[tuple[str, str]]
    is_many: bool
    input: str
    values: Sequence[str]
    problem: str


@dataclass(frozen=True)
class Box:
    """A group as it is drawn: the controls and groups in it."""

    number: int
    joint: str
    parent: int | None
    members: Sequence["Control | Box"]
    can_nest: bool
    problem: str = ""

    @property
    def is_group(self) -> bool:
        """Whether it holds others."""
        return True


def drafted(group: Group) -> Draft:
    """Return a definition as it is put on the page, with room for a first condition."""
    numbers = count()
    draft = _drafted(group, numbers)
    if not draft.members:
        return replace(draft, members=(Draft(next(numbers)),))
    return draft


def posted_draft(data: QueryDict) -> Draft:
    """Return what stands on the page; parts whose group is missing are left out."""
    numbers = [int(n) for n in data.getlist("node")[:_MOST_NODES] if n.isdecimal()]
    below: dict[str, list[int]] = {}
    for number in dict.fromkeys(numbers[1:]):
        below.setdefault(data.get(f"up_{number}", ""), []).append(number)
    return _posted(data, numbers[0] if numbers else 0, below, depth=1)


def changed(draft: Draft, act: str) -> Draft:
    """Return the draft after ``act``: ``add:3``, ``group:3`` or ``remove:5``."""
    word, _colon, target = act.partition(":")
    number = int(target) if target.isdecimal() else -1
    new = max(one.number for one in _all(draft)) + 1
    if word == "add":
        return _with(draft, number, Draft(new))
    if word == "group":
        return _with(draft, number, Draft(new, "or", members=(Draft(new + 1),)))
    if word == "remove":
        return _without(draft, number)
    return draft


def settled(draft: Draft, criteria: Criteria) -> Draft:
    """Return the draft with what the page shows chosen where nothing is chosen yet."""
    if draft.is_group:
        members = tuple(settled(member, criteria) for member in draft.members)
        return replace(draft, members=members)
    column = criteria.columns.get(draft.key)
    if column is None:
        return draft
    offered = _offered(column)
    operator = draft.operator if draft.operator in offered else next(iter(offered))
    spans = [key for key, _label in _spans(operator, draft.span)]
    span = draft.span if draft.span in spans else next(iter(spans), "")
    return replace(draft, operator=operator, span=span)


def newest(draft: Draft) -> int:
    """Return the number of the part that came last."""
    return max(one.number for one in _all(draft))


def definition(
    draft: Draft, *, is_whole: bool = False
) -> tuple[Group, Mapping[Place, int]]:
    """
    Return the conditions of a draft, and the number on the page of each by its place.

    Conditions without a field are left out, and unless it ``is_whole`` those without a
    value; groups that are empty then go too.
    """
    numbers: dict[Place, int] = {}
    node = _node(draft, (), numbers, is_whole=is_whole)
    return (node if isinstance(node, Group) else Group("and", ())), numbers


def drawn(draft: Draft, criteria: Criteria, problems: Mapping[int, str]) -> Box:
    """Return a draft ready to be drawn, with what is wrong beside each condition."""
    return _box(draft, criteria, problems, None, 1)


def _drafted(node: Node, numbers: "count[int]") -> Draft:
    number = next(numbers)
    if isinstance(node, Group):
        members = tuple(_drafted(member, numbers) for member in node.members)
        return Draft(number, node.joint, members=members)
    values, span = node.values, ""
    operator = OPERATORS.get(node.operator)
    if values and (
        node.operator in WITHIN or (operator and operator.values in SPANNED)
    ):
        span, values = values[0], values[1:]
    return Draft(number, "", node.key, node.operator, span, values)


def _posted(
    data: QueryDict, number: int, below: Mapping[str, list[int]], depth: int
) -> Draft:
    joint = data.get(f"joint_{number}", "and" if depth == 1 else "")
    if joint in GROUPS:
        inner = below.get(str(number), []) if depth <= DEEPEST else []
        members = tuple(_posted(data, one, below, depth + 1) for one in inner)
        return Draft(number, joint, members=members)
    key, operator = data.get(f"key_{number}", ""), data.get(f"operator_{number}", "")
    span = data.get(f"span_{number}", "")
    values = [v.strip() for v in data.getlist(f"value_{number}") if v.strip()]
    if data.get(f"words_{number}"):
        values = [word for value in values for word in split_words(value)]
    # Another field has other operators and values.
    if key != data.get(f"was_{number}", key):
        return Draft(number, key=key)
    return Draft(number, "", key, operator, span, tuple(values))


def _all(draft: Draft) -> Iterator[Draft]:
    yield draft
    for member in draft.members:
        yield from _all(member)


def _with(draft: Draft, number: int, new: Draft) -> Draft:
    if draft.number == number and draft.is_group:
        return replace(draft, members=(*draft.members, new))
    return replace(draft, members=tuple(_with(m, number, new) for m in draft.members))


def _without(draft: Draft, number: int) -> Draft:
    kept = [member for member in draft.members if member.number != number]
    return replace(draft, members=tuple(_without(member, number) for member in kept))


def _node(
    draft: Draft, place: Place, numbers: dict[Place, int], *, is_whole: bool
) -> Node | None:
    if not draft.is_group:
        if not draft.key or not (is_whole or draft.is_asking):
            return None
        numbers[place] = draft.number
        return _condition(draft)
    members: list[Node] = []
    for member in draft.members:
        node = _node(member, (*place, len(members)), numbers, is_whole=is_whole)
        if node is not None:
            members.append(node)
    if not members and place:
        return None
    return Group(draft.joint, tuple(members))


def _condition(draft: Draft) -> Condition:
    operator = OPERATORS.get(draft.operator)
    values = draft.values
    if operator and operator.values == "none":
        values = ()
    elif draft.operator in WITHIN:
        values = (draft.span,) if draft.span else ()
    elif operator and operator.values in SPANNED:
        values = (draft.span or EVER, *values)
    return Condition(draft.key, draft.operator, values)


def _box(
    draft: Draft,
    criteria: Criteria,
    problems: Mapping[int, str],
    parent: int | None,
    depth: int,
) -> Box:
    members = [
        _box(one, criteria, problems, draft.number, depth + 1)
        if one.is_group
        else _control(one, criteria, problems.get(one.number, ""))
        for one in draft.members
    ]
    return Box(draft.number, draft.joint, parent, members, can_nest=depth < DEEPEST)


def _control(draft: Draft, criteria: Criteria, problem: str) -> Control:
    column = criteria.columns.get(draft.key)
    if column is None:
        unknown = _("There is no field “%(key)s” to filter by.") % {"key": draft.key}
        return Control(
            draft.number, "", "", [], "", [], "", [], False, "", [],
            problem or (unknown if draft.key else ""),
        )  # fmt: skip
    offered = _offered(column)
    operator = draft.operator if draft.operator in offered else next(iter(offered))
    arity = OPERATORS[operator].values
    choices = choices_of(column, criteria.viewer)
    return Control(
        number=draft.number,
        label=str(column.label),
        key=draft.key,
        operators=list(offered.items()),
        operator=operator,
        spans=_spans(operator, draft.span),
        span=draft.span,
        choices=choices if arity != "two" else [],
        is_many=arity in ("many", "span_many"),
        input=_input(column, operator, arity),
        values=_shown_values(draft.values, arity, has_choices=bool(choices)),
        problem=problem,
    )


def _offered(column: Column) -> dict[str, str]:
    """Return the operators whose values the builder can take: lists only to choose from."""
    return {
        o.key: o.told(column.kind)
        for o in operators_of(column.kind)
        if o.values != "many" or column.kind in LISTED
    }


def _input(column: Column, operator: str, arity: str) -> str:
    if arity == "none" or operator in WITHIN:
        return ""
    return "words" if arity == "span_many" else _TALLIED.get(column.kind, "text")


def _shown_values(
    values: Sequence[str], arity: str, *, has_choices: bool
) -> Sequence[str]:
    """Return as many values as there are inputs, or those that are chosen."""
    if arity == "two":
        return [*values, "", ""][:2]
    if has_choices:
        return values
    if arity == "span_many":
        return [_(", ").join(values)]
    return [*values, ""][:1]


def _spans(operator: str, chosen: str) -> Sequence[tuple[str, str]]:
    """Return the spans to choose from: those behind, and where it fits those ahead."""
    is_counted = OPERATORS[operator].values in SPANNED
    if not (is_counted or operator in WITHIN):
        return []
    keys = [EVER, *_PAST, *NAMED, *_AHEAD] if is_counted else [*_AHEAD, *_PAST, *NAMED]
    if operator == "within":
        keys = [*_PAST, *NAMED, *_AHEAD]
    if chosen and chosen not in keys:
        keys.append(chosen)
    return [(key, label) for key in keys if (label := _label(key))]


def _label(key: str) -> str:
    try:
        return span_label(key)
    except BadFilter:
        return ""


def menu(criteria: Criteria) -> Sequence[tuple[str, Sequence[Any]]]:
    """Return what can be asked, group by group: key and label."""
    return [
        (label, [(column.key, str(column.label)) for column in columns])
        for label, columns in criteria.grouped().items()
    ]
