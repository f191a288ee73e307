"""
Records as programs see them: one class says name, type, source and right of each value.

The class is the schema of the document; a ``Shape`` made of it reads rows straight from
the database into JSON, so that a list costs no objects and no validation. Fields hidden
from the caller are left out, masked ones are covered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, model_validator
from pydantic.fields import FieldInfo

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import record_shown
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import Policy
from guanxi.foundation.rest.problems import BadInput, Wrong, no_such_field
from guanxi.foundation.sealing.field import opened

Values = dict[str, Any]


@dataclass(frozen=True)
class From:
    """
    Where a value comes from: an ORM path, and the policy's field that decides about it.

    ``field=""`` is for what everybody sees who sees the record: numbers and versions.
    ``is_key``: the value is the id of another record, which cannot be covered, so it is
    left out where the field is masked. ``is_bundle``: the value is an object whose keys
    are fields of the policy, each of which decides about its own.
    """

    path: str
    field: str = ""
    is_key: bool = False
    is_bundle: bool = False


class Record(Schema):
    """What a program is shown. Only ``id`` is always there: rights decide on the rest."""

    model_config = ConfigDict(
        json_schema_extra=lambda schema: schema.update(required=["id"])
    )


class Input(Schema):
    """What a program may send; anything else is refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_what_no_text_holds(cls, data: object) -> object:
        if wrong := list(_unstorable(data, "")):
            raise BadInput(
                [Wrong(path, _("This is not a value of this field.")) for path in wrong]
            )
        return data

    def given(self) -> Values:
        """Return what the caller sent, without what he left out."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Shape:
    """How rows become records of one class, under one policy."""

    def __init__(self, record: type[Record], policy: Policy) -> None:
        self.policy = policy
        self.sources = {
            name: _source(name, info) for name, info in record.model_fields.items()
        }

    def seen_by(self, viewer: Actor) -> "Sight":
        """Return what ``viewer`` may see of each record; asked once for all rows."""
        clear, covered = {}, {}
        for name, source in self.sources.items():
            level = Level.READ
            if source.field:
                level = self.policy.level(viewer, source.field)
            if level >= Level.READ:
                clear[name] = source
            elif level is Level.MASKED and not source.is_key:
                covered[name] = source
        return Sight(self.policy, viewer, clear, covered)

    def one(
        self,
        viewer: Actor,
        rows: "QuerySet[Any]",
        *,
        at: datetime,
        beside: Mapping[str, object] | None = None,
    ) -> Values:
        """
        Return the only row as ``viewer`` may see it; protected values go on record.

        ``beside`` are values of the policy's fields that the caller adds to the answer.

        :raises NotVisible: if there is none.
        """
        sight = self.seen_by(viewer)
        plain = rows.order_by().select_related(None).prefetch_related(None)
        found = plain.values("pk", *sight.paths).first()
        if found is None:
            raise NotVisible
        row = opened(found)
        sight.record([row], at=at, beside=beside)
        (record,) = sight.records([row])
        return record


@dataclass(frozen=True)
class Sight:
    """What one viewer sees of a shape: some values in clear, some covered."""

    policy: Policy
    viewer: Actor
    clear: Mapping[str, From]
    covered: Mapping[str, From]

    @property
    def paths(self) -> frozenset[str]:
        """The ORM paths to read."""
        sources = (*self.clear.values(), *self.covered.values())
        return frozenset(source.path for source in sources)

    def records(self, rows: Iterable[Mapping[str, Any]]) -> Sequence[Values]:
        """Return rows of ``values()`` as the viewer may see them."""
        names = tuple(self.clear)
        values_of = itemgetter(*(source.path for source in self.clear.values()))
        records = []
        for row in rows:
            record = dict(zip(names, values_of(row), strict=True))
            for name in self.bundles:
                record[name] = self._opened(record[name])
            for name, source in self.covered.items():
                text = str(row[source.path] or "")
                record[name] = self.policy.shown(self.viewer, source.field, text)
            records.append(record)
        return records

    @cached_property
    def bundles(self) -> Sequence[str]:
        """The names of values that are objects with a right for each key."""
        return [name for name, source in self.clear.items() if source.is_bundle]

    def _opened(self, values: Values) -> Values:
        """Return an object as far as the viewer may see it."""
        policy, viewer = self.policy, self.viewer
        levels = {
            name: policy.level(viewer, name) for name in values if name in policy.fields
        }
        return {
            name: values[name]
            if level >= Level.READ
            else policy.shown(viewer, name, str(values[name]))
            for name, level in levels.items()
            if level > Level.HIDDEN
        }

    def record(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        at: datetime,
        beside: Mapping[str, object] | None = None,
    ) -> None:
        """Note who saw which protected values of ``rows`` in clear."""
        protected = self.policy.protected(self.viewer)
        bundles = [self.clear[name].path for name in self.bundles]
        paths = {
            source.field: source.path
            for source in self.clear.values()
            if source.field in protected
        }
        also = dict(beside or {})
        shown = {
            row["pk"]: {name: row[path] for name, path in paths.items()}
            | {name: value for path in bundles for name, value in row[path].items()}
            | also
            for row in rows
        }
        record_shown(self.viewer, self.policy, shown, at=at)


def require_writable(
    viewer: Actor, policy: Policy, given: Iterable[str], *, level: Level = Level.WRITE
) -> None:
    """
    Let only fields pass that ``viewer`` sees at least at ``level``.

    :raises BadInput: told apart in nothing from a field that does not exist.
    """
    wrong = [
        Wrong(name, no_such_field())
        for name in given
        if name in policy.fields and policy.level(viewer, name) < level
    ]
    if wrong:
        raise BadInput(wrong)


def _unstorable(value: object, path: str) -> Iterator[str]:
    """Yield where texts stand that PostgreSQL cannot keep: with NUL, or half a sign."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            yield path
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _unstorable(part, f"{path}.{name}".strip("."))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _unstorable(part, f"{path}.{number}".strip("."))


def _source(name: str, info: FieldInfo) -> From:
    for mark in info.metadata:
        if isinstance(mark, From):
            return mark
    return From(name, name)
