"""Who may see and change how long things are kept."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import RetentionRule, RetentionRun
from guanxi.foundation.policies import Field, Policy, register

RETENTION = register(
    Policy(
        kind="retention",
        label=_("Retention"),
        actions={"read": _("Read"), "edit": _("Edit")},
        fields={
            "months": Field(_("Keep for (months)")),
            "is_on": Field(_("Carry out every night")),
        },
        always=["months", "is_on"],
    ),
    RetentionRule,
    RetentionRun,
)
