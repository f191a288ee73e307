"""The lists of analytics."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.commands.key_proposal import (
    accept_key_proposal,
    decline_key_proposal,
    reopen_key_proposal,
)
from guanxi.analytics.models import KeyProposal
from guanxi.analytics.policies import KEY_PROPOSAL
from guanxi.analytics.queries import key_proposals
from guanxi.analytics.rules import ProposalState
from guanxi.customers.queries.limit import is_stored_only
from guanxi.customers.queries.search import about_customers
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.parts import each, fixed, toned
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)

TONES: Mapping[str, str] = {
    ProposalState.OPEN: "amber",
    ProposalState.ACCEPTED: "green",
    ProposalState.DECLINED: "gray",
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
