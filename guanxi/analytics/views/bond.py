"""Why customers stay: satisfaction by lock-in, and the customers of each part."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.analytics import bonds
from guanxi.analytics.bonds import (
    LOCK_IN_BINS,
    LOCK_IN_STEP,
    SATISFACTION_BINS,
    Part,
)
from guanxi.analytics.views.group import group_page
from guanxi.analytics.views.insight import short_of
from guanxi.customers.rules import State
from guanxi.customers.rules.bond import (
    ACTIVE,
    LOCKED_FROM,
    MOST_LOCK_IN,
    SATISFIED_FROM,
    TOP,
    Retention,
    Thresholds,
    shown_score,
)
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of
from guanxi.foundation.viewer import StaffRequest
from guanxi.foundation.words import Words

SMALLEST, LARGEST = 18, 46  # pixels
_TONES = {
    Retention.LOYAL: "green",
    Retention.WILLING: "blue",
    Retention.CAPTIVE: "amber",
    Retention.FREE: "red",
}
_DO: dict[str, Words] = {
    Retention.LOYAL: gettext_lazy(
        "Thank them, ask them to recommend us, offer more. They are the base."
    ),
    Retention.WILLING: gettext_lazy(
        "Keep them satisfied and give them reasons to stay: membership, service plans, "
        "matching products."
    ),
    Retention.CAPTIVE: gettext_lazy(
        "Mend what they are dissatisfied with before the barrier falls: when it does, "
        "they go."
    ),
    Retention.FREE: gettext_lazy("Call them first: nothing holds them."),
}


class ThresholdForm(forms.Form):
    """From where on a customer is satisfied, and bound."""

    satisfaction = forms.DecimalField(
        label=gettext_lazy("Satisfied from (0–10)"),
        min_value=0,
        max_value=TOP,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )
    lock_in = forms.DecimalField(
        label=gettext_lazy("Bound from (0–70)"),
        min_value=0,
        max_value=MOST_LOCK_IN,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "1"}),
    )

    def __init__(self, asked: QueryDict) -> None:
        usual: dict[str, object] = {
            "satisfaction": SATISFIED_FROM,
            "lock_in": LOCKED_FROM,
        }
        super().__init__(usual | {name: asked[name] for name in usual if name in asked})

    @property
    def thresholds(self) -> Thresholds:
        """What a valid form says."""
        clean = self.cleaned_data
        return Thresholds(clean["satisfaction"], clean["lock_in"])


@login_required
@require_GET
def retention_split(request: StaffRequest) -> HttpResponse:
    """Show who is kept actively and who passively, by satisfaction and lock-in."""
    bonds.require_bonds(request.user)
    form = ThresholdForm(request.GET)
    parts = bonds.split(request.user, form.thresholds) if form.is_valid() else []
    known = sum(part.customers for part in parts)
    context: dict[str, Any] = {
        "form": form,
        "tabs": bond_tabs("retention_split"),
        "known": known,
        "unassessed": grouped(bonds.unassessed(request.user)),
        "cells": _cells(request, parts),
        "figures": _figures(parts),
    }
    if known:
        context["picture"] = _picture(request, form.thresholds)
    return render(request, "analytics/bonds.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def retention_cell(request: StaffRequest, kept: str) -> HttpResponse:
    """List the customers kept in one way; a POST makes a segment of them."""
    bonds.require_bonds(request.user)
    form = ThresholdForm(request.GET)
    if kept not in Retention.values or not form.is_valid():
        raise NotVisible
    one = Retention(kept)
    found = bonds.split_members(request.user, form.thresholds, one)
    asked = request.GET.copy()
    asked.pop("after", None)
    page = f"{reverse('analytics:retention_split')}?{asked.urlencode()}"
    title = _("Why customers stay")
    return group_page(
        request, found, title=f"{title} · {one.label}", back=(title, page)
    )


def bond_tabs(here: str) -> list[tuple[Words, str, bool]]:
    """Return the pages of why customers stay: label, address, and whether it is here."""
    pages = {
        "retention_split": _("Active and passive retention"),
        "early_warnings": _("Early warnings"),
        "retention_value": _("What makes them buy again"),
    }
    return [
        (label, reverse(f"analytics:{name}"), name == here)
        for name, label in pages.items()
    ]


def _cells(request: StaffRequest, parts: Sequence[Part]) -> list[dict[str, object]]:
    known = sum(part.customers for part in parts) or 1
    reads_amounts = "total" in policy_of("order").readable(request.user)
    reads_amounts &= "order_total" in policy_of("customer").readable(request.user)
    query = request.GET.urlencode()
    scale = minor_units(settings.CURRENCY)
    return [
        {
            "label": part.retention.label,
            "tone": _TONES[part.retention],
            "kind": _("Active retention")
            if part.retention in ACTIVE
            else _("Passive retention")
            if part.retention is Retention.CAPTIVE
            else _("Not kept by anything"),
            "customers": grouped(part.customers),
            "share": round(100 * part.customers / known),
            "amount": short_of(int(part.amount.scaleb(scale))) if reads_amounts else "",
            "advice": _DO[part.retention],
            "url": f"{reverse('analytics:retention_cell', args=[part.retention.value])}?{query}",
        }
        for part in parts
    ]


def _figures(parts: Sequence[Part]) -> list[tuple[str, str]]:
    known = sum(part.customers for part in parts)
    if not known:
        return []
    active = sum(part.customers for part in parts if part.retention in ACTIVE)
    passive = sum(p.customers for p in parts if p.retention is Retention.CAPTIVE)
    return [
        (_("Active retention"), f"{100 * active / known:.0f}%"),
        (_("Passive retention"), f"{100 * passive / known:.0f}%"),
        (_("Free to leave"), f"{100 * (known - active - passive) / known:.0f}%"),
    ]


def _picture(request: StaffRequest, thresholds: Thresholds) -> dict[str, Any]:
    """Return satisfaction by lock-in as a grid; each field leads to its customers."""
    found = bonds.grid(request.user)
    page = reverse("customers:customers")
    heads = [f"{low}–{low + 1}" for low in range(SATISFACTION_BINS)]
    names = [
        f"{low}–{low + LOCK_IN_STEP}"
        for low in range(0, LOCK_IN_BINS * LOCK_IN_STEP, LOCK_IN_STEP)
    ]
    most = max(found.values(), default=1)
    bubbles = [
        {
            "value": [
                across + 0.5,
                (up + 0.5) * LOCK_IN_STEP,
                count,
            ],
            "symbolSize": round(
                SMALLEST + (LARGEST - SMALLEST) * (count / most) ** 0.5
            ),
            "url": f"{page}?where={_where(across, up)}",
        }
        for (across, up), count in sorted(found.items())
    ]
    cuts = _("Satisfied from %(satisfaction)s, bound from %(lock_in)s.") % {
        "satisfaction": shown_score(thresholds.satisfaction),
        "lock_in": shown_score(thresholds.lock_in),
    }
    return {
        "title": _("Customers by satisfaction (across) and lock-in (upward)"),
        "note": cuts,
        "option": {
            "legend": {"show": False},
            "tooltip": {"trigger": "item"},
            "grid": {"top": 8},
            "xAxis": {"type": "value", "min": 0, "max": int(TOP), "interval": 1},
            "yAxis": {"type": "value", "min": 0, "max": int(MOST_LOCK_IN)},
            "series": [
                {
                    "type": "scatter",
                    "data": bubbles,
                    "label": {"show": True, "formatter": "{@[2]}", "color": "#fff"},
                    "markLine": _marks(thresholds),
                }
            ],
        },
        "heads": [pgettext("bond", "Lock-in \\ satisfaction"), *heads],
        "rows": [
            [
                name,
                *(grouped(found.get((x, up), 0)) for x in range(SATISFACTION_BINS)),
            ]
            for up, name in enumerate(names)
        ],
    }


def _marks(thresholds: Thresholds) -> dict[str, Any]:
    """Return the thresholds as lines."""
    return {
        "symbol": "none",
        "silent": True,
        "label": {"show": False},
        "lineStyle": {"type": "dashed", "width": 2},
        "data": [
            {"xAxis": float(thresholds.satisfaction)},
            {"yAxis": float(thresholds.lock_in)},
        ],
    }


def _where(across: int, up: int) -> str:
    """Return the filter of one field of the grid; the last ones hold the best score."""
    parts = [f"state.eq.{State.ACTUAL.value}", f"satisfaction.gte.{across}"]
    if across < SATISFACTION_BINS - 1:
        parts.append(f"satisfaction.lt.{across + 1}")
    parts.append(f"lock_in.gte.{up * LOCK_IN_STEP}")
    if up < LOCK_IN_BINS - 1:
        parts.append(f"lock_in.lt.{(up + 1) * LOCK_IN_STEP}")
    return ",".join(parts)
