"""Changes to tasks."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.actions.commands.assignee import require_sight
from guanxi.actions.events import TaskClosed, TaskMoved, TaskPlanned
from guanxi.actions.models import Task
from guanxi.actions.rules import TaskKind, TaskState
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.identity.models import User
    from guanxi.sales.models import Order


class TaskNotOpen(Refused):
    """The task was done or cancelled before."""

    code = "task_not_open"


@command(needs="task.create")
def create_task(
    by: Actor,
    customer: "Customer",
    *,
    kind: TaskKind,
    title: str,
    due_on: date,
    at: datetime,
    assignee: "User | None" = None,
    order: "Order | None" = None,
    note: str = "",
) -> Task:
    """
    Plan a step for ``customer``; without an assignee it is the actor's own.

    :raises BlindAssignee: if ``assignee`` could not look at the customer.
    """
    if assignee is not None:
        require_sight(assignee, customer)
    task = Task.objects.create(
        customer=customer,
        order=order,
        kind=kind,
        title=title.strip() or str(kind.label),
        note=note,
        due_on=due_on,
        assignee_id=assignee.pk if assignee else by.actor_id,
        team_id=assignee.team_id if assignee else by.team_id,
        created_by_id=by.actor_id,
        created_at=at,
    )
    publish(
        TaskPlanned(
            at=at,
            task_id=task.pk,
            customer_id=customer.pk,
            task_kind=kind,
            due_on=due_on.isoformat(),
        )
    )
    return task


@command(needs="task.edit")
def move_task(by: Actor, task: Task, *, due_on: date, at: datetime) -> Task:
    """
    Put ``task`` on another day.

    :raises TaskNotOpen: if it is done or cancelled.
    """
    locked = _open_task(task)
    old_on, locked.due_on = locked.due_on, due_on
    locked.save(update_fields=["due_on"])
    publish(
        TaskMoved(
            at=at,
            task_id=locked.pk,
            customer_id=locked.customer_id,
            task_kind=locked.kind,
            old_on=old_on.isoformat(),
            due_on=due_on.isoformat(),
        )
    )
    return locked


@command(needs="task.complete")
def complete_task(by: Actor, task: Task, *, at: datetime, note: str = "") -> Task:
    """
    Mark ``task`` as done.

    :raises TaskNotOpen: if it is done or cancelled already.
    """
    return _close(task, TaskState.DONE, at, note)


@command(needs="task.edit")
def cancel_task(by: Actor, task: Task, *, at: datetime, note: str = "") -> Task:
    """
    Give ``task`` up.

    :raises TaskNotOpen: if it is done or cancelled already.
    """
    return _close(task, TaskState.CANCELLED, at, note)


def _close(task: Task, state: TaskState, at: datetime, note: str) -> Task:
    locked = _open_task(task)
    locked.state = state
    locked.done_at = at
    locked.note = note or locked.note
    locked.save(update_fields=["state", "done_at", "note"])
    publish(
        TaskClosed(
            at=at,
            task_id=locked.pk,
            customer_id=locked.customer_id,
            task_kind=locked.kind,
            task_state=state,
        )
    )
    return locked


def _open_task(task: Task) -> Task:
    locked = Task.objects.select_for_update().get(pk=task.pk)
    if locked.state != TaskState.OPEN:
        raise TaskNotOpen(_("This task is closed already. Plan a new one instead."))
    return locked
