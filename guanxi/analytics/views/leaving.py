"""The page of the model of leaving: who is about to, how far to trust it, what moves it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guanxi.analytics import queries
from guanxi.analytics.exploring import scores_of
from guanxi.analytics.leaving import LeavingModel
from guanxi.analytics.rules import FORMULAS, LEAVING_COLUMNS
from guanxi.analytics.views.insight import short_of
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.viewer import StaffRequest

TELLS = frozenset({"churn_risk"})
WIDTH, HIGH = 10, 50  # percent


@login_required
@require_GET
def leaving_model(request: StaffRequest) -> HttpResponse:
    """Show who is about to leave, and how well the model would have told who left."""
    require(request.user, "analysis.read")
    latest = queries.latest_runs(1)
    run = latest[0] if latest else None
    parameters = queries.PARAMETERS.validate_python(run.parameters) if run else None
    model = parameters.leaving if parameters else LeavingModel()
    has_model = bool(model.judged)
    context: dict[str, Any] = {"run": run, "has_model": has_model, "model": model}
    if has_model:
        context |= _told(model)
        if policy_of("customer").readable(request.user) >= TELLS:
            context |= _summed(request)
    elif run:
        context["reason"] = _(FORMULAS[f"no_leaving_{model.problem or 'short'}"])
    return render(request, "analytics/leaving_model.html", context)


def _told(model: LeavingModel) -> dict[str, Any]:
    """Return what is known of the model itself."""
    most = max((moved for _column, moved in model.drivers), default=0) or 1
    return {
        "learned": grouped(model.learned),
        "judged": grouped(model.judged),
        "rate": f"{100 * model.rate:.1f}%",
        "top": f"{model.tenths[0].lift:.1f}" if model.tenths else "–",
        "reached": f"{100 * model.tenths[1].reached:.0f}%" if model.tenths else "–",
        "off": f"{100 * model.calibration_error:.1f}%",
        "drivers": [
            (_(LEAVING_COLUMNS[column]), f"{100 * moved / most:.0f}")
            for column, moved in model.drivers
        ],
        "suspicious": [_(LEAVING_COLUMNS[column]) for column in model.suspicious],
        "lift": _lift(model),
        "calibration": _calibration(model),
    }


def _lift(model: LeavingModel) -> Mapping[str, Any]:
    """Return which share of those who left the tenths reach, beside chance."""
    heads = [f"{10 * at}%" for at in range(11)]
    reached = [0.0, *(round(100 * one.reached, 1) for one in model.tenths)]
    return {
        "title": _("Share of those who left that is reached, by who is asked first"),
        "option": {
            "legend": {"top": 0, "left": 0},
            "xAxis": {"type": "category", "data": heads},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}%"}},
            "series": [
                {"type": "line", "name": pgettext("lift", "Model"), "data": reached},
                {
                    "type": "line",
                    "name": _("By chance"),
                    "data": [10 * at for at in range(11)],
                    "lineStyle": {"type": "dashed"},
                },
            ],
        },
        "heads": [
            _("Customers, likeliest first"),
            pgettext("count", "Customers"),
            pgettext("churn", "Left"),
            _("Times the average"),
            _("Share of those who left"),
        ],
        "rows": [
            [
                head,
                grouped(one.customers),
                grouped(round(one.left)),
                f"{one.lift:.2f}",
                f"{100 * one.reached:.1f}%",
            ]
            for head, one in zip(heads[1:], model.tenths, strict=False)
        ],
    }


def _calibration(model: LeavingModel) -> Mapping[str, Any]:
    """Return what was said of classes of customers, and what came."""
    said = [round(100 * one.foretold, 1) for one in model.classes]
    came = [round(100 * one.happened, 1) for one in model.classes]
    names = [f"{value:.0f}%" for value in said]
    return {
        "title": _("What was said, and what came"),
        "option": {
            "legend": {"top": 0, "left": 0},
            "xAxis": {"type": "category", "data": names},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}%"}},
            "series": [
                {"type": "bar", "name": _("Said"), "data": said},
                {"type": "bar", "name": _("Came"), "data": came},
            ],
        },
        "heads": [_("Said"), pgettext("count", "Customers"), _("Came")],
        "rows": [
            [name, grouped(one.customers), f"{value:.1f}%"]
            for name, one, value in zip(names, model.classes, came, strict=True)
        ],
    }


def _summed(request: StaffRequest) -> dict[str, Any]:
    """Return the customers in sight by their risk, each band with its list."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    names = ("churn_risk", "expected_amount")
    risk, amounts = scores_of(request.user, names)
    page = reverse("customers:customers")
    bands = [(low, min(low + WIDTH, 101)) for low in range(0, 100, WIDTH)]
    counts = [int(((risk >= low) & (risk < high)).sum()) for low, high in bands]
    labels = [f"{low}–{min(high, 100)}%" for low, high in bands]
    bars = [
        {
            "value": count,
            "url": f"{page}?where=churn_risk.gte.{low},churn_risk.lt.{high}"
            "&sort=-churn_risk",
        }
        for count, (low, high) in zip(counts, bands, strict=True)
    ]
    figures = [
        (
            pgettext("churn", "Customers judged"),
            grouped(int(np.isfinite(risk).sum())),
            "",
        )
    ]
    high_url = f"{page}?where=churn_risk.gte.{HIGH}&sort=-churn_risk"
    label = _("Risk of %(percent)s%% or more") % {"percent": HIGH}
    figures.append((label, grouped(int((risk >= HIGH).sum())), high_url))
    if "expected_amount" in policy_of("customer").readable(request.user):
        at_stake = np.nansum(risk * amounts / 100)
        figures.append(
            (_("Amount at stake in 12 months"), short_of(round(float(at_stake))), "")
        )
    return {
        "figures": figures,
        "bands": {
            "title": _("Customers by their risk to leave"),
            "option": {
                "legend": {"show": False},
                "xAxis": {"type": "category", "data": labels},
                "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
                "series": [{"type": "bar", "data": bars}],
            },
            "heads": [_("Risk to leave (%)"), pgettext("count", "Customers")],
            "rows": [[h, grouped(c)] for h, c in zip(labels, counts, strict=True)],
        },
    }
