"""Who may see and change peers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Peer
from guanxi.customers.rules.purpose import PEERING
from guanxi.foundation.policies import Field, Policy, Privacy, register

PEER = register(
    Policy(
        kind="peer",
        label=_("Peers"),
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("See"),
            "create": _("Register"),
            "edit": _("Change, and log tips"),
            "delete": _("Remove for good"),
            "export": _("Export"),
        },
        fields={
            "name": Field(pgettext_lazy("peer", "Name"), Privacy.PERSONAL),
            "company": Field(pgettext_lazy("peer", "Company")),
            "product": Field(_("Complementary product")),
            "is_upstream": Field(pgettext_lazy("peer", "Upstream")),
            "phone": Field(pgettext_lazy("peer", "Phone"), Privacy.PERSONAL),
            "note": Field(pgettext_lazy("peer", "Note"), Privacy.PERSONAL),
            "owner": Field(_("Owner")),
        },
        always=["company", "product", "is_upstream", "owner"],
        purposes=(PEERING,),
    ),
    Peer,
)
