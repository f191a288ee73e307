"""How single records stand to an actor, asked once for as many as are at hand."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet

from guanxi.foundation.actor import Actor

_MEMO = "_standing"


def standing(
    actor: Actor,
    subject: Model,
    names: Collection[str],
    ask: Callable[[], Iterable[Sequence[Any]]],
) -> Collection[str]:
    """
    Return those of ``names`` whose conditions ``subject`` meets.

    ``ask`` gives its row of `standings`, by one query; it is asked once, because the
    answer is remembered with the instance, which lives as long as a request at most.
    """
    key, memo = _key(actor), _memo(subject)
    if key not in memo:
        rows = ask() if subject.pk else ()
        memo[key] = _met(names, rows).get(subject.pk, frozenset())
    return memo[key]


def learn(
    actor: Actor,
    subjects: Iterable[Model],
    conditions: Mapping[str, Q],
) -> None:
    """Ask of all ``subjects`` of one model at once which ``conditions`` they meet."""
    key = _key(actor)
    new = [one for one in subjects if key not in _memo(one)]
    if not new:
        return
    pks = [one.pk for one in new if one.pk]
    rows = standings(new[0].__class__, conditions).filter(pk__in=pks)
    met = _met(conditions, rows)
    for one in new:
        _memo(one)[key] = met.get(one.pk, frozenset())


def standings(model: type[Model], conditions: Mapping[str, Q]) -> "QuerySet[Any]":
    """Return the number of each record of ``model``, and which ``conditions`` it meets."""
    wrapped = [ExpressionWrapper(q, BooleanField()) for q in conditions.values()]
    return model._base_manager.values_list("pk", *wrapped)


def _met(
    names: Collection[str], rows: Iterable[Sequence[Any]]
) -> dict[Any, frozenset[str]]:
    return {
        pk: frozenset(name for name, is_met in zip(names, told, strict=True) if is_met)
        for pk, *told in rows
    }


def _key(actor: Actor) -> tuple[object, ...]:
    return actor.actor_id, actor.team_id, id(actor.grants)


def _memo(subject: Model) -> dict[tuple[object, ...], Collection[str]]:
    found: dict[tuple[object, ...], Collection[str]] = vars(subject).setdefault(
        _MEMO, {}
    )
    return found
