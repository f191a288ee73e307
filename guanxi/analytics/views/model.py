"""The page of the model of purchases: what it says, how far to trust it, what it is made of."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guanxi.analytics import queries
from guanxi.analytics.exploring import scores_of
from guanxi.analytics.parameters import Parameters
from guanxi.analytics.rules import FORMULAS
from guanxi.analytics.views.insight import short_of
from guanxi.foundation.figures import grouped, short
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.viewer import StaffRequest

TELLS = frozenset({"p_alive", "expected_orders", "expected_amount"})
BANDS = range(0, 101, 10)
COUNTS = (2, 3, 4, 6, 8, 12, 20)
WEEKS = (1, 4, 8, 13, 20, 26, 39, 52)
LONGEST = 104.0  # weeks since the first purchase of the customers in the picture
NAMES = {"r": "r", "alpha": "α", "a": "a", "b": "b", "p": "p", "q": "q", "gamma": "γ"}


@login_required
@require_GET
def purchase_model(request: StaffRequest) -> HttpResponse:
    """Show what the model of the latest analysis says, and how it came about."""
    require(request.user, "analysis.read")
    latest = queries.latest_runs(1)
    parameters = (
        queries.PARAMETERS.validate_python(latest[0].parameters) if latest else None
    )
    has_model = bool(parameters and parameters.model.parameters)
    context: dict[str, Any] = {
        "run": latest[0] if latest else None,
        "has_model": has_model,
        "reason": _reason(parameters) if parameters and not has_model else "",
    }
    if parameters and has_model:
        context |= _told(parameters)
        if policy_of("customer").readable(request.user) >= TELLS:
            context |= _summed(request)
    return render(request, "analytics/purchase_model.html", context)


def _reason(parameters: Parameters) -> str:
    return _(FORMULAS[f"no_model_{parameters.model.problem or 'unclear'}"])


def _told(parameters: Parameters) -> dict[str, Any]:
    """Return what is known of the model itself."""
    model = parameters.model
    lines = [
        (NAMES[key], f"{value:.4g}", _error(model.errors.get(key)))
        for key, value in model.parameters.items()
    ]
    spend = [(NAMES[key], f"{value:.4g}") for key, value in model.spend.items()]
    off = 0.0
    if model.held_out_actual:
        off = 100 * (model.held_out_expected / model.held_out_actual - 1)
    return {
        "model": model,
        "lines": lines,
        "spend": spend,
        "customers": grouped(model.customers),
        "fitted": grouped(model.fitted),
        "expected": grouped(round(model.held_out_expected)),
        "actual": grouped(round(model.held_out_actual)),
        "off": f"{off:+.1f}%",
        "picture": _picture(parameters),
    }


def _error(error: float | None) -> str:
    return "" if error is None else f"± {error:.2g}"


def _picture(parameters: Parameters) -> Mapping[str, Any]:
    """Return P(alive) by how often somebody bought, and how long he has been silent."""
    from guanxi.analytics.prediction import (  # noqa: PLC0415 -- loads scipy
        marks,
    )

    weeks = np.array(WEEKS, np.float64)
    found = marks(parameters.model.purchases, np.array(COUNTS), weeks, LONGEST)
    percents = np.rint(found).astype(int).tolist()
    heads = [_("%(n)s weeks") % {"n": one} for one in WEEKS]
    names = [_("%(n)s purchases") % {"n": one} for one in COUNTS]
    cells = [
        {"value": [x, y, percents[y][x]]}
        for y in range(len(COUNTS))
        for x in range(len(WEEKS))
    ]
    return {
        "title": _("Chance to come again, by purchases and weeks of silence (%)"),
        "option": {
            "legend": {"show": False},
            "tooltip": {"trigger": "item"},
            "xAxis": {"type": "category", "data": heads},
            "yAxis": {"type": "category", "data": names},
            "visualMap": {"show": False, "min": 0, "max": 100, "look": "heat"},
            "series": [{"type": "heatmap", "data": cells, "label": {"show": True}}],
        },
        "heads": [pgettext("model", "Purchases"), *heads],
        "rows": [
            [name, *(f"{one}%" for one in row)]
            for name, row in zip(names, percents, strict=True)
        ],
    }


def _summed(request: StaffRequest) -> dict[str, Any]:
    """Return what is foretold of the customers in sight, together and by bands."""
    names = ("p_alive", "expected_orders", "expected_amount")
    alive, orders, amounts = scores_of(request.user, names)
    counts = [int((alive == band).sum()) for band in BANDS]
    page = reverse("customers:customers")
    bars = [
        {"value": count, "url": f"{page}?where=p_alive.eq.{band}"}
        for band, count in zip(BANDS, counts, strict=True)
    ]
    heads = [f"{band}%" for band in BANDS]
    return {
        "figures": [
            (_("Orders expected in 12 months"), short(round(float(np.nansum(orders))))),
            (
                _("Amount expected in 12 months"),
                short_of(round(float(np.nansum(amounts)))),
            ),
            (_("Likely to stay away (50% or less)"), grouped(int((alive <= 50).sum()))),
        ],
        "warning_url": f"{page}?where=p_alive.lte.50&sort=-order_total",
        "bands": {
            "title": _("Customers by their chance to come again"),
            "option": {
                "legend": {"show": False},
                "xAxis": {"type": "category", "data": heads},
                "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
                "series": [{"type": "bar", "data": bars}],
            },
            "heads": [_("Chance to come again (%)"), pgettext("count", "Customers")],
            "rows": [[h, grouped(c)] for h, c in zip(heads, counts, strict=True)],
        },
    }
