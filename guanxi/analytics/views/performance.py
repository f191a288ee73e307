"""Targets and what was reached: the aims of sales, their course, and who stands where."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from guanxi.analytics import exploring, queries
from guanxi.analytics.performance import (
    Reached,
    Span,
    course,
    last_of,
    reached,
    readable_measures,
)
from guanxi.customers.queries.customer import counts_by_owner
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest
from guanxi.sales.queries.target import categories, told
from guanxi.sales.rules.target import ADDING, MONTHS, Measure

PEOPLE, TEAMS = "people", "teams"
_SPANS = {
    "month": (1, 0),
    "quarter": (3, 0),
    "year": (12, 0),
    "last_month": (1, 1),
    "last_quarter": (3, 1),
    "last_year": (12, 1),
}


class PerformanceForm(forms.Form):
    """Which aim, of which span, and whose."""

    measure = forms.ChoiceField(label=pgettext_lazy("target", "Aim"))
    span = forms.ChoiceField(
        label=pgettext_lazy("span", "Span"),
        choices=[
            ("month", gettext_lazy("This month")),
            ("quarter", gettext_lazy("This quarter")),
            ("year", gettext_lazy("This year")),
            ("last_month", gettext_lazy("Last month")),
            ("last_quarter", gettext_lazy("Last quarter")),
            ("last_year", gettext_lazy("Last year")),
        ],
    )
    by = forms.ChoiceField(
        label=gettext_lazy("By"),
        choices=[(PEOPLE, gettext_lazy("Person")), (TEAMS, gettext_lazy("Team"))],
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)

    def __init__(self, request: HttpRequest, measures: Sequence[Measure]) -> None:
        usual = {"measure": measures[0], "span": "quarter", "by": PEOPLE}
        given = {
            key: request.GET[key] for key in self.base_fields if key in request.GET
        }
        super().__init__(usual | given)
        self._choose("measure", [(one.value, one.label) for one in measures])
        wanted = str(given.get("measure", measures[0]))
        known = categories(Measure(wanted)) if wanted in Measure.values else []
        everything = ("", pgettext("category", "All"))
        self._choose("category", [everything, *((one, one) for one in known)])
        if not known:
            self.fields["category"].widget = forms.HiddenInput()
            self.fields["category"].disabled = True

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices


@login_required
@require_GET
def performance(request: StaffRequest) -> HttpResponse:
    """Show what was to be reached and what was, of all aims and of one in detail."""
    require(request.user, "target.read")
    measures = readable_measures(request.user)
    context: dict[str, Any] = {"form": None, "is_loaded": exploring.is_loaded()}
    if not measures or not context["is_loaded"]:
        return render(request, "analytics/performance.html", context)
    form = PerformanceForm(request, measures)
    context["form"] = form
    if not form.is_valid():
        return render(request, "analytics/performance.html", context, status=422)
    clean = form.cleaned_data
    measure, category = Measure(clean["measure"]), clean["category"]
    span = span_of(clean["span"], queries.latest_year()[1])
    found = reached(request.user, measure, span, category)
    top = found[0].place if found else None
    tiles = [_tile(request, one, span, form) for one in measures] if top else []
    context |= {
        "span": span,
        "top": top,
        "tiles": [one for one in tiles if one],
        "chart": _chart(request, measure, found[0], span, category) if found else None,
        "rows": _ranking(request, measure, found, clean["by"], span),
        "adds": measure in ADDING,
        "by_people": clean["by"] == PEOPLE,
    }
    return render(request, "analytics/performance.html", context)


def span_of(key: str, as_of: date) -> Span:
    """Return the span that ``key`` names, as seen on ``as_of``."""
    months, back = _SPANS[key]
    number = as_of.year * MONTHS + as_of.month - 1
    first = number // months * months - back * months
    first_on = date(first // MONTHS, first % MONTHS + 1, 1)
    return Span(first_on, last_of(first_on, months), as_of)


def _tile(
    request: StaffRequest, measure: Measure, span: Span, form: PerformanceForm
) -> Mapping[str, Any] | None:
    """Return how the highest place in sight stands as to one aim; None without a figure."""
    found = reached(request.user, measure, span)[0]
    if found.actual is None and found.target is None:
        return None
    asked = {"span": form.cleaned_data["span"], "by": form.cleaned_data["by"]}
    return {
        "label": measure.label,
        "is_cost": measure is Measure.COST,
        "url": f"?{urlencode({'measure': measure.value, **asked})}",
        **_told(measure, found),
    }


def _told(measure: Measure, one: Reached) -> Mapping[str, Any]:
    how = one.standing
    share = None if how is None or how.share is None else round(100 * how.share)
    is_rate = measure not in ADDING
    return {
        "name": one.place.name,
        "target": told(measure, one.target),
        "actual": told(measure, _short(measure, one.actual)),
        "share": share,
        "meter": None if share is None else max(0, min(share, 100)),
        "due": None if how is None or is_rate else round(100 * how.due),
        "outlook": told(measure, _short(measure, how.outlook)) if how else "",
        "is_good": how is not None and how.is_good,
        "gap": _gap(measure, one),
    }


def _gap(measure: Measure, one: Reached) -> str:
    """Return what is still missing of a target; empty where nothing is."""
    if one.target is None or one.actual is None or measure is Measure.COST:
        return ""
    missing = one.target - one.actual
    return told(measure, _short(measure, missing)) if missing > 0 else ""


def _short(measure: Measure, value: Decimal | None) -> Decimal | None:
    """Return a figure in as many digits as people read."""
    if value is None:
        return None
    digits = Decimal(1) if measure in ADDING else Decimal("0.1")
    return value.quantize(digits)


def _ranking(
    request: StaffRequest,
    measure: Measure,
    found: Sequence[Reached],
    by: str,
    span: Span,
) -> list[Mapping[str, Any]]:
    """Return people or teams, who reached the largest part first; none without figures."""
    wants_people = by == PEOPLE
    shown = [
        one
        for one in found
        if (one.place.user_id is not None) is wants_people
        and (one.target or one.actual)
    ]
    shown.sort(key=lambda one: _rank(measure, one))
    counts = counts_by_owner(request.user) if wants_people else {}
    rows: list[Mapping[str, Any]] = []
    for number, one in enumerate(shown, 1):
        owner = one.place.user_id or 0
        row = {
            **_told(measure, one),
            "rank": number if one.standing else None,
            "customers": grouped(counts.get(owner, 0)),
            "list_url": f"{reverse('customers:customers')}?where=owner.in.{owner}",
            "url": _explorer(request, measure, one, span),
        }
        rows.append(row)
    return rows


def _rank(measure: Measure, one: Reached) -> tuple[bool, Decimal]:
    """Put first who stands best; who has no target goes to the end."""
    if one.standing is None or one.standing.share is None:
        return True, -(one.actual or Decimal(0))
    share = one.standing.share
    return False, share if measure is Measure.COST else -share


def _explorer(request: StaffRequest, measure: Measure, one: Reached, span: Span) -> str:
    """Return where the figure is taken apart; empty for who has no explorer."""
    if measure is Measure.SATISFACTION or not allowed(request.user, "analysis.read"):
        return ""
    metric = "costs" if measure is Measure.COST else measure.value
    place = one.place
    words = [
        ("rows", "month"),
        ("metrics", metric),
        ("first_on", span.first_on.isoformat()),
        ("last_on", span.until.isoformat()),
    ]
    if place.user_id:
        words.append(("where", f"owner:{place.user_id}"))
    elif place.team_id:
        words.append(("where", f"team:{place.team_id}"))
    return f"{reverse('analytics:explore')}?{urlencode(words)}"


def _chart(
    request: StaffRequest, measure: Measure, top: Reached, span: Span, category: str
) -> Mapping[str, Any] | None:
    """Return the months of the year as bars beside their targets."""
    year = Span(
        date(span.first_on.year, 1, 1), date(span.first_on.year, 12, 31), span.as_of
    )
    months = course(request.user, measure, top.place, year, category)
    if not months:
        return None
    heads = [f"{day:%Y-%m}" for day, _target, _actual in months]
    labels = [_("Reached"), pgettext("plan", "Target")]
    targets = [one for _day, one, _actual in months]
    actuals = [one for _day, _target, one in months]
    return {
        "title": _("%(measure)s of %(name)s by month")
        % {"measure": measure.label, "name": top.place.name},
        "option": {
            "legend": {"top": 0, "left": 0},
            "xAxis": {"type": "category", "data": heads},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [
                {"type": "bar", "name": labels[0], "data": _plain(actuals)},
                {
                    "type": "line",
                    "name": labels[1],
                    "step": "middle",
                    "symbol": "none",
                    "lineStyle": {"type": "dashed", "width": 2},
                    "data": _plain(targets),
                },
            ],
        },
        "heads": [pgettext("span", "Month"), *labels],
        "rows": [
            [head, told(measure, _short(measure, actual)), told(measure, target)]
            for head, target, actual in zip(heads, targets, actuals, strict=True)
        ],
    }


def _plain(values: Sequence[Decimal | None]) -> list[float | None]:
    return [None if one is None else float(one) for one in values]
