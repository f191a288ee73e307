"""Who may hand over customers, and see what came of it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Handover
from guanxi.foundation.policies import Field, Policy, register

HANDOVER = register(
    Policy(
        kind="handover",
        label=_("Handovers"),
        owner="started_by_id",
        team="team_id",
        actions={
            "read": _("Read"),
            "create": _("Hand over customers"),
            "undo": _("Undo a handover"),
        },
        fields={
            "old_owner": Field(_("Previous owner")),
            "started_by": Field(pgettext_lazy("handover", "Started by")),
            "spread": Field(pgettext_lazy("handover", "Spread")),
            "state": Field(pgettext_lazy("handover", "State")),
            "total": Field(pgettext_lazy("count", "Customers")),
            "given": Field(pgettext_lazy("handover", "Handed over")),
            "returned": Field(pgettext_lazy("handover", "Given back")),
            "kept": Field(pgettext_lazy("handover", "Stayed")),
            "created_at": Field(_("Started at")),
            "finished_at": Field(_("Finished at")),
        },
        always=[
            *("old_owner", "started_by", "spread", "state", "total", "given"),
            *("returned", "kept", "created_at", "finished_at"),
        ],
    ),
    Handover,
)
