"""When somebody of us was last in contact with one customer, as far as one may know."""

from datetime import datetime

from guanxi.actions.queries.action_message import messages
from guanxi.actions.queries.task import tasks
from guanxi.actions.rules import IN_CONTACT, Kind, MessageState, TaskKind, TaskState
from guanxi.foundation.actor import Actor


def last_touch(viewer: Actor, customer_id: int, at: datetime) -> datetime | None:
    """
    Return when a call or message last came through or a task was done, up to ``at``.

    Only what ``viewer`` may see counts; None where there is nothing.
    """
    done = tasks(viewer).filter(
        customer_id=customer_id, state=TaskState.DONE, done_at__lte=at
    )
    settled = messages(viewer).filter(
        customer_id=customer_id,
        kind=Kind.CONTACT,
        state=MessageState.DONE,
        outcome__in=IN_CONTACT,
        closed_at__lte=at,
    )
    latest = done.exclude(kind=TaskKind.OTHER).order_by("-done_at")
    settled = settled.order_by("-closed_at")
    found = latest.values_list("done_at")[:1].union(
        settled.values_list("closed_at")[:1], all=True
    )
    return max((moment for (moment,) in found if moment), default=None)
