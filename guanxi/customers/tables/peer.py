"""The list of peers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Peer
from guanxi.customers.queries.peer import peer_match, peers
from guanxi.foundation.tables.table import Column, ColumnKind, Empty, Table
from guanxi.identity.queries import assignable_choices

PEERS = Table(
    key="peers",
    kind="peer",
    model=Peer,
    title=_("Peers"),
    url="customers:peers",
    rows=peers,
    search=peer_match,
    columns=[
        Column("product", _("Complementary product"), link="customers:peer"),
        Column("name", pgettext_lazy("peer", "Name"), link="customers:peer"),
        Column("company", pgettext_lazy("peer", "Company")),
        Column(
            "is_upstream", pgettext_lazy("peer", "Upstream"), kind=ColumnKind.BOOLEAN
        ),
        Column("phone", pgettext_lazy("peer", "Phone"), shown=False),
        Column("owner", _("Owner"), kind=ColumnKind.USER, choices=assignable_choices),
    ],
    empty=Empty(
        _("No peers yet"),
        _(
            "Register salespeople whose goods go with yours. What they tell after a deal "
            "won or lost becomes a potential customer."
        ),
        _("Register a peer"),
        "customers:new_peer",
    ),
    template="customers/peer_list.html",
)
