"""Who may see and change territories and walls."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import CustomerWall, Territory
from guanxi.foundation.policies import Field, Policy, register

TERRITORY = register(
    Policy(
        kind="territory",
        label=_("Territories"),
        actions={"read": _("See"), "edit": _("Edit, and place customers by hand")},
        fields={
            "name": Field(pgettext_lazy("territory", "Name")),
            "rule": Field(pgettext_lazy("territory", "Rule")),
            "members": Field(pgettext_lazy("territory", "Belongs to")),
        },
    ),
    Territory,
)


WALL = register(
    Policy(
        kind="wall",
        label=_("Walls"),
        actions={
            "read": _("See"),
            "edit": _("Set and take down; never stand behind one"),
        },
        fields={"reason": Field(_("Reason"))},
    ),
    CustomerWall,
)
