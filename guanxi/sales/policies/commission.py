"""Who may see commissions, set their rates, draw, approve and pay them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.policies import Field, Policy, register
from guanxi.sales.models import CommissionPlan, CommissionStatement

COMMISSION = register(
    Policy(
        kind="commission",
        label=_("Commissions"),
        page="sales:commission",
        owner="user_id",
        team="team_id",
        actions={
            "read": _("See"),
            "draw": pgettext_lazy("commission", "Draw up and adjust"),
            "approve": _("Approve"),
            "pay": _("Mark as paid out"),
            "export": _("Export"),
        },
        fields={
            "user": Field(_("Person")),
            "team": Field(_("Team")),
            "month": Field(_("Month")),
            "plan": Field(pgettext_lazy("commission", "Plan")),
            "base": Field(pgettext_lazy("commission", "Base"), follows=["order.total"]),
            "target": Field(pgettext_lazy("plan", "Target"), follows=["target.value"]),
            "total": Field(pgettext_lazy("commission", "Commission")),
            "state": Field(pgettext_lazy("statement", "State")),
            "approved_by": Field(_("Approved by")),
        },
        always=["user", "team", "month", "plan", "state", "total", "approved_by"],
    ),
    CommissionStatement,
)

COMMISSION_PLAN = register(
    Policy(
        kind="commission_plan",
        label=_("Commission plans"),
        actions={"read": _("See"), "edit": _("Change")},
        fields={
            "name": Field(_("Name")),
            "basis": Field(_("What earns it")),
            "tiers": Field(pgettext_lazy("commission", "Tiers")),
            "starts_on": Field(_("From")),
            "ends_on": Field(_("Until")),
        },
        always=["name", "basis", "tiers", "starts_on", "ends_on"],
    ),
    CommissionPlan,
)
