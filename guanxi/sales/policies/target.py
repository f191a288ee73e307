"""Who may see and set targets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.policies import Field, Policy, register
from guanxi.sales.models import Target

TARGET = register(
    Policy(
        kind="target",
        label=pgettext_lazy("plan", "Targets"),
        owner="user_id",
        team="team_id",
        actions={"read": _("See"), "edit": _("Set")},
        fields={
            "measure": Field(pgettext_lazy("target", "Aim")),
            "month": Field(_("Month")),
            "user": Field(_("Person")),
            "team": Field(_("Team")),
            "category": Field(_("Category")),
            "value": Field(pgettext_lazy("plan", "Target")),
        },
        always=["measure", "month", "user", "team", "category", "value"],
    ),
    Target,
)
