"""One record becomes part of another: all that points at it is turned."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from django.db.models import Model, QuerySet

from guanxi.foundation.merging.journal import Journal
from guanxi.foundation.merging.references import (
    Reference,
    Unique,
    forbids_pair,
    references_to,
)


def absorb(journal: Journal, model: type[Model], *, old: Any, new: Any) -> None:
    """
    Turn everything that points at the record ``old`` of ``model`` to ``new``.

    Where both have what only one may have, the row of ``new`` stays: a mark (the primary
    phone) is taken from the other row, and a row that says the same (a tag, a number)
    becomes part of the one that stays. A relation of the two with each other ends.
    """
    references = references_to(model)
    _end_pairs(journal, references, old, new)
    for reference in references:
        for unique in sorted(reference.uniques, key=lambda one: one.flag):
            _settle(journal, reference, unique, old, new)
        pks = list(_rows(reference, old).values_list("pk", flat=True))
        journal.set(reference.model, _column(reference), pks, old, new)


def _end_pairs(
    journal: Journal, references: Sequence[Reference], old: Any, new: Any
) -> None:
    for one, other in combinations(references, 2):
        if one.model is not other.model:
            continue
        if not forbids_pair(one.model, one.column, other.column):
            continue
        for first, second in ((old, new), (new, old)):
            pair = {one.column: first, other.column: second}
            _give_up(journal, one.model, one.model._base_manager.filter(**pair))


def _settle(
    journal: Journal, reference: Reference, unique: Unique, old: Any, new: Any
) -> None:
    """Let the rows of ``old`` give way where ``new`` has such a one."""
    stays = dict(_keyed(_conditioned(reference, unique, new), unique))
    for key, pk in _keyed(_conditioned(reference, unique, old), unique):
        if key not in stays or None in key:
            continue
        if unique.flag:
            journal.set(reference.model, unique.flag, [pk], True, False)
        else:
            absorb(journal, reference.model, old=pk, new=stays[key])
            journal.delete(reference.model, [pk])


def _give_up(journal: Journal, model: type[Model], rows: "QuerySet[Any]") -> None:
    journal.delete(model, list(rows.values_list("pk", flat=True)))


def _conditioned(reference: Reference, unique: Unique, pk: Any) -> "QuerySet[Any]":
    rows = _rows(reference, pk)
    return rows.filter(unique.condition) if unique.condition else rows


def _keyed(
    rows: "QuerySet[Any]", unique: Unique
) -> Iterable[tuple[tuple[Any, ...], Any]]:
    """Yield what of each row is unique, and its key."""
    for pk, *values in rows.values_list("pk", *unique.columns):
        yield tuple(values), pk


def _rows(reference: Reference, pk: Any) -> "QuerySet[Any]":
    rows = reference.model._base_manager.filter(**reference.when)
    found: QuerySet[Any] = rows.filter(**{reference.column: pk})
    return found


def _column(reference: Reference) -> str:
    fields = reference.model._meta.concrete_fields
    return {field.attname: field.column for field in fields}[reference.column]
