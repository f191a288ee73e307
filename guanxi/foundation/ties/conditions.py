"""
The conditions by which ties open and shut records, in SQL.

They are asked with the numbers of an actor alone, so that the statements compiled for one
serve all who have the same grants; the database's own clock ends a share in its second.
"""

from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    F,
    Func,
    Model,
    Q,
    QuerySet,
)
from django.db.models.functions import Now

from guanxi.foundation.actor import Actor
from guanxi.foundation.ties.models import Share, ShareLevel, Tie, Wall

_NOBODY = Q(pk__in=[])


class Among(Func):
    """
    Whether the number at ``path`` is one of those that a query names.

    ``id = ANY (ARRAY(SELECT …))``: PostgreSQL asks the query once and may then go by the
    index, also where other ways to a record stand beside it. ``IN (SELECT …)`` below an
    OR would make it read all rows.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("

    def __init__(self, path: str, numbers: "QuerySet[Any]") -> None:
        super().__init__(F(path), ArraySubquery(numbers), output_field=BooleanField())


def stands_for(ties: type[Model], actor: Actor) -> Q:
    """
    Return which ``ties`` are with ``actor``, his team, or a team above it.

    They are rows with ``user`` and ``team``, one of them empty.
    """
    found = Q(user_id=actor.actor_id) if actor.actor_id else _NOBODY
    if actor.team_id is None:
        return found
    teams = cast("type[Model]", ties._meta.get_field("team").related_model)
    # A team knows its path: the numbers from the root down to itself.
    above = Func(F("path"), function="unnest", output_field=BigIntegerField())
    paths = teams._base_manager.filter(pk=actor.team_id).values_list(above)
    return found | Q(Among("team_id", paths))


def open_ties(ties: type[Tie], actor: Actor) -> "QuerySet[Any]":
    """Return those of ``ties`` with ``actor`` that nobody has ended."""
    rows: QuerySet[Any] = ties._base_manager.filter(stands_for(ties, actor))
    return rows.filter(ended_at__isnull=True)


def in_force() -> Q:
    """Return the condition that a share counts at this very moment."""
    is_unlimited = Q(expires_at__isnull=True)
    return Q(ended_at__isnull=True) & (is_unlimited | Q(expires_at__gt=Now()))


def shared_with(shares: type[Share], actor: Actor, path: str, *, to_edit: bool) -> Q:
    """Return the condition that the record at ``path`` is shared with ``actor``."""
    rows = open_ties(shares, actor).filter(in_force())
    if to_edit:
        rows = rows.filter(level=ShareLevel.EDIT.value)
    numbers = rows.values_list("record_id")
    # Said twice: a walk through many rows asks a hash, a count goes by the index.
    return _hashed(path, numbers) & Q(Among(path, numbers))


def walled_from(walls: type[Wall], actor: Actor, path: str) -> Q:
    """Return the condition that the record at ``path`` is shut from ``actor``."""
    return _hashed(path, open_ties(walls, actor).values_list("record_id"))


def _hashed(path: str, numbers: "QuerySet[Any]") -> Q:
    return Q(**{f"{path}__in": numbers})
