"""
The filter language of lists and of REST: ``tier.in.(vital,major),or(city.eq.北京,…)``.

Written as PostgREST writes filters: ``key.operator.value``, separated by commas that
mean *and*; groups ``and(…)``, ``or(…)`` and ``not(…)``, which negates all it holds
together. An operator without a value ends there: ``city.empty``. A value with one of
``,()"\\`` or with a blank at its edge stands in ``"…"``; in there a backslash goes before
``"`` and before a backslash.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

from django.utils.translation import gettext as _

from guanxi.foundation.errors import Refused

# As it stands in an address; with all else there, browsers and redirects take 16,000.
LONGEST = 12_000
MOST_CONDITIONS = 50
DEEPEST = 5
_SPECIAL = set(',()"\\')
_NAME = re.compile(r"\w+", re.ASCII)
_LISTS = frozenset({"in", "notin", "between"})


class BadFilter(Refused):
    """The filter cannot be read, or names something that cannot be filtered by."""

    code = "bad_filter"


@dataclass(frozen=True)
class Condition:
    """One comparison: no value, one, or for ``in``, ``notin``, ``between`` a list."""

    key: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Conditions joined by ``and`` or ``or``; ``not`` means that not all of them hold."""

    joint: str
    members: tuple["Node", ...]


Node = Condition | Group
NOTHING = Group("and", ())


def parse(text: str) -> Group:
    """
    Return the filter that ``text`` writes.

    :raises BadFilter: if it is not well-formed, or larger than the limits.
    """
    if len(quote_plus(text)) > LONGEST:
        raise BadFilter(_("The filter is too long. Use fewer conditions."))
    if not text.strip():
        return NOTHING
    reader = _Reader(text)
    members = reader.members(depth=1)
    if not reader.at_end:
        raise reader.error()
    return Group("and", members)


def written(node: Node) -> str:
    """Return the one canonical text of a filter; ``parse`` reads it back."""
    if isinstance(node, Condition):
        return ".".join([node.key, node.operator, *_values(node)])
    inner = ",".join(written(member) for member in node.members)
    return f"{node.joint}({inner})"


def written_top(group: Group) -> str:
    """Return the text of a whole filter: the outer *and* is not written."""
    if group.joint != "and":
        return written(group)
    return ",".join(written(member) for member in group.members)


def without(group: Group, member: Node) -> Group:
    """Return ``group`` without one of its direct members."""
    return Group(group.joint, tuple(m for m in group.members if m is not member))


def conditions_of(node: Node) -> Iterator[Condition]:
    """Yield the comparisons of a filter, however deep they stand."""
    if isinstance(node, Condition):
        yield node
        return
    for member in node.members:
        yield from conditions_of(member)


def _values(condition: Condition) -> list[str]:
    quoted = [_quoted(value) for value in condition.values]
    if condition.operator in _LISTS or len(quoted) > 1:
        return [f"({','.join(quoted)})"]
    return quoted


def _quoted(value: str) -> str:
    if value and not _SPECIAL & set(value) and value == value.strip():
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Reader:
    """Reads one filter from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.conditions = 0

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def error(self) -> BadFilter:
        return BadFilter(
            _("The filter cannot be read from “%(rest)s” on.")
            % {"rest": self.text[self.at : self.at + 20]}
        )

    def members(self, depth: int) -> tuple[Node, ...]:
        if depth > DEEPEST:
            raise BadFilter(_("The filter is nested too deep."))
        found = [self.node(depth)]
        while self._take(","):
            found.append(self.node(depth))
        return tuple(found)

    def node(self, depth: int) -> Node:
        for joint in ("and", "or", "not"):
            if self._take(f"{joint}("):
                members = self.members(depth + 1)
                if not self._take(")"):
                    raise self.error()
                return Group(joint, members)
        return self.condition()

    def condition(self) -> Condition:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            raise BadFilter(_("The filter has too many conditions."))
        key = self._name()
        if not self._take("."):
            raise self.error()
        return Condition(key, self._name(), self._values())

    def _name(self) -> str:
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise self.error()
        self.at = found.end()
        return found[0]

    def _values(self) -> tuple[str, ...]:
        if not self._take("."):
            return ()
        if not self._take("("):
            return (self._value(),)
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        if not self._take(")"):
            raise self.error()
        return tuple(values)

    def _value(self) -> str:
        if self._take('"'):
            return self._quoted()
        start = self.at
        while not self.at_end and self.text[self.at] not in _SPECIAL:
            self.at += 1
        return self.text[start : self.at].strip()

    def _quoted(self) -> str:
        out: list[str] = []
        while not self.at_end:
            char = self.text[self.at]
            self.at += 1
            if char == '"':
                return "".join(out)
            if char == "\\" and not self.at_end:
                char = self.text[self.at]
                self.at += 1
            out.append(char)
        raise self.error()

    def _take(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False
