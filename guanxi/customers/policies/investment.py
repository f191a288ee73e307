"""Who may see and log contacts and costs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Investment
from guanxi.customers.rules.purpose import TALKING
from guanxi.foundation.actor import Level
from guanxi.foundation.names import mask_name
from guanxi.foundation.policies import About, Field, Policy, Privacy, register

INVESTMENT = register(
    Policy(
        kind="investment",
        label=_("Investment record"),
        owner="customer__owner_id",
        team="customer__team_id",
        actions={
            "read": _("See"),
            "create": _("Log contacts and costs"),
            "edit": _("Change"),
            "delete": _("Delete and restore"),
            "export": _("Export"),
            "import": _("Import"),
        },
        fields={
            "customer": Field(_("Customer"), mask=mask_name, follows=["customer.name"]),
            "aim": Field(pgettext_lazy("cost", "For")),
            "mode": Field(pgettext_lazy("contact", "Mode")),
            "happened_at": Field(pgettext_lazy("contact", "When")),
            "place": Field(pgettext_lazy("contact", "Place"), Privacy.PERSONAL),
            "amount": Field(pgettext_lazy("cost", "Expense")),
            "note": Field(pgettext_lazy("contact", "About"), Privacy.PERSONAL),
            "made_by": Field(_("Recorded by"), level=Level.READ),
        },
        always=["aim", "mode", "happened_at", "made_by"],
        about=About("customer", "customer_id"),
        purposes=(TALKING,),
    ),
    Investment,
)
