"""Action messages and tasks for programs: /api/v1/action-messages, /api/v1/tasks."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.actions.commands.action_message import (
    apply_message,
    assign_message,
    dismiss_message,
    plan_task,
    record_contact,
    reopen_message,
)
from guanxi.actions.commands.task import (
    cancel_task,
    complete_task,
    create_task,
    move_task,
)
from guanxi.actions.policies import ACTION_MESSAGE, TASK
from guanxi.actions.queries.action_message import message, messages, told
from guanxi.actions.queries.task import task, tasks
from guanxi.actions.rules import (
    Detector,
    DismissReason,
    Kind,
    MessageState,
    Outcome,
    TaskKind,
    TaskState,
)
from guanxi.actions.tables import MESSAGES, TASKS
from guanxi.customers.queries.customer import customer
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
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

router = Router()
MESSAGE_TAGS = ["action messages"]
TASK_TAGS = ["tasks"]


class MessageRow(Record):
    """An action message as a list shows it."""

    id: Annotated[int, From("pk")]
    detector: Detector
    kind: Kind
    state: MessageState
    customer_id: Annotated[int, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str, From("customer__name", "customer")]
    score: int = Field(description="Urgency × importance; the highest comes first.")
    urgency: int
    importance: int
    due_on: date
    assignee: Annotated[int | None, From("assignee_id", "assignee", is_key=True)]
    assignee_name: Annotated[str | None, From("assignee__name", "assignee")]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    object_kind: Annotated[str, From("object_kind")]
    object_id: Annotated[int, From("object_id")]
    as_of: Annotated[date, From("as_of")]
    raised_at: datetime
    closed_at: datetime | None
    outcome: str


class MessageRecord(MessageRow):
    """One action message with its sentences, in the caller's language."""

    problem: str
    evidence: str
    suggestion: str


class MessagePage(Record):
    """One page of action messages; ``next`` is the cursor of the following one."""

    items: list[MessageRow]
    next: str | None


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


class ContactInput(Input):
    """What came of a call or a message sent."""

    outcome: Outcome
    note: str = Field(default="", max_length=2000)


class DismissalInput(Input):
    """Why nothing is done."""

    reason: DismissReason
    note: str = Field(default="", max_length=2000)


class AssigneeInput(Input):
    """The user who shall act."""

    assignee: int


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


MESSAGE = Shape(MessageRow, ACTION_MESSAGE)
TASK_ROW = Shape(TaskRow, TASK)


@router.get(
    "/action-messages",
    response=MessagePage,
    tags=MESSAGE_TAGS,
    summary=gettext_noop("List action messages"),
)
def list_messages(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the action messages you may see, the most important first."""
    return listed(request, MESSAGES, MESSAGE, query)


@router.get(
    "/action-messages/{int:pk}",
    response=MessageRecord,
    tags=MESSAGE_TAGS,
    summary=gettext_noop("Read one action message"),
)
def get_message(request: Call, pk: int) -> HttpResponse:
    """Read one action message: problem, evidence and suggestion in your language."""
    return answer(_message(request.auth, pk))


@router.post(
    "/action-messages/{int:pk}/contact",
    response=MessageRecord,
    tags=MESSAGE_TAGS,
    summary=gettext_noop("Record a contact"),
)
def post_contact(request: Call, pk: int, body: ContactInput) -> HttpResponse:
    """Settle an action message with what came of a contact."""
    by = request.auth
    record_contact(by, message(by, pk), outcome=body.outcome, note=body.note, at=now())
    return answer(_message(by, pk))


@router.post(
    "/action-messages/{int:pk}/application",
    response=MessageRecord,
    tags=MESSAGE_TAGS,
    summary=gettext_noop("Do what it suggests"),
)
def post_application(request: Call, pk: int) -> HttpResponse:
    """Do what an action message suggests: release, cancel or move."""
    by = request.auth
    apply_message(by, message(by, pk), at=now())
    return answer(_message(by, pk))


@router.post(
    "/action-messages/{int:pk}/dismissal",
    response=MessageRecord,
    tags=MESSAGE_TAGS,
    summary=gettext_noop("Dismiss"),
)
def post_dismissal(request: Call, pk: int, body: DismissalInput) -> HttpResponse:
    """Close an action message; it comes back only when its facts change."""
    by = request.auth
    dismiss_message(by, message(by, pk), reason=body.reason, note=body.note, at=now())
    return answer(_message(by, pk))


@router.post(
    "/action-messages/{int:pk}/reopening",
    response=MessageRecord,
    tags=MESSAGE_TAGS,
    summary=gettext_noop("Take back"),
)
def post_reopening(request: Call, pk: int) -> HttpResponse:
    """Take back a dismissal or a recorded contact."""
    by = request.auth
    reopen_message(by, message(by, pk), at=now())
    return answer(_message(by, pk))


@router.post(
    "/action-messages/{int:pk}/assignee",
    response=MessageRecord,
    tags=MESSAGE_TAGS,
    summary=gettext_noop("Assign"),
)
def post_assignee(request: Call, pk: int, body: AssigneeInput) -> HttpResponse:
    """Give an action message to somebody else."""
    by, found = request.auth, message(request.auth, pk)
    require(by, "action_message.assign", found)
    assign_message(by, found, _colleague(by, body.assignee), at=now())
    # Whoever gave it away may not see it any more.
    if not messages(by).filter(pk=pk).exists():
        return nothing()
    return answer(_message(by, pk))


@router.post(
    "/action-messages/{int:pk}/task",
    response={201: TaskRow},
    tags=MESSAGE_TAGS,
    summary=gettext_noop("Plan a task"),
)
def post_message_task(request: Call, pk: int, body: PlanInput) -> HttpResponse:
    """Settle an action message by planning a task for its customer."""
    by, found = request.auth, message(request.auth, pk)
    require(by, "action_message.act", found)
    planned = plan_task(
        by,
        found,
        kind=body.kind,
        due_on=body.due_on,
        title=body.title,
        assignee=_colleague(by, body.assignee) if body.assignee else None,
        at=now(),
    )
    return _task_made(by, planned.pk)


@router.get(
    "/tasks", response=TaskPage, tags=TASK_TAGS, summary=gettext_noop("List tasks")
)
def list_tasks(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the tasks you may see, the next due first."""
    return listed(request, TASKS, TASK_ROW, query)


@router.post(
    "/tasks",
    response={201: TaskRow},
    tags=TASK_TAGS,
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
        assignee=_colleague(by, body.assignee) if body.assignee else None,
        note=body.note,
        at=now(),
    )
    return _task_made(by, planned.pk)


@router.get(
    "/tasks/{int:pk}",
    response=TaskRow,
    tags=TASK_TAGS,
    summary=gettext_noop("Read one task"),
)
def get_task(request: Call, pk: int) -> HttpResponse:
    """Read one task."""
    return answer(_task(request.auth, pk))


@router.post(
    "/tasks/{int:pk}/day",
    response=TaskRow,
    tags=TASK_TAGS,
    summary=gettext_noop("Move a task"),
)
def post_day(request: Call, pk: int, body: DayInput) -> HttpResponse:
    """Put a task on another day."""
    move_task(request.auth, task(request.auth, pk), due_on=body.due_on, at=now())
    return answer(_task(request.auth, pk))


@router.post(
    "/tasks/{int:pk}/completion",
    response=TaskRow,
    tags=TASK_TAGS,
    summary=gettext_noop("Complete a task"),
)
def post_task_completion(request: Call, pk: int, body: CompletionInput) -> HttpResponse:
    """Mark a task as done."""
    complete_task(request.auth, task(request.auth, pk), note=body.note, at=now())
    return answer(_task(request.auth, pk))


@router.post(
    "/tasks/{int:pk}/cancellation",
    response=TaskRow,
    tags=TASK_TAGS,
    summary=gettext_noop("Give a task up"),
)
def post_task_cancellation(
    request: Call, pk: int, body: CompletionInput
) -> HttpResponse:
    """Give a task up."""
    cancel_task(request.auth, task(request.auth, pk), note=body.note, at=now())
    return answer(_task(request.auth, pk))


def _message(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return one message as ``viewer`` may see it, with its sentences."""
    record = MESSAGE.one(viewer, messages(viewer).filter(pk=pk), at=now())
    if ACTION_MESSAGE.level(viewer, "problem") >= Level.READ:
        words = told(message(viewer, pk))
        record["problem"] = words.problem
        record["evidence"] = words.evidence
        record["suggestion"] = words.suggestion
    return record


def _task(viewer: Actor, pk: int) -> dict[str, Any]:
    return TASK_ROW.one(viewer, tasks(viewer).filter(pk=pk), at=now())


def _task_made(viewer: Actor, pk: int) -> HttpResponse:
    """Answer with a new task; who planned it for somebody else may not see it."""
    if not tasks(viewer).filter(pk=pk).exists():
        return made({"id": pk}, f"/api/v1/tasks/{pk}")
    return made(_task(viewer, pk), f"/api/v1/tasks/{pk}")


def _about(viewer: Actor, pk: int) -> "Customer":
    try:
        return customer(viewer, pk)
    except NotVisible:
        raise BadInput([Wrong("customer", _("There is no such customer."))]) from None


def _colleague(viewer: Actor, pk: int) -> "User":
    found = assignable_users(viewer).filter(pk=pk).first()
    if found is None:
        raise BadInput([Wrong("assignee", _("There is no such colleague."))])
    return found
