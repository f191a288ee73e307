"""Open work about a customer goes with whoever looks after it."""

from typing import TYPE_CHECKING

from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.rules import MessageState, TaskState
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command

if TYPE_CHECKING:
    from guanxi.customers.models import Customer


@command(needs="action_message.assign")
def hand_over_work(
    by: Actor, customer: "Customer", *, old_owner_id: int | None
) -> tuple[int, int]:
    """
    Give what the old owner had to do for ``customer`` to the present one.

    Return how many open messages and tasks went over; those of others stay theirs.
    """
    held = {"customer": customer, "assignee_id": old_owner_id}
    owner = {"assignee_id": customer.owner_id, "team_id": customer.team_id}
    messages = ActionMessage.objects.filter(**held, state=MessageState.OPEN)
    tasks = Task.objects.filter(**held, state=TaskState.OPEN)
    return messages.update(**owner), tasks.update(**owner)
