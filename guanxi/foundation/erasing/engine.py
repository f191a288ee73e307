"""Erase persons from every table, and from what lies beside the database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from django.apps import apps
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from guanxi.foundation.erasing.declared import (
    Covered,
    Gone,
    Holding,
    Kept,
    Loose,
    Settled,
)
from guanxi.foundation.rooms import collected

# A shorter sign would be found in rows about anybody.
SHORTEST_SIGN = 5


def holdings_of(label: str) -> list[Holding]:
    """
    Return what is held about records of ``label``, in the order in which it is erased.

    What belongs to a person goes first, the record of the person last.
    """
    found = [one for one in collected("holdings") if one.of == label]
    return sorted(found, key=lambda one: one.model == label)


def rows_of(holding: Holding, pks: Sequence[int]) -> "QuerySet[Any]":
    """Return the rows of ``holding`` that are about the persons ``pks``."""
    model = apps.get_model(holding.model)
    keys: Any = list(pks)
    if holding.via:
        between = apps.get_model(holding.via.model)._base_manager
        keys = between.filter(**{f"{holding.via.path}__in": keys}).values("pk")
    fitting = Q()
    for path in holding.paths:
        fitting |= Q(**{f"{path}__in": keys})
    found: QuerySet[Any] = model._base_manager.filter(fitting, **holding.when)
    return found


def erase(
    label: str, pks: Sequence[int], signs: Sequence[str], *, at: datetime
) -> Mapping[str, int]:
    """
    Erase the persons ``pks``; return how many rows of each table it was.

    In the caller's transaction, but for what lies beside the database: that is erased
    first, so that a crash leaves nothing of which the database knows no more.
    """
    for store in collected("stores"):
        store(pks, signs)
    counts = {
        f"{one.model}:{one.paths[0]}": _erase(one, pks, at)
        for one in holdings_of(label)
    }
    for loose in collected("loose"):
        counts[f"{loose.model}:"] = _erase_loose(loose, signs)
    return {name: count for name, count in counts.items() if count}


def _erase(holding: Holding, pks: Sequence[int], at: datetime) -> int:
    rows = rows_of(holding, pks)
    count = rows.count()
    match holding.fate:
        case Gone():
            rows.delete()
        case Covered(values=values):
            rows.update(**values)
        case Settled(do=do):
            do(rows, at)
        case Kept():
            return 0
    return count


def _erase_loose(loose: Loose, signs: Sequence[str]) -> int:
    long = [sign for sign in signs if len(sign) >= SHORTEST_SIGN]
    # As they stand in words, and as they stand in addresses of pages.
    telling = {*long, *map(quote_plus, long)}
    if not telling:
        return 0
    rows = _texts(apps.get_model(loose.model), loose.columns)
    fitting = Q()
    for column in loose.columns:
        for sign in telling:
            fitting |= Q(**{f"{column}_text__contains": sign})
    found = rows.filter(fitting)
    count = found.count()
    found.delete()
    return count


def _texts(model: type[Model], columns: Iterable[str]) -> "QuerySet[Any]":
    texts = {f"{name}_text": Cast(name, TextField()) for name in columns}
    found: QuerySet[Any] = model._base_manager.alias(**texts)
    return found
