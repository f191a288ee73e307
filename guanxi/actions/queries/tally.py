"""What can be counted of the tasks for a customer."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.actions.models import Task
from guanxi.actions.policies import TASK
from guanxi.actions.rules import TaskKind, TaskState
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import Tally
from guanxi.foundation.words import Words


def _open(viewer: Actor) -> "QuerySet[Task]":
    return Task.objects.filter(TASK.visible(viewer), state=TaskState.OPEN)


def _done(viewer: Actor) -> "QuerySet[Task]":
    return Task.objects.filter(TASK.visible(viewer), state=TaskState.DONE)


def _kinds(_viewer: Actor) -> Sequence[tuple[str, Words]]:
    return TaskKind.choices


TASK_TALLIES: Sequence[Tally] = (
    Tally(
        "customer",
        "open_tasks",
        _("Open tasks, due"),
        "task.read",
        _open,
        "customer_id",
        "due_on",
    ),
    Tally(
        "customer",
        "done_tasks",
        _("Tasks completed"),
        "task.read",
        _done,
        "customer_id",
        "done_at",
    ),
    Tally(
        "customer",
        "contacts",
        _("Contacted by"),
        "task.read",
        _done,
        "customer_id",
        "done_at",
        part="kind",
        parts=_kinds,
    ),
)
