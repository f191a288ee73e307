"""Who may see and change the working days of the house."""

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.models import SpecialDay
from guanxi.foundation.policies import Field, Policy, register

SPECIAL_DAY = register(
    Policy(
        kind="special_day",
        label=_("Working days"),
        actions={"read": _("See"), "edit": _("Edit")},
        fields={
            "day": Field(_("Day")),
            "is_working": Field(_("People work")),
            "name": Field(_("What it is for")),
        },
        always=["day", "is_working", "name"],
    ),
    SpecialDay,
)
