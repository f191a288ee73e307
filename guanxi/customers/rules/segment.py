"""
Words and laws of segments: what a definition is, and how it is written.

A definition is a tree of conditions as the lists have them, kept as JSON:
``{"version": 1, "all": [{"field": "tier", "is": "in", "values": ["vital"]}]}``. Groups are
``all``, ``any`` and ``not``, which means that not all it holds are true.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.errors import Refused
from guanxi.foundation.tables.where import (
    DEEPEST,
    MOST_CONDITIONS,
    Condition,
    Group,
    Node,
)

VERSION = 1
LONGEST_VALUE = 200
LONGEST_WORD = 60
MOST_VALUES = 200
JOINTS: Mapping[str, str] = {"all": "and", "any": "or", "not": "not"}
WORDS: Mapping[str, str] = {joint: word for word, joint in JOINTS.items()}
Place = tuple[int, ...]


class BadDefinition(Refused):
    """
    A definition that cannot be read, or asks what its author cannot ask.

    ``problems`` says it for each condition, by its place: the numbers of the members on
    the way to it.
    """

    code = "bad_definition"

    def __init__(self, message: str, problems: Mapping[Place, str] | None = None):
        super().__init__(message, field="definition")
        self.problems = problems or {}


class Sharing(TextChoices):
    """Who sees a segment beside its owner."""

    OWN = "own", pgettext_lazy("sharing", "Only me")
    TEAM = "team", pgettext_lazy("sharing", "My team")
    ALL = "all", pgettext_lazy("sharing", "Everybody")


class Membership(TextChoices):
    """How customers come into a segment."""

    DYNAMIC = "dynamic", gettext_lazy("By its definition, anew every night")
    STATIC = "static", gettext_lazy("By hand; the definition only fills it once")


@dataclass(frozen=True)
class ShippedSegment:
    """A segment as the product brings it; name and description are message ids."""

    key: str
    name: str
    description: str
    definition: Group


def long_buying() -> Sequence[Node]:
    """Return the conditions of who first bought more than 90 days ago."""
    return (
        Condition("first_order_on", "filled", ()),
        Group("not", (Condition("first_order_on", "within", ("90d",)),)),
    )


def read_definition(value: object) -> Group:
    """
    Return the tree that the JSON of a definition describes.

    :raises BadDefinition: if it is not one, or larger than filters may be.
    """
    if not isinstance(value, Mapping) or value.get("version") != VERSION:
        raise BadDefinition(_("A definition is an object with “version” 1."))
    group = _group({k: v for k, v in value.items() if k != "version"}, (), 1)
    if len(list(places_of(group))) > MOST_CONDITIONS:
        raise BadDefinition(_("The definition has too many conditions."))
    return group


def written_definition(group: Group) -> dict[str, Any]:
    """Return the JSON of a definition; `read_definition` reads it back."""
    return {"version": VERSION, **_written(group)}


def places_of(node: Node, place: Place = ()) -> Iterator[tuple[Place, Condition]]:
    """Yield the conditions of a definition, each with its place."""
    if isinstance(node, Condition):
        yield place, node
        return
    for number, member in enumerate(node.members):
        yield from places_of(member, (*place, number))


def path_of_place(group: Group, place: Place) -> str:
    """Return where a condition stands as programs write it: ``all.1.any.0``."""
    words: list[str] = []
    node: Node = group
    for number in place:
        assert isinstance(node, Group)  # only the last of a place is a condition
        words += [WORDS[node.joint], str(number)]
        node = node.members[number]
    return ".".join(words)


def _written(node: Node) -> dict[str, Any]:
    if isinstance(node, Condition):
        return {"field": node.key, "is": node.operator, "values": list(node.values)}
    return {WORDS[node.joint]: [_written(member) for member in node.members]}


def _group(value: Mapping[str, object], place: Place, depth: int) -> Group:
    (word, members), *more = list(value.items()) or [("", None)]
    if more or word not in JOINTS or not isinstance(members, Sequence):
        raise _unreadable(place)
    if isinstance(members, str) or depth > DEEPEST:
        raise _unreadable(place)
    nodes = [_node(one, (*place, n), depth) for n, one in enumerate(members)]
    return Group(JOINTS[word], tuple(nodes))


def _node(value: object, place: Place, depth: int) -> Node:
    if not isinstance(value, Mapping):
        raise _unreadable(place)
    if "field" in value:
        return _condition(value, place)
    return _group(value, place, depth + 1)


def _condition(value: Mapping[str, object], place: Place) -> Condition:
    if value.keys() - {"field", "is", "values"}:
        raise _unreadable(place)
    key, operator, values = value["field"], value.get("is"), value.get("values", [])
    is_list = isinstance(values, list) and len(values) <= MOST_VALUES
    if not (_is_word(key) and _is_word(operator) and is_list):
        raise _unreadable(place)
    assert isinstance(values, list)
    if not all(isinstance(v, str) and len(v) <= LONGEST_VALUE for v in values):
        raise _unreadable(place)
    return Condition(str(key), str(operator), tuple(values))


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_WORD


def _unreadable(place: Place) -> BadDefinition:
    said = _("This part of the definition cannot be read.")
    return BadDefinition(said, {place: said})
