"""Segments: the list, one of them, and its refresh and end."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.segment import delete_segment, restore_segment
from guanxi.customers.commands.segment_member import refresh_segment
from guanxi.customers.models import Segment
from guanxi.customers.policies import CUSTOMER, SEGMENT
from guanxi.customers.queries import segment as queries
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.segment_budget import budget_use
from guanxi.customers.queries.segment_portrait import (
    AGE_BAND,
    CONSENT,
    SegmentPortrait,
)
from guanxi.customers.queries.segment_portrait import segment_portrait as portrait_of
from guanxi.customers.rules.segment import Sharing
from guanxi.customers.tables import SEGMENTS
from guanxi.customers.views.portrait import Figure
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.figures import amount, grouped
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page

if TYPE_CHECKING:
    from guanxi.identity.models import User

SHORTEST_TREND = 2
_BUDGET = {"budget", "budget_from", "budget_until"}


@login_required
def segments(request: StaffRequest) -> HttpResponse:
    """List the segments."""
    require(request.user, "segment.read")
    return table_page(request, SEGMENTS)


@login_required
@require_GET
def segment(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a segment: what it asks, how many belong to it, and how they are."""
    found = queries.segment(request.user, pk)
    readable = SEGMENT.readable(request.user)
    context = {
        "segment": found,
        "is_budget_told": found.budget is not None and readable >= _BUDGET,
        "strategy": found.strategy if "strategy" in readable else "",
        "sentence": queries.sentence_of(request.user, found, now()),
        "currency": settings.CURRENCY,
        "sharing": Sharing(found.sharing).label,
        "members_url": members_url(found),
        "size": queries.size_of(request.user, found),
        "chart": _trend(request.user, found),
        "use": budget_use(request.user, found),
        "may": {
            "edit": may(request.user, "segment.edit", found),
            "delete": may(request.user, "segment.delete", found),
        },
    }
    return render(request, "customers/segment.html", context)


@login_required
@require_GET
def segment_portrait(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what the customers of a segment are like, and how they differ from all."""
    found = queries.segment(request.user, pk)
    portrait = portrait_of(request.user, found, now())
    context = {
        "portrait": portrait,
        "figures": _figures(portrait),
        "distributions": [
            (_label(one.key), one.shares) for one in portrait.distributions
        ],
    }
    return render(request, "customers/_segment_portrait.html", context)


@login_required
@require_POST
def segment_refresh(request: StaffRequest, pk: int) -> HttpResponse:
    """Have it found anew who belongs to a segment."""
    found = queries.segment(request.user, pk)
    try:
        refreshed = refresh_segment(request.user, found, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        is_done = refreshed.refreshed_at != found.refreshed_at
        text = (
            _("Refreshed.")
            if is_done
            else _("There are many: they are being found. Look again in a minute.")
        )
        messages.success(request, text)
    return redirect("customers:segment", pk)


@login_required
@require_POST
def segment_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a segment aside; it can be undone."""
    found = queries.segment(request.user, pk)
    delete_segment(request.user, found, at=now())
    messages.success(
        request,
        _("Segment deleted."),
        extra_tags=reverse("customers:segment_restoration", args=[pk]),
    )
    return redirect("customers:segments")


@login_required
@require_POST
def segment_restoration(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a deleted segment back."""
    found = queries.deleted_segment(request.user, pk)
    restore_segment(request.user, found, at=now())
    return redirect("customers:segment", pk)


@login_required
@require_GET
def segments_of(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the segments a customer is or was in, as a panel on its page."""
    found = bare_customer(request.user, pk)
    require(request.user, "segment.read")
    context = {"stays": queries.stays_of(request.user, found)}
    return render(request, "customers/_segments_of.html", context)


def members_url(found: Segment) -> str:
    """Return the address of the list of customers with those of a segment."""
    return f"{reverse('customers:customers')}?where=segment.in.({found.pk})"


def _figures(portrait: SegmentPortrait) -> list[Figure]:
    """Return the numbers of a portrait that are known, ready to be shown."""
    currency = settings.CURRENCY
    share = portrait.money_share
    days = portrait.interval_days
    shown = {
        pgettext("segment", "Customers"): grouped(portrait.size),
        _("Share of customers"): _percent(portrait.share),
        _("Share of money"): "" if share is None else _percent(share),
        _("Amount per customer"): amount(portrait.mean_money, currency)
        if portrait.mean_money is not None
        else "",
        _("Average order amount"): amount(portrait.order_mean, currency)
        if portrait.order_mean is not None
        else "",
        _("Own rhythm (days)"): "" if days is None else f"{days:.0f}",
    }
    return [Figure(label, value) for label, value in shown.items() if value]


def _percent(part: float) -> str:
    return f"{part:.1%}"


def _label(key: str) -> str:
    if key == AGE_BAND:
        return _("Age")
    if key == CONSENT:
        return _("May be told of offers by")
    return str(CUSTOMER.fields[key].label)


def _trend(viewer: "User", found: Segment) -> dict[str, object] | None:
    """Return how many belonged to a segment day by day, as a chart and its table."""
    counts = queries.counts_of(found)
    if len(counts) < SHORTEST_TREND or not queries.is_counted_for(viewer, found):
        return None
    days = [one.counted_on.isoformat() for one in counts]
    return {
        "title": _("Size day by day"),
        "option": {
            "xAxis": {"type": "category", "data": days},
            "yAxis": {"type": "value", "minInterval": 1},
            "series": [{"type": "line", "data": [one.members for one in counts]}],
        },
        "heads": [
            pgettext("segment", "Day"),
            pgettext("segment", "Customers"),
            pgettext("segment", "Joined"),
            pgettext("segment", "Left"),
        ],
        "rows": [
            [day, grouped(c.members), grouped(c.joined), grouped(c.gone)]
            for day, c in zip(days, counts, strict=True)
        ],
    }
