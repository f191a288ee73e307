"""Who sees and moves action messages, tasks and rules."""

from django.utils.translation import gettext_lazy as _

from guanxi.actions.models import ActionMessage, DetectorRule, Knowledge, Task
from guanxi.foundation.names import mask_name
from guanxi.foundation.policies import About, Field, Policy, register

ACTION_MESSAGE = register(
    Policy(
        kind="action_message",
        label=_("Action message"),
        page="actions:message",
        actions={
            "read": _("See"),
            "act": _("Act"),
            "dismiss": _("Dismiss"),
            "assign": _("Assign"),
            "export": _("Export"),
            "view_access": _("See who has access, and why"),
        },
        fields={
            "problem": Field(_("Problem")),
            "kind": Field(_("Kind")),
            "detector": Field(_("Rule")),
            "customer": Field(_("Customer"), mask=mask_name, follows=["customer.name"]),
            "state": Field(_("State")),
            "score": Field(_("Priority")),
            "urgency": Field(_("Urgency")),
            "importance": Field(_("Importance")),
            "due_on": Field(_("Act by")),
            "assignee": Field(_("Assigned to")),
            "team": Field(_("Team")),
            "raised_at": Field(_("Raised at")),
            "closed_at": Field(_("Closed at")),
            "outcome": Field(_("Outcome")),
            "evidence": Field(
                _("Evidence"), follows=["customer.order_total", "order.total"]
            ),
        },
        always=[
            *("problem", "kind", "detector", "state", "score", "urgency", "importance"),
            *("due_on", "assignee", "team", "raised_at", "closed_at", "outcome"),
        ],
        owner="assignee_id",
        team="team_id",
        about=About("customer", "customer_id"),
    ),
    ActionMessage,
)

TASK = register(
    Policy(
        kind="task",
        label=_("Task"),
        actions={
            "read": _("See"),
            "create": _("Create"),
            "edit": _("Edit"),
            "complete": _("Complete"),
            "export": _("Export"),
            "view_access": _("See who has access, and why"),
        },
        fields={
            "title": Field(_("Title")),
            "kind": Field(_("Kind")),
            "customer": Field(_("Customer"), mask=mask_name, follows=["customer.name"]),
            "state": Field(_("State")),
            "due_on": Field(_("Due")),
            "assignee": Field(_("Assigned to")),
            "team": Field(_("Team")),
            "created_at": Field(_("Created at")),
        },
        always=["title", "kind", "state", "due_on", "assignee", "team", "created_at"],
        owner="assignee_id",
        team="team_id",
        about=About("customer", "customer_id"),
    ),
    Task,
)

RULE = register(
    Policy(
        kind="rule",
        label=_("Rule"),
        actions={"read": _("See"), "edit": _("Edit")},
    ),
    DetectorRule,
)

KNOWLEDGE = register(
    Policy(
        kind="knowledge",
        label=_("Customer knowledge"),
        actions={"read": _("See"), "edit": _("Edit")},
    ),
    Knowledge,
)
