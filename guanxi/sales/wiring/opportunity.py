"""How opportunities plug in."""

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.erasing.declared import Covered, Holding, Impersonal
from guanxi.foundation.rooms import Create, Finder, Follower, Nav, Panel, Room
from guanxi.sales.imports.opportunities import OPPORTUNITIES_IMPORT
from guanxi.sales.queries.opportunity import (
    find_opportunities,
    opportunities_going_along,
)
from guanxi.sales.tables import OPPORTUNITIES

_FIGURES = "A figure of what was sold or not; the row names nobody any more."
_KEPT = (
    *("id", "customer_id", "stage_id", "state", "owner_id", "team_id", "amount"),
    *("currency", "probability", "expected_on", "engaged_on", "closed_on", "channel"),
    *("next_step_on", "lost_reason", "external_id", "stage_since", "created_at"),
    *("product_id", "import_run_id", "updated_at", "version", "deleted_at"),
)
_KEPT_OF_OBJECTIONS = (
    *("id", "opportunity_id", "product_id", "kind", "nature", "step", "price_side"),
    *("pay_way", "parts", "created_at", "updated_at", "version", "deleted_at"),
)

room = Room(
    nav=[
        Nav(
            _("Opportunities"),
            "sales:opportunities",
            needs="opportunity.read",
            icon="target-arrow",
            group=_("Sales"),
            order=29,
            group_icon="receipt",
        ),
        Nav(
            _("Stages of opportunities"),
            "sales:pipeline_stages",
            needs="pipeline.edit",
            icon="layout-kanban",
            group=_("Settings"),
            order=93,
        ),
    ],
    panels=[
        Panel(
            "customers.customer",
            _("Opportunities"),
            "sales:opportunities_of_customer",
            needs="opportunity.read",
            order=18,
        ),
    ],
    creates=[
        Create(
            _("Opportunity"),
            "sales:new_opportunity",
            needs="opportunity.create",
            icon="target-arrow",
            order=15,
        ),
    ],
    followers=[
        Follower(
            "customer",
            "opportunities",
            _("Open opportunities"),
            "opportunity.read",
            opportunities_going_along,
            "customer_id",
        )
    ],
    finds=[Finder(_("Opportunities"), "target-arrow", find_opportunities)],
    tables=[OPPORTUNITIES],
    imports=[OPPORTUNITIES_IMPORT],
    holdings=[
        Holding(
            "sales.Opportunity",
            "customers.Customer",
            _("Opportunities"),
            ["customer_id"],
            Covered(
                {
                    "name": "–",  # a list needs something to click
                    **dict.fromkeys(("next_step", "close_note", "note", "search"), ""),
                },
                dict.fromkeys(_KEPT, _FIGURES),
            ),
            untold={"version": "Counts our changes.", "search": "Repeats the title."},
        ),
        Holding(
            "sales.Objection",
            "customers.Customer",
            _("Objections"),
            ["opportunity__customer_id"],
            Covered(
                {
                    "said": "–",
                    **dict.fromkeys(("feeling", "cause", "shown", "agreed"), ""),
                },
                dict.fromkeys(_KEPT_OF_OBJECTIONS, _FIGURES),
            ),
            untold={"version": "Counts our changes."},
        ),
    ],
    impersonal=[
        Impersonal(
            ["sales.Pipeline", "sales.Stage", "sales.StageMove"],
            "Tells the way of sales, and of nobody.",
        )
    ],
)
