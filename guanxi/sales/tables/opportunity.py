"""The list of opportunities, as a page and as REST."""

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.queries.limit import is_stored_only
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.parts import each, fixed
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.identity.queries import team_choices, user_choices
from guanxi.sales.commands.opportunity import restore_opportunity, trash_opportunity
from guanxi.sales.models import Opportunity
from guanxi.sales.queries.opportunity import (
    opportunities,
    stage_choices,
    title_match,
    trashed_opportunities,
)
from guanxi.sales.rules.opportunity import TONES, LostReason, OpportunityState
from guanxi.sales.rules.order import Channel

Rows = list[Opportunity]


def _trash(by: Actor, rows: Rows, _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: trash_opportunity(by, row, at=now()), named=str)


def _restore(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows = trashed_opportunities(by).filter(pk__in=before)
    return each(rows, lambda row: restore_opportunity(by, row, at=now()), named=str)


def _find(_viewer: Actor, text: str) -> Q:
    return title_match(text)


OPPORTUNITIES = Table(
    key="opportunities",
    kind="opportunity",
    model=Opportunity,
    title=_("Opportunities"),
    url="sales:opportunities",
    rows=opportunities,
    withheld=lambda: is_stored_only("customer_id"),
    search=_find,
    searched=["name"],
    default_sort="-created_at",
    template="sales/opportunity_list.html",
    columns=[
        Column(
            "name",
            pgettext_lazy("opportunity", "Title"),
            link="sales:opportunity",
        ),
        Column(
            "customer",
            _("Customer"),
            path="customer__name",
            link="customers:customer",
            link_key="customer_id",
        ),
        Column(
            "product",
            _("Product"),
            path="product__name",
            link="sales:product",
            link_key="product_id",
        ),
        Column(
            "amount",
            pgettext_lazy("opportunity", "Amount"),
            kind=ColumnKind.MONEY,
            sort="amount",
            nullable=True,
        ),
        Column(
            "stage",
            pgettext_lazy("opportunity", "Stage"),
            path="stage_id",
            kind=ColumnKind.CHOICE,
            choices=stage_choices,
            text=lambda row: str(row.stage),
        ),
        Column(
            "state",
            pgettext_lazy("opportunity", "State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(OpportunityState.choices),
            tone=TONES.__getitem__,
        ),
        Column(
            "expected_on",
            pgettext_lazy("opportunity", "Expected on"),
            kind=ColumnKind.DATE,
            sort="expected_on",
            nullable=True,
        ),
        Column("next_step", _("Next step")),
        Column("owner", _("Owner"), kind=ColumnKind.USER, choices=user_choices),
        Column("next_step_on", _("Next step on"), kind=ColumnKind.DATE, shown=False),
        Column(
            "closed_on",
            pgettext_lazy("opportunity", "Closed on"),
            kind=ColumnKind.DATE,
            shown=False,
        ),
        Column(
            "lost_reason",
            _("Reason of the loss"),
            kind=ColumnKind.CHOICE,
            choices=fixed(LostReason.choices),
            shown=False,
        ),
        Column(
            "channel",
            pgettext_lazy("order", "Channel"),
            kind=ColumnKind.CHOICE,
            choices=fixed(Channel.choices),
            shown=False,
        ),
        Column(
            "team", _("Team"), kind=ColumnKind.TEAM, choices=team_choices, shown=False
        ),
        Column(
            "stage_since",
            _("In the stage since"),
            kind=ColumnKind.INSTANT,
            shown=False,
        ),
        Column(
            "created_at",
            pgettext_lazy("opportunity", "Recorded"),
            kind=ColumnKind.INSTANT,
            field="stage_since",
            sort="created_at",
            shown=False,
        ),
        Column("external_id", _("External number"), shown=False),
        Column(
            "customer_id",
            _("Customer number"),
            kind=ColumnKind.NUMBER,
            field="customer",
            shown=False,
        ),
    ],
    bulk=[
        Bulk(
            "trash",
            _("Move to the trash"),
            "trash",
            "opportunity.delete",
            _trash,
            undo=_restore,
            undo_needs="opportunity.delete",
        ),
    ],
    empty=Empty(
        _("No opportunities yet"),
        _("Record what may become a sale: whose, how much, and what comes next."),
        _("New opportunity"),
        "sales:new_opportunity",
    ),
)
