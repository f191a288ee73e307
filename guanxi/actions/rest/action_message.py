"""Action messages for programs: /api/v1/action-messages."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
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
from guanxi.actions.policies import ACTION_MESSAGE
from guanxi.actions.queries.action_message import message, messages, told
from guanxi.actions.rest.task import PlanInput, TaskRow, colleague, task_made
from guanxi.actions.rules import (
    Detector,
    DismissReason,
    Kind,
    MessageState,
    Outcome,
)
from guanxi.actions.tables import MESSAGES
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import (
    From,
    Input,
    Record,
    Shape,
)

router = Router(tags=["action messages"])


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


MESSAGE = Shape(MessageRow, ACTION_MESSAGE)


@router.get(
    "/action-messages",
    response=MessagePage,
    summary=gettext_noop("List action messages"),
)
def list_messages(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the action messages you may see, the most important first."""
    return listed(request, MESSAGES, MESSAGE, query)


@router.get(
    "/action-messages/{int:pk}",
    response=MessageRecord,
    summary=gettext_noop("Read one action message"),
)
def get_message(request: Call, pk: int) -> HttpResponse:
    """Read one action message: problem, evidence and suggestion in your language."""
    return answer(_message(request.auth, pk))


@router.post(
    "/action-messages/{int:pk}/contact",
    response=MessageRecord,
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
    summary=gettext_noop("Assign"),
)
def post_assignee(request: Call, pk: int, body: AssigneeInput) -> HttpResponse:
    """Give an action message to somebody else."""
    by, found = request.auth, message(request.auth, pk)
    require(by, "action_message.assign", found)
    assign_message(by, found, colleague(by, body.assignee), at=now())
    # Whoever gave it away may not see it any more.
    if not messages(by).filter(pk=pk).exists():
        return nothing()
    return answer(_message(by, pk))


@router.post(
    "/action-messages/{int:pk}/task",
    response={201: TaskRow},
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
        assignee=colleague(by, body.assignee) if body.assignee else None,
        at=now(),
    )
    return task_made(by, planned.pk)


def _message(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return one message as ``viewer`` may see it, with its sentences."""
    record = MESSAGE.one(viewer, messages(viewer).filter(pk=pk), at=now())
    if ACTION_MESSAGE.level(viewer, "problem") >= Level.READ:
        words = told(viewer, message(viewer, pk))
        record["problem"] = words.problem
        record["evidence"] = words.evidence
        record["suggestion"] = words.suggestion
    return record
