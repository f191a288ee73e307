"""The lists of leads and of the public pool, as pages and as REST."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

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
from guanxi.sales.commands.lead import (
    claim_lead,
    release_lead,
    restore_lead,
    trash_lead,
)
from guanxi.sales.models import Lead
from guanxi.sales.queries.lead import leads, pool, trashed_leads
from guanxi.sales.queries.opportunity import title_match
from guanxi.sales.rules.lead import TONES, DiscardReason, LeadState, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[Lead]


def _trash(by: Actor, rows: Rows, _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: trash_lead(by, row, at=now()), named=str)


def _restore(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows = trashed_leads(by).filter(pk__in=before)
    return each(rows, lambda row: restore_lead(by, row, at=now()), named=str)


def _release(by: Actor, rows: Rows, _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: release_lead(by, row, at=now()), named=str)


def _claim(by: Actor, rows: Rows, _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: claim_lead(by, row.pk, at=now()), named=_company)


def _company(row: Lead) -> str:
    """Return what a lead of the pool may be called: its name is told to its owner."""
    return row.company or f"#{row.pk}"


def _find(_viewer: Actor, text: str) -> Q:
    return title_match(text)


_FACTS: "Sequence[Column]" = (
    Column("province", _("Province"), shown=False),
    Column("city", _("City")),
    Column(
        "product",
        _("Product"),
        path="product__name",
        link="sales:product",
        link_key="product_id",
    ),
    Column(
        "origin",
        pgettext_lazy("lead", "Origin"),
        kind=ColumnKind.CHOICE,
        choices=fixed(Origin.choices),
    ),
    Column(
        "created_at",
        pgettext_lazy("lead", "Recorded"),
        kind=ColumnKind.INSTANT,
        field="origin",
        sort="created_at",
    ),
)

LEADS = Table(
    key="leads",
    kind="lead",
    model=Lead,
    title=_("Leads"),
    url="sales:leads",
    rows=leads,
    withheld=lambda: is_stored_only("customer_id"),
    search=_find,
    searched=["name"],
    default_sort="-created_at",
    template="sales/lead_list.html",
    columns=[
        Column("name", pgettext_lazy("lead", "Name"), link="sales:lead"),
        Column("company", pgettext_lazy("lead", "Company")),
        Column("phone", _("Phone"), text=lambda row: row.told_phone),
        Column(
            "state",
            pgettext_lazy("lead", "State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(LeadState.choices),
            tone=TONES.__getitem__,
        ),
        Column("owner", _("Owner"), kind=ColumnKind.USER, choices=user_choices),
        Column(
            "next_contact_on",
            _("Next contact"),
            kind=ColumnKind.DATE,
            sort="next_contact_on",
            nullable=True,
        ),
        Column("protected_until", _("Stays until"), kind=ColumnKind.INSTANT),
        *_FACTS,
        Column("email", _("E-mail"), shown=False),
        Column("contacted_at", _("Last contact"), kind=ColumnKind.INSTANT, shown=False),
        Column(
            "discard_reason",
            _("Reason of the end"),
            kind=ColumnKind.CHOICE,
            choices=fixed(DiscardReason.choices),
            shown=False,
        ),
        Column(
            "team", _("Team"), kind=ColumnKind.TEAM, choices=team_choices, shown=False
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
            "release",
            _("Release into the pool"),
            "arrow-back-up",
            "lead.edit",
            _release,
        ),
        Bulk(
            "trash",
            _("Move to the trash"),
            "trash",
            "lead.delete",
            _trash,
            undo=_restore,
            undo_needs="lead.delete",
        ),
    ],
    empty=Empty(
        _("No leads yet"),
        _("Record who may become a customer, or claim somebody from the public pool."),
        _("New lead"),
        "sales:new_lead",
    ),
)

LEAD_POOL = Table(
    key="lead-pool",
    kind="lead",
    model=Lead,
    title=_("Public pool of leads"),
    url="sales:lead_pool",
    rows=pool,
    withheld=lambda: is_stored_only("customer_id"),
    default_sort="created_at",
    template="sales/lead_pool.html",
    columns=[
        Column(
            "company",
            pgettext_lazy("lead", "Company"),
            text=lambda row: row.company or gettext("Private person"),
        ),
        *_FACTS,
    ],
    bulk=[Bulk("claim", _("Claim"), "user-check", "lead.claim", _claim)],
    empty=Empty(
        _("The pool is empty"),
        _("Leads that nobody looks after stand here, for whoever claims them first."),
    ),
)
