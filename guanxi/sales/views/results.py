"""How opportunities ended, as a page."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from guanxi.foundation import figures
from guanxi.foundation.clock import today
from guanxi.foundation.policies import require
from guanxi.foundation.words import Words
from guanxi.sales.forms.base import Day
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.queries import opportunity as queries
from guanxi.sales.queries.results import SIDES, Result, open_by_stage, results, sides
from guanxi.sales.views.request import StaffRequest

YEAR = timedelta(days=365)


class ResultsForm(forms.Form):
    """By what, and of which days."""

    by = forms.ChoiceField(label=gettext_lazy("By"))
    first_on = Day(label=pgettext_lazy("span", "From"))
    last_on = Day(label=pgettext_lazy("span", "To"))

    def __init__(
        self, asked: Mapping[str, Any], *, offered: Mapping[str, Words]
    ) -> None:
        day = today(get_default_timezone())
        first = next(iter(offered), "")
        usual = {"by": first, "first_on": day - YEAR, "last_on": day}
        given = {key: asked[key] for key in usual if asked.get(key)}
        super().__init__(usual | given)
        by = self.fields["by"]
        assert isinstance(by, forms.ChoiceField)
        by.choices = list(offered.items())

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        clean = super().clean() or {}
        first, last = clean.get("first_on"), clean.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("This is before the first day."))
        return clean


@login_required
@require_GET
def opportunity_results(request: StaffRequest) -> HttpResponse:
    """Show how opportunities ended in a span, by a side."""
    viewer = request.user
    require(viewer, "opportunity.read")
    offered = {key: one.label for key, one in sides(viewer).items()}
    form = ResultsForm(request.GET, offered=offered)
    sees = "amount" in OPPORTUNITY.readable(viewer)
    counts = open_by_stage(viewer)
    context: dict[str, Any] = {
        "form": form,
        "sees_amounts": sees,
        "currency": settings.CURRENCY,
        "stages": [
            {
                "label": str(stage),
                "value": figures.grouped(counts.get(stage.pk, 0)),
                "url": _list_url(f"state.in.open,stage.in.{stage.pk}"),
            }
            for stage in queries.stages()
        ],
    }
    if form.is_valid():
        clean = form.cleaned_data
        span = clean["first_on"], clean["last_on"]
        rows = results(viewer, *span, clean["by"])
        labels = SIDES[clean["by"]].labels(viewer, [one.key for one in rows])
        whole = results(viewer, *span)[0]
        told = [_row(one, labels.get(one.key, ""), clean["by"], span) for one in rows]
        context |= {
            "side": SIDES[clean["by"]].label,
            "rows": told,
            "whole": _row(whole, "", "", span),
            "tiles": _tiles(whole, sees=sees),
            "chart": _chart(rows, told, sees=sees) if rows else None,
        }
    status = 200 if form.is_valid() else 422
    return render(request, "sales/opportunity_results.html", context, status=status)


def _row(one: Result, label: str, by: str, span: tuple[date, date]) -> dict[str, Any]:
    """Return one line of the table, with the lists behind its counts."""
    where = SIDES[by].where(one.key) if by and one.key else ""
    in_span = f"closed_on.gte.{span[0]},closed_on.lte.{span[1]}"
    is_told = not by or bool(where)
    conditions = ",".join(filter(None, (in_span, where)))
    return {
        "label": label or "–",
        "won": one.won,
        "lost": one.lost,
        "rate": one.rate,
        "amount": one.amount,
        "mean": one.mean,
        "days_won": one.days_won,
        "days_lost": one.days_lost,
        "won_url": _list_url(f"state.in.won,{conditions}") if is_told else "",
        "lost_url": _list_url(f"state.in.lost,{conditions}") if is_told else "",
    }


def _tiles(whole: Result, *, sees: bool) -> Sequence[Mapping[str, str]]:
    found = [
        (pgettext("opportunity", "Won"), figures.grouped(whole.won)),
        (pgettext("opportunity", "Lost"), figures.grouped(whole.lost)),
        (_("Win rate"), "–" if whole.rate is None else f"{whole.rate:.2f}%"),
    ]
    if sees:
        found.append(
            (_("Amount won"), figures.short_amount(whole.amount, settings.CURRENCY))
        )
        found.append(
            (_("Mean amount won"), "–" if whole.mean is None else _money(whole.mean))
        )
    days = "–" if whole.days_won is None else f"{whole.days_won:.2f}"
    found.append((_("Days to win"), days))
    return [{"label": label, "value": value} for label, value in found]


def _chart(
    rows: Sequence[Result], told: Sequence[Mapping[str, Any]], *, sees: bool
) -> Mapping[str, Any]:
    """Return the amounts won, or how many for whoever reads no amounts, as bars."""
    heads = [one["label"] for one in told]
    title = _("Amount won") if sees else pgettext("opportunity", "Won")
    values = [float(one.amount) if sees else one.won for one in rows]
    return {
        "title": title,
        "option": {
            "xAxis": {"type": "category", "data": heads},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [{"type": "bar", "name": title, "data": values}],
        },
    }


def _money(value: Any) -> str:
    return figures.amount(value, settings.CURRENCY)


def _list_url(where: str) -> str:
    return f"{reverse('sales:opportunities')}?{urlencode({'where': where})}"
