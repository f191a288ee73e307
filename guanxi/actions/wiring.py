"""How actions plugs in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.actions import handlers, tasks
from guanxi.actions.events import ActionAssigned
from guanxi.actions.queries.action_message import count_mine
from guanxi.actions.tables import MESSAGES, TASKS
from guanxi.analytics.events import ScoresRefreshed
from guanxi.foundation.invariants import Invariant
from guanxi.foundation.rooms import Nav, Panel, Room
from guanxi.sales import events as sales

SETTLING = (
    sales.OrderPlaced,
    sales.OrderPaid,
    sales.OrderReleased,
    sales.OrderCancelled,
    sales.OrderRescheduled,
    sales.OrderTrashed,
)

room = Room(
    nav=[
        Nav(
            _("Home"),
            "actions:home",
            needs="action_message.read",
            icon="layout-dashboard",
            order=0,
            count=count_mine,
            key="h",
        ),
        Nav(
            _("Action messages"),
            "actions:messages",
            needs="action_message.read",
            icon="bell-ringing",
            group=pgettext_lazy("navigation", "Work"),
            order=5,
            group_icon="checklist",
        ),
        Nav(
            _("Tasks"),
            "actions:tasks",
            needs="task.read",
            icon="checklist",
            group=pgettext_lazy("navigation", "Work"),
            order=6,
        ),
        Nav(
            _("Rules"),
            "actions:rules",
            needs="rule.read",
            icon="adjustments",
            group=_("Settings"),
            order=94,
        ),
    ],
    panels=[
        Panel(
            "customers.next",
            _("Needs attention"),
            "actions:of_customer",
            needs="action_message.read",
            order=10,
        ),
        Panel(
            "customers.customer",
            _("Tasks"),
            "actions:tasks_of",
            needs="task.read",
            order=20,
        ),
    ],
    reacts={
        ScoresRefreshed: [handlers.detect_conflicts],
        ActionAssigned: [handlers.tell_assignee],
        **{event: [handlers.look_again] for event in SETTLING},
    },
    clock={"15 22 * * *": [tasks.detect_daily]},
    tables=[MESSAGES, TASKS],
    invariants=[
        Invariant(
            name=_("Every settled action message says when"),
            sql=(
                "SELECT count(*) FROM actions_actionmessage"
                " WHERE (state = 'open') <> (closed_at IS NULL)"
            ),
            mend=_("Reopen the message and settle it again."),
        ),
    ],
)
