"""Tasks for programs: /api/v1/tasks."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.actions.commands.task import (
    cancel_task,
    complete_task,
    create_task,
    move_task,
)
from guanxi.actions.policies import TASK
from guanxi.actions.queries.task import task, tasks
from guanxi.actions.rules import (
    TaskKind,
    TaskState,
)
from guanxi.actions.tables import TASKS
from guanxi.customers.queries.customer import customer
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import (
    From,
    Input,
    Record,
    Shape,
    require_writable,
)
from guanxi.identity.queries import assignable_users

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.identity.models import User

router = Router(tags=["tasks"])


class TaskRow(Record):
    """A planned step."""

    id: Annotated[int, From("pk")]
    kind: TaskKind
    title: str
    customer_id: Annotated[int, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str, From("customer__name", "customer")]
    order_id: Annotated[int | None, From("order_id")]
    state: TaskState
    due_on: date
    assignee: Annotated[int | None, From("assignee_id", "assignee", is_key=True)]
    assignee_name: Annotated[str | None, From("assignee__name", "assignee")]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    created_at: datetime


class TaskPage(Record):
    """One page of tasks; ``next`` is the cursor of the following one."""

    items: list[TaskRow]
    next: str | None


class PlanInput(Input):
    """A step to plan; without an assignee it is the caller's own."""

    kind: TaskKind
    due_on: date
    title: str = Field(default="", max_length=120)
    assignee: int | None = None


class NewTask(PlanInput):
    """A step to plan for a customer."""

    customer: int
    note: str = Field(default="", max_length=2000)


class DayInput(Input):
    """The day to move to."""

    due_on: date


class CompletionInput(Input):
    """What there is to say about it."""

    note: str = Field(default="", max_length=2000)


TASK_ROW = Shape(TaskRow, TASK)


@router.get("/tasks", response=TaskPage, summary=gettext_noop("List tasks"))
def list_tasks(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the tasks you may see: the open ones first, the next due before the others."""
    return listed(request, TASKS, TASK_ROW, query)


@router.post(
    "/tasks",
    response={201: TaskRow},
    summary=gettext_noop("Plan a task"),
)
def post_task(request: Call, body: NewTask) -> HttpResponse:
    """Plan a step for a customer."""
    by = request.auth
    about = _about(by, body.customer)
    require(by, "task.create", about)
    require_writable(by, TASK, body.given())
    planned = create_task(
        by,
        about,
        kind=body.kind,
        title=body.title,
        due_on=body.due_on,
        assignee=colleague(by, body.assignee) if body.assignee else None,
        note=body.note,
        at=now(),
    )
    return task_made(by, planned.pk)


@router.get(
    "/tasks/{int:pk}",
    response=TaskRow,
    summary=gettext_noop("Read one task"),
)
def get_task(request: Call, pk: int) -> HttpResponse:
    """Read one task."""
    return answer(_task(request.auth, pk))


@router.post(
    "/tasks/{int:pk}/day",
    response=TaskRow,
    summary=gettext_noop("Move a task"),
)
def post_day(request: Call, pk: int, body: DayInput) -> HttpResponse:
    """Put a task on another day."""
    move_task(request.auth, task(request.auth, pk), due_on=body.due_on, at=now())
    return answer(_task(request.auth, pk))


@router.post(
    "/tasks/{int:pk}/completion",
    response=TaskRow,
    summary=gettext_noop("Complete a task"),
)
def post_task_completion(request: Call, pk: int, body: CompletionInput) -> HttpResponse:
    """Mark a task as done."""
    complete_task(request.auth, task(request.auth, pk), note=body.note, at=now())
    return answer(_task(request.auth, pk))


@router.post(
    "/tasks/{int:pk}/cancellation",
    response=TaskRow,
    summary=gettext_noop("Give a task up"),
)
def post_task_cancellation(
    request: Call, pk: int, body: CompletionInput
) -> HttpResponse:
    """Give a task up."""
    cancel_task(request.auth, task(request.auth, pk), note=body.note, at=now())
    return answer(_task(request.auth, pk))


def _task(viewer: Actor, pk: int) -> dict[str, Any]:
    return TASK_ROW.one(viewer, tasks(viewer).filter(pk=pk), at=now())


def task_made(viewer: Actor, pk: int) -> HttpResponse:
    """Answer with a new task; who planned it for somebody else may not see it."""
    if not tasks(viewer).filter(pk=pk).exists():
        return made({"id": pk}, f"/api/v1/tasks/{pk}")
    return made(_task(viewer, pk), f"/api/v1/tasks/{pk}")


def _about(viewer: Actor, pk: int) -> "Customer":
    try:
        return customer(viewer, pk)
    except NotVisible:
        raise BadInput([Wrong("customer", _("There is no such customer."))]) from None


def colleague(viewer: Actor, pk: int) -> "User":
    """
    Return whom work can be given to.

    :raises BadInput: if there is no such colleague for ``viewer``.
    """
    found = assignable_users(viewer).filter(pk=pk).first()
    if found is None:
        raise BadInput([Wrong("assignee", _("There is no such colleague."))])
    return found
