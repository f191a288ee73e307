"""Messages that nobody acted on in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from guanxi.actions.queries.action_message import open_messages
from guanxi.foundation.actor import Actor

MOST_NAMED = 3


@dataclass(frozen=True)
class Late:
    """How many open messages are past their day, and who has most of them."""

    count: int
    people: Sequence[tuple[str, int]]


def late_messages(viewer: Actor, today: date) -> Late:
    """Return the open messages in sight of ``viewer`` that were due before ``today``."""
    rows = open_messages(viewer).filter(due_on__lt=today).order_by()
    named = rows.filter(assignee__isnull=False).values("assignee__name")
    most = named.annotate(count=Count("pk")).order_by("-count", "assignee__name")
    people = [(one["assignee__name"], one["count"]) for one in most[:MOST_NAMED]]
    return Late(rows.count(), people)
