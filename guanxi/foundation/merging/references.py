"""Everything that points at the records of a model, in whatever room it stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db.models import (
    CheckConstraint,
    F,
    ForeignObjectRel,
    Model,
    Q,
    UniqueConstraint,
)

from guanxi.foundation.merging.declared import Mention, Remains
from guanxi.foundation.rooms import collected


@dataclass(frozen=True)
class Unique:
    """Columns that are unique together among the rows for which ``condition`` holds."""

    columns: Sequence[str]
    condition: Q | None = None

    @property
    def flag(self) -> str:
        """The column of a yes that only one row may carry, if that is what it says."""
        children = self.condition.children if self.condition else []
        only = children[0] if len(children) == 1 else None
        is_flag = isinstance(only, tuple) and only[1] is True and "__" not in only[0]
        return only[0] if isinstance(only, tuple) and is_flag else ""


@dataclass(frozen=True)
class Reference:
    """A column of ``model`` that holds the key of a record, in the rows of ``when``."""

    model: type[Model]
    column: str
    when: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """How it is named in declarations: ``sales.Order.customer_id``."""
        return f"{self.model._meta.label}.{self.column}"

    @property
    def uniques(self) -> Sequence[Unique]:
        """What keeps two rows from naming one record, without the column itself."""
        return [
            Unique([name for name in one.columns if name != self.column], one.condition)
            for one in _uniques_of(self.model)
            if self.column in one.columns
        ]


@cache
def references_to(model: type[Model]) -> Sequence[Reference]:
    """
    Return every column that follows when a record of ``model`` becomes part of another.

    Foreign keys follow by themselves, also those of rooms to come; other columns when
    a room mentions them. What a room says to remain is left out.
    """
    staying = {f"{one.model}.{one.column}" for one in _remains()}
    found = [*_foreign_keys(model), *_mentions(model)]
    return [one for one in found if one.label not in staying]


def forbids_pair(model: type[Model], one: str, other: str) -> bool:
    """Tell whether a check of ``model`` forbids that both columns name the same record."""
    fields = {f.attname: f.name for f in model._meta.concrete_fields}
    one, other = fields[one], fields[other]
    checks = [c for c in model._meta.constraints if isinstance(c, CheckConstraint)]
    never = (~Q(**{one: F(other)}), ~Q(**{other: F(one)}))
    return any(check.condition in never for check in checks)


def _remains() -> Iterable[Remains]:
    yield from collected("remains")


def _mentions(model: type[Model]) -> Iterable[Reference]:
    for mention in collected("mentions"):
        if mention.of == model._meta.label:
            yield _reference(mention)


def _reference(mention: Mention) -> Reference:
    return Reference(apps.get_model(mention.model), mention.column, mention.when)


def _foreign_keys(model: type[Model]) -> Iterable[Reference]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        pointing = relation.related_model
        if not isinstance(pointing, str) and not pointing._meta.proxy:
            yield Reference(pointing, relation.field.attname)


def _uniques_of(model: type[Model]) -> Iterable[Unique]:
    meta = model._meta
    columns = {f.name: f.attname for f in meta.concrete_fields}
    for names in meta.unique_together:
        yield Unique([columns[name] for name in names])
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            unique = [columns[name] for name in constraint.fields]
            yield Unique(unique, constraint.condition)
    for field_ in meta.concrete_fields:
        if field_.unique:
            yield Unique([field_.attname])
