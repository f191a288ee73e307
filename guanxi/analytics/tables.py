"""The lists of analytics."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.commands.core import segment_core
from guanxi.analytics.commands.key_proposal import (
    accept_key_proposal,
    decline_key_proposal,
    reopen_key_proposal,
)
from guanxi.analytics.commands.next_product import record_offer
from guanxi.analytics.models import KeyProposal, NextProduct
from guanxi.analytics.offers import next_products, reason_of, tells_reasons
from guanxi.analytics.policies import KEY_PROPOSAL
from guanxi.analytics.queries import key_proposals
from guanxi.analytics.rules import GroundKind, OfferState, ProposalState
from guanxi.customers.queries.limit import is_stored_only
from guanxi.customers.queries.search import about_customers
from guanxi.customers.rules import Tier
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.tables.parts import each, fixed, toned
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.identity.queries import user_choices

TONES: Mapping[str, str] = {
    ProposalState.OPEN: "amber",
    ProposalState.ACCEPTED: "green",
    ProposalState.DECLINED: "gray",
}
OFFER_TONES: Mapping[str, str] = {
    OfferState.OPEN: "gray",
    OfferState.OFFERED: "amber",
    OfferState.ACCEPTED: "green",
    OfferState.DECLINED: "red",
}
_NOT_YOURS = _("You may not change one of these customers.")


def reasons(row: KeyProposal, viewer: Actor) -> str:
    """Return what speaks for a proposal, as far as ``viewer`` may read the figures."""
    clear = KEY_PROPOSAL.readable(viewer)
    parts = {
        "orders": _orders(row),
        "amount": _against(
            figures.amount(row.amount, settings.CURRENCY), _money(row.asked["amount"])
        ),
        "profit_rate": _rate(row),
    }
    told = [text for name, text in parts.items() if name in clear and text]
    return gettext("; ").join(told)


def _orders(row: KeyProposal) -> str:
    count = ngettext("%(n)s order", "%(n)s orders", row.orders) % {
        "n": figures.grouped(row.orders)
    }
    return _against(count, row.asked["orders"])


def _rate(row: KeyProposal) -> str:
    wanted = row.asked["profit_rate"]
    if not wanted or row.profit_rate is None:
        return ""
    told = gettext("profit rate %(percent)s%%") % {"percent": row.profit_rate}
    return _against(told, f"{wanted}%")


def _money(text: str) -> str:
    return figures.amount(Decimal(text), settings.CURRENCY) if text else ""


def _against(told: str, wanted: str) -> str:
    """Return a figure with the least that the rule asks, if it asks any."""
    if not wanted:
        return ""
    return gettext("%(figure)s (at least %(least)s)") % {
        "figure": told,
        "least": wanted,
    }


def _proposal(row: KeyProposal) -> str:
    if row.becomes_key:
        return gettext("Become a key customer")
    return gettext("No key customer any more")


def _accept(
    by: Actor, rows: Iterable[KeyProposal], _values: Mapping[str, str]
) -> BulkResult:
    return each(
        rows, lambda row: accept_key_proposal(by, row, at=now()), denied=_NOT_YOURS
    )


def _decline(
    by: Actor, rows: Iterable[KeyProposal], _values: Mapping[str, str]
) -> BulkResult:
    return each(
        rows, lambda row: decline_key_proposal(by, row, at=now()), denied=_NOT_YOURS
    )


def _reopen(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows = key_proposals(by).filter(pk__in=before)
    return each(
        rows, lambda row: reopen_key_proposal(by, row, at=now()), denied=_NOT_YOURS
    )


KEY_PROPOSALS = Table(
    key="key_proposals",
    kind="key_proposal",
    model=KeyProposal,
    title=_("Key customer proposals"),
    url="analytics:key_proposals",
    rows=lambda viewer: key_proposals(viewer).select_related("customer"),
    withheld=lambda: is_stored_only("customer_id"),
    search=about_customers,
    # In the order of the alphabet the open ones come last.
    default_sort="-state",
    columns=[
        Column(
            key="customer",
            label=_("Customer"),
            path="customer__name",
            link="customers:customer",
            link_key="customer_id",
            filterable=False,
        ),
        Column(
            key="becomes_key",
            label=_("Proposal"),
            text=_proposal,
            filterable=False,
        ),
        Column(key="reasons", label=_("Reasons"), text_to=reasons, filterable=False),
        Column(
            key="orders",
            label=pgettext_lazy("count", "Orders"),
            kind=ColumnKind.NUMBER,
            shown=False,
        ),
        Column(
            key="amount",
            label=_("Amount"),
            kind=ColumnKind.MONEY,
            sort="amount",
            shown=False,
        ),
        Column(
            key="profit_rate",
            label=_("Profit rate (%)"),
            kind=ColumnKind.NUMBER,
            shown=False,
        ),
        Column(
            key="state",
            label=pgettext_lazy("proposal", "State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(ProposalState.choices),
            tone=toned(TONES),
            sort="state",
        ),
        Column(key="found_at", label=_("Proposed at"), kind=ColumnKind.INSTANT),
    ],
    bulk=[
        Bulk(
            key="accept",
            label=pgettext_lazy("proposal", "Accept"),
            icon="check",
            needs="key_proposal.decide",
            run=_accept,
            undo=_reopen,
            undo_needs="key_proposal.decide",
        ),
        Bulk(
            key="decline",
            label=pgettext_lazy("proposal", "Decline"),
            icon="x",
            needs="key_proposal.decide",
            run=_decline,
            undo=_reopen,
            undo_needs="key_proposal.decide",
        ),
    ],
    empty=Empty(
        title=_("No proposals"),
        text=_(
            "Every night the key customer rule looks at how often, how much and how"
            " profitably customers buy. Whom it would make a key customer, and who no"
            " longer reaches it, stands here to be decided."
        ),
    ),
    template="analytics/key_proposals.html",
)


def why(row: NextProduct, viewer: Actor) -> str:
    """Return what speaks for a product, to whom may know what customers bought."""
    return reason_of(row.ground) if tells_reasons(viewer) else ""


def _record(outcome: OfferState) -> Callable[..., BulkResult]:
    def run(
        by: Actor, rows: Iterable[NextProduct], _values: Mapping[str, str]
    ) -> BulkResult:
        return each(
            rows,
            lambda row: record_offer(by, row, outcome=outcome, at=now()),
            denied=_NOT_YOURS,
        )

    return run


def _begin_anew(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows = next_products(by).filter(pk__in=before)
    return _record(OfferState.OPEN)(by, rows, {})


def _segment(
    by: Actor, rows: list[NextProduct], _values: Mapping[str, str]
) -> BulkResult:
    names = sorted({row.product.name for row in rows})
    told = pgettext("list", ", ").join(names[:3])
    name = gettext("Next products, %(day)s: %(products)s") % {
        "day": date_format(localdate(), "SHORT_DATE_FORMAT"),
        "products": told if len(names) <= 3 else f"{told} …",
    }
    try:
        segment_core(by, [row.customer_id for row in rows], name=name[:120], at=now())
    except Refused as refusal:
        return BulkResult(0, [refusal.message])
    return BulkResult(len(rows))


NEXT_PRODUCTS = Table(
    key="next_products",
    kind="next_product",
    model=NextProduct,
    title=_("Cross-selling"),
    url="analytics:next_products",
    rows=lambda viewer: next_products(viewer).select_related(
        "customer", "product", "ground__given"
    ),
    withheld=lambda: is_stored_only("customer_id"),
    search=about_customers,
    default_sort="rank",
    columns=[
        Column(
            key="customer",
            label=_("Customer"),
            path="customer__name",
            link="customers:customer",
            link_key="customer_id",
            filterable=False,
        ),
        Column(key="product", label=_("Product"), path="product__name"),
        Column(
            key="reason",
            label=pgettext_lazy("offer", "Reason"),
            text_to=why,
            filterable=False,
        ),
        Column(
            key="state",
            label=pgettext_lazy("offer", "State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(OfferState.choices),
            tone=toned(OFFER_TONES),
        ),
        Column(
            key="rank",
            label=_("Rank"),
            kind=ColumnKind.NUMBER,
            sort="rank",
        ),
        Column(
            key="tier",
            label=_("Tier"),
            path="customer__traits__tier",
            kind=ColumnKind.CHOICE,
            choices=fixed(Tier.choices),
        ),
        Column(
            key="owner",
            label=_("Owner"),
            path="customer__owner",
            kind=ColumnKind.USER,
            choices=user_choices,
        ),
        Column(
            key="kind",
            label=pgettext_lazy("offer", "Kind of reason"),
            path="ground__kind",
            kind=ColumnKind.CHOICE,
            choices=fixed(GroundKind.choices),
            shown=False,
        ),
        Column(
            key="found_at",
            label=_("Proposed at"),
            kind=ColumnKind.INSTANT,
            shown=False,
        ),
        Column(
            key="offered_at",
            label=pgettext_lazy("offer", "Offered at"),
            kind=ColumnKind.INSTANT,
            shown=False,
        ),
        Column(
            key="product_id",
            label=_("Product number"),
            kind=ColumnKind.NUMBER,
            field="product",
            shown=False,
        ),
        Column(
            key="customer_id",
            label=_("Customer number"),
            kind=ColumnKind.NUMBER,
            field="customer",
            shown=False,
        ),
    ],
    bulk=[
        Bulk(
            key="offer",
            label=_("Record as offered"),
            icon="message",
            needs="next_product.record",
            run=_record(OfferState.OFFERED),
            undo=_begin_anew,
            undo_needs="next_product.record",
        ),
        Bulk(
            key="decline",
            label=_("Does not fit"),
            icon="x",
            needs="next_product.record",
            run=_record(OfferState.DECLINED),
            undo=_begin_anew,
            undo_needs="next_product.record",
        ),
        Bulk(
            key="segment",
            label=_("Make a segment of them"),
            icon="users-group",
            needs="segment.create",
            run=_segment,
        ),
    ],
    empty=Empty(
        title=_("Nothing is proposed yet"),
        text=_(
            "Every night it is worked out from the order lines which products customers"
            " buy together, and which ones customers of the same class buy. What a"
            " customer does not have yet is proposed here, with the reason."
        ),
    ),
    template="analytics/next_products.html",
)
