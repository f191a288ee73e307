"""Who may change the rules of data quality."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import QualitySetting
from guanxi.foundation.policies import Field, Policy, register

QUALITY_RULE = register(
    Policy(
        kind="quality_rule",
        label=_("Rules of data quality"),
        actions={"edit": _("Edit")},
        fields={"values": Field(_("Rules of data quality"))},
    ),
    QualitySetting,
)
