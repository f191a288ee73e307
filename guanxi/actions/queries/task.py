"""Questions about tasks."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from guanxi.actions.models import Task
from guanxi.actions.policies import TASK
from guanxi.actions.rules import TaskState
from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.errors import NotVisible


def tasks(viewer: Actor) -> "QuerySet[Task]":
    """Return the tasks ``viewer`` may see, the next due first."""
    return Task.objects.filter(TASK.visible(viewer)).order_by("due_on", "pk")


def tasks_going_along(viewer: Actor, old_owner_id: int) -> "QuerySet[Task]":
    """Return the open tasks that go to the next owner of a customer."""
    return open_tasks(viewer).filter(assignee=old_owner_id)


def open_tasks(viewer: Actor) -> "QuerySet[Task]":
    """Return the open tasks ``viewer`` may see, the next due first."""
    return tasks(viewer).filter(state=TaskState.OPEN)


def open_tasks_of(viewer: Actor, customer_id: int, *, most: int) -> Sequence[Task]:
    """Return the open tasks about one customer that ``viewer`` may see."""
    return asked_by(viewer, _of_one, most, customer_id=customer_id)


def _of_one(viewer: Actor, most: int, customer_id: int) -> "QuerySet[Task]":
    rows = open_tasks(viewer).filter(customer_id=customer_id)
    return rows.select_related("assignee")[:most]


def my_tasks(viewer: Actor, *, until: date) -> "QuerySet[Task]":
    """Return the viewer's own open tasks due by the end of the day ``until``."""
    return open_tasks(viewer).filter(assignee_id=viewer.actor_id, due_on__lte=until)


def task(viewer: Actor, pk: int) -> Task:
    """
    Return one task.

    :raises NotVisible: if there is none that ``viewer`` may see.
    """
    found = tasks(viewer).select_related("customer", "assignee").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found
