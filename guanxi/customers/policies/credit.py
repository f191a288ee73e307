"""Who may change the rules of credit."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import CreditSetting
from guanxi.foundation.policies import Field, Policy, register

CREDIT_RULE = register(
    Policy(
        kind="credit_rule",
        label=_("Credit rules"),
        actions={"edit": _("Edit")},
        fields={"values": Field(_("Credit rules"))},
    ),
    CreditSetting,
)
