"""The lists of actions."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from guanxi.actions.commands.action_message import dismiss_message, reopen_message
from guanxi.actions.commands.task import complete_task
from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.queries.action_message import messages, problem_of
from guanxi.actions.queries.task import tasks
from guanxi.actions.rules import (
    Detector,
    DismissReason,
    Kind,
    MessageState,
    TaskKind,
    TaskState,
)
from guanxi.customers.queries.limit import is_stored_only
from guanxi.customers.queries.search import about_customers
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.parts import each, fixed, toned
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.identity.queries import assignable_choices

MESSAGE_TONES: Mapping[str, str] = {
    MessageState.OPEN: "amber",
    MessageState.DONE: "green",
    MessageState.DISMISSED: "gray",
    MessageState.CLOSED: "blue",
}
TASK_TONES: Mapping[str, str] = {
    TaskState.OPEN: "blue",
    TaskState.DONE: "green",
    TaskState.CANCELLED: "gray",
}


def dismiss(
    by: Actor, rows: Sequence[ActionMessage], values: Mapping[str, str]
) -> BulkResult:
    """Dismiss the chosen messages as dealt with already."""
    known = DismissReason.KNOWN
    return each(rows, lambda row: dismiss_message(by, row, reason=known, at=now()))


def reopen(by: Actor, before: Mapping[int, str]) -> BulkResult:
    """Take the dismissal of messages back."""
    rows = messages(by).filter(pk__in=before)
    return each(rows, lambda row: reopen_message(by, row, at=now()))


def complete(by: Actor, rows: Sequence[Task], values: Mapping[str, str]) -> BulkResult:
    """Mark the chosen tasks as done."""
    return each(rows, lambda row: complete_task(by, row, at=now()))


MESSAGES = Table(
    key="messages",
    kind="action_message",
    model=ActionMessage,
    title=_("Action messages"),
    url="actions:messages",
    rows=lambda viewer: messages(viewer).select_related("customer", "assignee"),
    withheld=lambda: is_stored_only("customer_id"),
    search=about_customers,
    default_sort="-score",
    bulk=[
        Bulk(
            "dismiss",
            _("Dismiss as dealt with"),
            "x",
            needs="action_message.dismiss",
            run=dismiss,
            undo=reopen,
            undo_needs="action_message.act",
        )
    ],
    columns=[
        Column(
            key="problem",
            label=_("Problem"),
            path="detector",
            text=lambda row: problem_of(row),
            link="actions:message",
            filterable=False,
        ),
        Column(
            key="customer",
            label=_("Customer"),
            path="customer__name",
            link="customers:customer",
            link_key="customer_id",
            filterable=False,
        ),
        Column(
            key="detector",
            label=_("Rule"),
            kind=ColumnKind.CHOICE,
            choices=fixed(Detector.choices),
            shown=False,
        ),
        Column(
            key="kind",
            label=_("Kind"),
            kind=ColumnKind.CHOICE,
            choices=fixed(Kind.choices),
        ),
        Column(
            key="state",
            label=_("State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(MessageState.choices),
            tone=toned(MESSAGE_TONES),
        ),
        Column(
            key="score",
            label=_("Priority"),
            kind=ColumnKind.NUMBER,
            sort="score",
            link="actions:priority",
        ),
        Column(key="due_on", label=_("Act by"), kind=ColumnKind.DATE),
        Column(
            key="assignee",
            label=_("Assigned to"),
            kind=ColumnKind.USER,
            path="assignee",
            choices=assignable_choices,
        ),
        Column(
            key="raised_at", label=_("Raised at"), kind=ColumnKind.INSTANT, shown=False
        ),
    ],
    empty=Empty(
        title=_("Nothing asks for your attention"),
        text=_(
            "Action messages appear here when plans and facts conflict. "
            "Import orders and run the analysis to see the first ones."
        ),
        action_label="",
        action_view="",
    ),
)

TASKS = Table(
    key="tasks",
    kind="task",
    model=Task,
    title=_("Tasks"),
    url="actions:tasks",
    rows=lambda viewer: tasks(viewer).select_related("customer", "assignee"),
    withheld=lambda: is_stored_only("customer_id"),
    search=about_customers,
    default_sort="open_due_on",
    bulk=[
        Bulk(
            "complete",
            _("Mark as done"),
            "circle-check",
            needs="task.complete",
            run=complete,
            confirm=_("{n} tasks will be done; a closed task is not opened again."),
        )
    ],
    columns=[
        Column(
            key="title",
            label=_("Title"),
            link="customers:customer",
            link_key="customer_id",
            filterable=False,
        ),
        Column(
            key="customer",
            label=_("Customer"),
            path="customer__name",
            link="customers:customer",
            link_key="customer_id",
            filterable=False,
        ),
        # A card of the phone has room for two besides the title.
        Column(key="due_on", label=_("Due"), kind=ColumnKind.DATE, sort="due_on"),
        Column(
            key="kind",
            label=_("Kind"),
            kind=ColumnKind.CHOICE,
            choices=fixed(TaskKind.choices),
        ),
        Column(
            key="state",
            label=_("State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(TaskState.choices),
            tone=toned(TASK_TONES),
        ),
        Column(
            key="open_due_on",
            label=_("To do by"),
            kind=ColumnKind.DATE,
            field="due_on",
            sort="open_due_on",
            nullable=True,
            shown=False,
        ),
        Column(
            key="assignee",
            label=_("Assigned to"),
            kind=ColumnKind.USER,
            path="assignee",
            choices=assignable_choices,
        ),
    ],
    empty=Empty(
        title=_("No tasks"),
        text=_("Plan a task on a customer's page or from an action message."),
        action_label="",
        action_view="",
    ),
)
