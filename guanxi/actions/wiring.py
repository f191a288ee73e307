"""How actions plugs in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.actions import handlers, tasks
from guanxi.actions.events import ActionAssigned, TaskClosed, TaskMoved, TaskPlanned
from guanxi.actions.queries.action_message import count_mine, messages_going_along
from guanxi.actions.queries.tally import TASK_TALLIES
from guanxi.actions.queries.task import tasks_going_along
from guanxi.actions.queries.touch import last_touch
from guanxi.actions.tables import MESSAGES, TASKS
from guanxi.analytics.events import (
    OfferAccepted,
    OfferDeclined,
    ProductOffered,
    ProductsProposed,
    ScoresRefreshed,
)
from guanxi.customers.events import (
    CustomersHandedOver,
    OwnerChanged,
    PlanChanged,
    PlanLineDone,
    PlanLineRemoved,
    PlanLineSet,
    ProcessingLimited,
    ProcessingLimitLifted,
)
from guanxi.customers.queries.contact_policy import LAST_TOUCH
from guanxi.foundation.erasing.declared import Gone, Holding, Impersonal, Loose
from guanxi.foundation.invariants import Invariant
from guanxi.foundation.merging.declared import Mention, Remains
from guanxi.foundation.rooms import Follower, Nav, Panel, Room
from guanxi.sales import events as sales

# Whatever changes the dates, goods or money of an order, or a plan, may settle a
# conflict or make one. That an order is paid, a payment or a change has told before.
SETTLING = (
    sales.OrderPlaced,
    sales.OrderChanged,
    sales.OrderRescheduled,
    sales.PaymentReceived,
    sales.PaymentTakenBack,
    sales.RefundMade,
    sales.OrderReleased,
    sales.OrderShipped,
    sales.OrderStepTakenBack,
    sales.OrderCancelled,
    sales.OrderTrashed,
    sales.OrderRestored,
    TaskPlanned,
    TaskMoved,
    TaskClosed,
    ProcessingLimited,
    ProcessingLimitLifted,
    PlanChanged,
    PlanLineDone,
    PlanLineRemoved,
    PlanLineSet,
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
            _("Contacts due"),
            "actions:contacts_due",
            needs="action_message.read",
            icon="phone",
            group=pgettext_lazy("navigation", "Work"),
            order=6,
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
            _("Customer knowledge"),
            "actions:knowledge",
            needs="knowledge.read",
            icon="bulb",
            group=_("Insight"),
            order=52,
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
            "analytics.findings",
            _("What became of the action messages"),
            "actions:work_done",
            needs="action_message.read",
        ),
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
        ProductsProposed: [handlers.detect_offers],
        ProductOffered: [handlers.close_offered],
        OfferAccepted: [handlers.close_offered],
        OfferDeclined: [handlers.close_offered],
        ActionAssigned: [handlers.tell_assignee],
        OwnerChanged: [handlers.hand_over],
        CustomersHandedOver: [handlers.hand_over_many],
        **{event: [handlers.look_again] for event in SETTLING},
    },
    answers={LAST_TOUCH: last_touch},
    followers=[
        Follower(
            "customer",
            "tasks",
            _("Open tasks"),
            "task.read",
            tasks_going_along,
            "customer_id",
        ),
        Follower(
            "customer",
            "messages",
            _("Open messages"),
            "action_message.read",
            messages_going_along,
            "customer_id",
        ),
    ],
    tallies=TASK_TALLIES,
    # The new day has begun, and the worklist is there before work.
    clock={"15 6 * * *": [tasks.detect_daily]},
    tables=[MESSAGES, TASKS],
    holdings=[
        Holding(
            "actions.ActionMessage",
            "customers.Customer",
            _("Action messages"),
            ["customer_id"],
            Gone(),
        ),
        Holding(
            "actions.Task", "customers.Customer", _("Tasks"), ["customer_id"], Gone()
        ),
        Holding(
            "actions.Draw",
            "customers.Customer",
            _("Comparisons with customers nobody was told of"),
            ["customer_id"],
            Gone(),
        ),
    ],
    remains=[
        Remains(
            "actions.Draw",
            "customer_id",
            "Whom the rules found, and what it did since, was of this record.",
        )
    ],
    impersonal=[Impersonal(["actions.DetectorRule"], "Tells how the house is set up.")],
    loose=[Loose("actions.Knowledge", ["title", "statement", "advice", "source"])],
    invariants=[
        Invariant(
            key="action_message_closing",
            name=_("Every settled action message says when"),
            sql=(
                "SELECT '/messages/' || id || '/' FROM actions_actionmessage"
                " WHERE (state = 'open') <> (closed_at IS NULL)"
            ),
            mend=_(
                "Something other than Guanxi changed these messages. Correct them in the "
                "database, or restore the last backup."
            ),
        ),
    ],
    mentions=[
        Mention(
            "customers.Customer",
            "actions.ActionMessage",
            "object_id",
            {"object_kind": "customer"},
        )
    ],
)
