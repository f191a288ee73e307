"""How single records stand to an actor, asked once for as many as are at hand."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import BooleanField, ExpressionWrapper, Model, Q

from guanxi.foundation.actor import Actor

_MEMO = "_standing"


def standing(
    actor: Actor, subject: Model, conditions: Mapping[str, Q]
) -> Collection[str]:
    """
    Return the names of those ``conditions`` that ``subject`` meets, by one query.

    It is remembered with the instance, which lives as long as a request at most.
    """
    learn(actor, [subject], conditions)
    known: Collection[str] = _memo(subject)[_key(actor)]
    return known


def learn(actor: Actor, subjects: Iterable[Model], conditions: Mapping[str, Q]) -> None:
    """Ask of all ``subjects`` of one model at once which ``conditions`` they meet."""
    key = _key(actor)
    new = [one for one in subjects if key not in _memo(one)]
    if not new:
        return
    wrapped = [ExpressionWrapper(q, BooleanField()) for q in conditions.values()]
    rows = new[0].__class__._base_manager.filter(
        pk__in=[one.pk for one in new if one.pk]
    )
    met = {
        pk: frozenset(
            name for name, is_met in zip(conditions, told, strict=True) if is_met
        )
        for pk, *told in rows.values_list("pk", *wrapped)
    }
    for one in new:
        _memo(one)[key] = met.get(one.pk, frozenset())


def _key(actor: Actor) -> tuple[object, ...]:
    return actor.actor_id, actor.team_id, id(actor.grants)


def _memo(subject: Model) -> dict[tuple[object, ...], Collection[str]]:
    found: dict[tuple[object, ...], Collection[str]] = vars(subject).setdefault(
        _MEMO, {}
    )
    return found
