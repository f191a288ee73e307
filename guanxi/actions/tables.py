"""The lists of actions."""

from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.actions.commands.action_message import dismiss_message
from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.queries.action_message import messages, told
from guanxi.actions.queries.task import tasks
from guanxi.actions.rules import (
    Detector,
    DismissReason,
    Kind,
    MessageState,
    TaskKind,
    TaskState,
)
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.search import customer_match
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.identity.queries import assignable_users

MESSAGE_TONES = {
    MessageState.OPEN: "amber",
    MessageState.DONE: "green",
    MessageState.DISMISSED: "gray",
    MessageState.CLOSED: "blue",
}
TASK_TONES = {
    TaskState.OPEN: "blue",
    TaskState.DONE: "green",
    TaskState.CANCELLED: "gray",
}


def by_customer(viewer: Actor, text: str) -> Q:
    """Return what is about customers that ``text`` finds for ``viewer``."""
    found = customers(viewer).filter(customer_match(viewer, text))
    return Q(customer__in=found.values("pk"))


def dismiss(
    by: Actor, rows: Sequence[ActionMessage], values: Mapping[str, str]
) -> BulkResult:
    """Dismiss the chosen messages as dealt with already."""
    done, refused = 0, []
    for row in rows:
        try:
            dismiss_message(by, row, reason=DismissReason.KNOWN, at=now())
        except Refused as refusal:
            refused.append(refusal.message)
        else:
            done += 1
    return BulkResult(done, refused)


def users(viewer: Actor) -> list[tuple[str, str]]:
    """Return whom work can be given to, as choices of a filter."""
    return [(str(user.pk), user.name) for user in assignable_users(viewer)]


MESSAGES = Table(
    key="messages",
    kind="action_message",
    model=ActionMessage,
    title=_("Action messages"),
    url="actions:messages",
    rows=lambda viewer: messages(viewer).select_related("customer", "assignee"),
    search=by_customer,
    default_sort="-score",
    bulk=[
        Bulk(
            "dismiss",
            _("Dismiss as dealt with"),
            "x",
            needs="action_message.dismiss",
            run=dismiss,
        )
    ],
    columns=[
        Column(
            key="problem",
            label=_("Problem"),
            path="detector",
            text=lambda row: told(row).problem,
            link="actions:message",
            filterable=False,
        ),
        Column(
            key="customer",
            label=_("Customer"),
            path="customer__name",
            filterable=False,
        ),
        Column(
            key="detector",
            label=_("Rule"),
            kind=ColumnKind.CHOICE,
            choices=lambda viewer: Detector.choices,
            shown=False,
        ),
        Column(
            key="kind",
            label=_("Kind"),
            kind=ColumnKind.CHOICE,
            choices=lambda viewer: Kind.choices,
        ),
        Column(
            key="state",
            label=_("State"),
            kind=ColumnKind.CHOICE,
            choices=lambda viewer: MessageState.choices,
            tone=lambda value: MESSAGE_TONES[MessageState(value)],
        ),
        Column(key="score", label=_("Priority"), kind=ColumnKind.NUMBER, sort="score"),
        Column(key="due_on", label=_("Act by"), kind=ColumnKind.DATE),
        Column(
            key="assignee",
            label=_("Assigned to"),
            kind=ColumnKind.USER,
            path="assignee",
            choices=users,
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
    search=by_customer,
    default_sort="due_on",
    columns=[
        Column(key="title", label=_("Title"), filterable=False),
        Column(
            key="customer",
            label=_("Customer"),
            path="customer__name",
            filterable=False,
        ),
        Column(
            key="kind",
            label=_("Kind"),
            kind=ColumnKind.CHOICE,
            choices=lambda viewer: TaskKind.choices,
        ),
        Column(
            key="state",
            label=_("State"),
            kind=ColumnKind.CHOICE,
            choices=lambda viewer: TaskState.choices,
            tone=lambda value: TASK_TONES[TaskState(value)],
        ),
        Column(key="due_on", label=_("Due"), kind=ColumnKind.DATE, sort="due_on"),
        Column(
            key="assignee",
            label=_("Assigned to"),
            kind=ColumnKind.USER,
            path="assignee",
            choices=users,
        ),
    ],
    empty=Empty(
        title=_("No tasks"),
        text=_("Plan a task on a customer's page or from an action message."),
        action_label="",
        action_view="",
    ),
)
