"""How leads plug in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.erasing.declared import Covered, Holding, Impersonal
from guanxi.foundation.rooms import Create, Finder, Nav, Panel, Room
from guanxi.sales import tasks
from guanxi.sales.queries.lead import find_leads
from guanxi.sales.tables import LEAD_POOL, LEADS

_FIGURES = "Tells how leads come and end; the row names nobody any more."
_KEPT = (
    *("id", "customer_id", "referrer_id", "opportunity_id", "product_id", "owner_id"),
    *("team_id", "amount", "origin", "has_need", "has_motive", "has_means", "is_new"),
    *("state", "given_at", "protected_until", "contacted_at", "next_contact_on"),
    *("discard_reason", "converted_at", "external_id", "created_at", "updated_at"),
    *("version", "deleted_at", "province"),
)
_EMPTIED = ("company", "phone", "email", "city", "origin_note", "note", "search")

room = Room(
    nav=[
        Nav(
            _("Leads"),
            "sales:leads",
            needs="lead.read",
            icon="user-search",
            group=_("Sales"),
            order=27,
        ),
        Nav(
            _("Public pool of leads"),
            "sales:lead_pool",
            needs="lead.claim",
            icon="users",
            group=_("Sales"),
            order=28,
        ),
        Nav(
            _("Giving out leads"),
            "sales:lead_rules",
            needs="lead_rule.edit",
            icon="user-share",
            group=_("Settings"),
            order=94,
        ),
    ],
    panels=[
        Panel(
            "customers.customer",
            _("Leads"),
            "sales:leads_of_customer",
            needs="lead.read",
            order=19,
        ),
    ],
    creates=[
        Create(
            pgettext_lazy("sale", "Lead"),
            "sales:new_lead",
            needs="lead.create",
            icon="user-search",
            order=14,
        ),
    ],
    finds=[Finder(_("Leads"), "user-search", find_leads)],
    tables=[LEADS, LEAD_POOL],
    clock={"*/10 * * * *": [tasks.tend_leads]},
    holdings=[
        Holding(
            "sales.Lead",
            "customers.Customer",
            _("Leads"),
            ["customer_id"],
            Covered(
                {"name": "–", **dict.fromkeys(_EMPTIED, "")},
                dict.fromkeys(_KEPT, _FIGURES),
            ),
            untold={"version": "Counts our changes.", "search": "Repeats the name."},
        )
    ],
    impersonal=[
        Impersonal(
            [
                "sales.LeadTerms",
                "sales.LeadRule",
                "sales.LeadReceiver",
                "sales.LeadClaim",
            ],
            "Tells how our own people share leads; of a lead it keeps the number alone.",
        )
    ],
)
