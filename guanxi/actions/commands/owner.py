"""Open work about a customer goes with whoever looks after it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.rules import MessageState, TaskState
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guanxi.customers.models import Customer


@command(needs="action_message.assign")
def hand_over_work(
    by: Actor, customers: "Sequence[Customer]", /, *, old_owner_id: int | None
) -> tuple[int, int]:
    """
    Give what the old owner had to do for each customer to its present one.

    Return how many open messages and tasks went over; those of others stay theirs.
    """
    held: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for one in customers:
        held[one.owner_id, one.team_id].append(one.pk)
    messages = tasks = 0
    for (owner_id, team_id), pks in held.items():
        owner = {"assignee_id": owner_id, "team_id": team_id}
        messages += _open_messages(old_owner_id, pks).update(**owner)
        tasks += _open_tasks(old_owner_id, pks).update(**owner)
    return messages, tasks


def _open_messages(
    assignee_id: int | None, customer_ids: Sequence[int]
) -> "QuerySet[ActionMessage]":
    rows = ActionMessage.objects.filter(state=MessageState.OPEN)
    return rows.filter(customer__in=customer_ids, assignee=assignee_id)


def _open_tasks(
    assignee_id: int | None, customer_ids: Sequence[int]
) -> "QuerySet[Task]":
    rows = Task.objects.filter(state=TaskState.OPEN)
    return rows.filter(customer__in=customer_ids, assignee=assignee_id)
