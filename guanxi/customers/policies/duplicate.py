"""Who may see pairs of possible duplicates."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import DuplicatePair
from guanxi.foundation.policies import Field, Policy, register

DUPLICATE_PAIR = register(
    Policy(
        kind="duplicate_pair",
        label=_("Possible duplicates"),
        owner="one__owner_id",
        team="one__team_id",
        actions={"read": _("See"), "export": _("Export")},
        fields={
            "one": Field(_("Customer")),
            "other": Field(pgettext_lazy("pair", "Same as")),
            "score": Field(pgettext_lazy("pair", "Probability (%)")),
            "reasons": Field(_("What agrees")),
            "state": Field(pgettext_lazy("pair", "State")),
            "found_at": Field(_("Found at")),
        },
        always=["one", "other", "score", "reasons", "state", "found_at"],
    ),
    DuplicatePair,
)
