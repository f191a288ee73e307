"""The talks about findings that a viewer belongs to."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Prefetch, QuerySet

from guanxi.analytics.models import Discussion, PutAside, Remark
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible

MOST_SHOWN = 50


def discussions(viewer: Actor) -> "QuerySet[Discussion]":
    """Return the talks ``viewer`` belongs to, the latest first."""
    said = Remark.objects.select_related("author").order_by("pk")
    rows = Discussion.objects.filter(people=viewer.actor_id)
    return rows.prefetch_related(Prefetch("remarks", said), "people").order_by("-pk")


def discussion(viewer: Actor, pk: int) -> Discussion:
    """
    Return one talk with its remarks and people.

    :raises NotVisible: to whoever does not belong to it.
    """
    found = discussions(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def about(viewer: Actor, keys: Collection[str]) -> Mapping[str, Sequence[Discussion]]:
    """Return the talks about each of the matters ``keys``."""
    found: dict[str, list[Discussion]] = {}
    for one in discussions(viewer).filter(key__in=keys)[:MOST_SHOWN]:
        found.setdefault(one.key, []).append(one)
    return found


def put_aside_by(viewer: Actor) -> frozenset[str]:
    """Return the matters ``viewer`` has put aside."""
    rows = PutAside.objects.filter(user=viewer.actor_id)
    return frozenset(rows.values_list("key", flat=True))
