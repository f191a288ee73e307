"""What the house has learned about its customers, and what that was worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from guanxi.actions.models import Knowledge
from guanxi.actions.policies import KNOWLEDGE
from guanxi.actions.queries.action_message import messages
from guanxi.actions.queries.effect import Told, effects_told
from guanxi.actions.rules import Detector, MessageState, Outcome
from guanxi.customers.queries.segment import segments, size_of
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible

MOST_SHOWN = 200


@dataclass(frozen=True)
class Use:
    """
    What became of the messages about one thing known.

    ``promised`` of those ``done`` ended with a promise to order or pay.
    """

    told: int = 0
    open: int = 0
    done: int = 0
    promised: int = 0
    dismissed: int = 0


@dataclass(frozen=True)
class KnowledgeLine:
    """
    One thing known: its use, and what applying it changed.

    ``size`` is how many customers of the segment the viewer sees; None where the segment
    is not there, or not for him.
    """

    item: Knowledge
    size: int | None
    use: Use
    effect: Told | None


def knowledge(viewer: Actor) -> "QuerySet[Knowledge]":
    """Return what the house knows, as far as ``viewer`` may: the latest first."""
    rows = Knowledge.objects.filter(KNOWLEDGE.visible(viewer))
    return rows.select_related("segment", "recorded_by").order_by("-pk")


def knowledge_item(viewer: Actor, pk: int) -> Knowledge:
    """
    Return one thing known.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = knowledge(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def knowledge_lines(
    viewer: Actor, today: date, *, is_ended: bool
) -> Sequence[KnowledgeLine]:
    """Return what is known, or (``is_ended``) was, with its use and its effect."""
    items = knowledge(viewer).filter(ended_at__isnull=not is_ended)[:MOST_SHOWN]
    if not items:
        return []
    uses, effects = _uses(viewer), effects_told(viewer, today)
    seen = segments(viewer).in_bulk([one.segment_id for one in items if one.segment_id])
    sizes = {pk: size_of(viewer, one) for pk, one in seen.items()}
    return [
        KnowledgeLine(
            one,
            sizes.get(one.segment_id or 0),
            uses.get(one.trial, Use()),
            effects.get(one.trial),
        )
        for one in items
    ]


def _uses(viewer: Actor) -> Mapping[str, Use]:
    """Return what became of the messages in sight, by the name of the comparison."""
    rows = messages(viewer).filter(detector=Detector.KNOWLEDGE).order_by()
    counted = rows.values("object_kind").annotate(
        told=Count("pk"),
        open=Count("pk", filter=Q(state=MessageState.OPEN)),
        done=Count("pk", filter=Q(state=MessageState.DONE)),
        promised=Count("pk", filter=Q(outcome=Outcome.PROMISED)),
        dismissed=Count("pk", filter=Q(state=MessageState.DISMISSED)),
    )
    return {
        one["object_kind"]: Use(
            one["told"], one["open"], one["done"], one["promised"], one["dismissed"]
        )
        for one in counted
    }
