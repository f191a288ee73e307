"""New customers beside those who were kept: how many, what they cost, what remains."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.analytics import exploring, queries
from guanxi.analytics.rules import months_until
from guanxi.analytics.views.group import group_page
from guanxi.analytics.views.insight import amount_of, short_of
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.money import minor_units
from guanxi.foundation.viewer import StaffRequest

if TYPE_CHECKING:
    from guanxi.analytics.earnings import Balance, Side

MONTHS, QUARTERS, YEARS = "month", "quarter", "year"
# Months of a span, and how many spans are shown.
_SPANS = {MONTHS: (1, 12), QUARTERS: (3, 8), YEARS: (12, 5)}


class BalanceForm(forms.Form):
    """By which spans of time."""

    by = forms.ChoiceField(
        label=gettext_lazy("By"),
        choices=[
            (MONTHS, gettext_lazy("Month")),
            (QUARTERS, gettext_lazy("Quarter")),
            (YEARS, gettext_lazy("Year")),
        ],
    )


@login_required
@require_GET
def balance(request: StaffRequest) -> HttpResponse:
    """Show new customers beside those who were kept: counts, costs and profit."""
    queries.require_books(request.user)
    form = BalanceForm({"by": request.GET.get("by", MONTHS)})
    told = _balances(request, form) if form.is_valid() else []
    by = form.cleaned_data.get("by", MONTHS)
    context = {
        "form": form,
        "rows": [_balance_row(one, by) for one in reversed(told)],
        "figures": _balance_figures(told),
        "counts": _pair(told, by, _("Customers who bought"), "buyers"),
        "remains": _pair(told, by, _("Profit after all costs"), "net"),
    }
    return render(request, "analytics/balance.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def balance_behind(
    request: StaffRequest, by: str, first: str, which: str
) -> HttpResponse:
    """List the customers whom a number of the balance counts."""
    from guanxi.analytics.earnings import (  # noqa: PLC0415 -- loads pyarrow
        WAITING,
        day_of,
        earnings,
        kinds,
    )

    queries.require_books(request.user)
    entries, spans = exploring.entries_in_sight(request.user), _spans(by)
    first_on = next((one for one in spans if one.isoformat() == first), None)
    if entries is None or first_on is None or which not in _sides():
        raise NotVisible
    last_on = _last_of(spans, first_on)
    told = earnings(entries, first_on, last_on)
    counted = kinds(entries, told, first_on, last_on) == which
    if which != WAITING:
        counted &= told.orders > 0
    kept = told.only(counted)
    kept = kept.only((-kept.net).argsort(kind="stable"))
    ids, nets, days = (
        one.tolist() for one in (kept.customer_ids, kept.net, kept.last_days)
    )
    found = [
        (pk, net, day_of(day) if day else None)
        for pk, net, day in zip(ids, nets, days, strict=True)
    ]
    title = f"{_sides()[which]} · {_span_name(first_on, by)}"
    back = f"{reverse('analytics:balance')}?by={by}"
    return group_page(
        request, found, title=title, back=(_("New and kept customers"), back)
    )


def _spans(by: str) -> list[date]:
    """Return the first days of the spans that are shown."""
    if by not in _SPANS:
        raise NotVisible
    months, count = _SPANS[by]
    last_on = queries.latest_year()[1]
    first_of_last = last_on.replace(month=(last_on.month - 1) // months * months + 1)
    return months_until(first_of_last, months * (count - 1) + 1)[::months]


def _last_of(spans: Sequence[date], first_on: date) -> date:
    later = [one for one in spans if one > first_on]
    if not later:
        return queries.latest_year()[1]
    return date.fromordinal(later[0].toordinal() - 1)


def _balances(request: StaffRequest, form: BalanceForm) -> "list[Balance]":
    from guanxi.analytics.earnings import balances  # noqa: PLC0415 -- loads pyarrow

    entries = exploring.entries_in_sight(request.user)
    if entries is None:
        return []
    spans = _spans(form.cleaned_data["by"])
    return balances(entries, spans, _last_of(spans, spans[-1]))


def _sides() -> Mapping[str, str]:
    return {
        "new": _("New customers"),
        "kept": _("Kept customers"),
        "waiting": _("Not customers yet"),
    }


def _span_name(first_on: date, by: str) -> str:
    if by == YEARS:
        return f"{first_on:%Y}"
    if by == QUARTERS:
        return f"{first_on:%Y} Q{(first_on.month + 2) // 3}"
    return f"{first_on:%Y-%m}"


def _balance_row(one: "Balance", by: str) -> Mapping[str, Any]:
    def told(which: str, side: "Side") -> Mapping[str, Any]:
        path = reverse(
            "analytics:balance_behind", args=[by, one.first_on.isoformat(), which]
        )
        each = side.costs / side.buyers if side.buyers else None
        return {
            "url": path,
            "customers": grouped(side.buyers if which != "waiting" else side.customers),
            "profit": short_of(side.profit),
            "costs": short_of(side.costs),
            "each": "–" if each is None else short_of(round(each)),
            "net": short_of(side.net),
        }

    return {
        "name": _span_name(one.first_on, by),
        "bought": [told("new", one.new), told("kept", one.kept)],
        "waiting": told("waiting", one.waiting),
    }


def _balance_figures(told: "Sequence[Balance]") -> list[tuple[str, str]]:
    """Return what a new and a kept customer cost and brought, over all spans."""
    labels = {
        "new": (
            _("Cost of a new customer beside goods"),
            _("Profit of a new customer after all costs"),
        ),
        "kept": (
            _("Cost of a kept customer beside goods"),
            _("Profit of a kept customer after all costs"),
        ),
    }
    found = []
    for name, (cost, remains) in labels.items():
        sides = [getattr(one, name) for one in told]
        buyers = sum(one.buyers for one in sides) or 1
        spent, net = sum(one.costs for one in sides), sum(one.net for one in sides)
        found += [
            (cost, short_of(round(spent / buyers))),
            (remains, short_of(round(net / buyers))),
        ]
    return found


def _pair(
    told: "Sequence[Balance]", by: str, title: str, name: str
) -> Mapping[str, Any]:
    units = 1 if name == "buyers" else 10 ** minor_units(settings.CURRENCY)
    heads = [_span_name(one.first_on, by) for one in told]
    series, columns = [], []
    for key, label in list(_sides().items())[:2]:
        values = [getattr(getattr(one, key), name) for one in told]
        data = [
            {
                "value": value / units,
                "url": reverse(
                    "analytics:balance_behind", args=[by, one.first_on.isoformat(), key]
                ),
            }
            for value, one in zip(values, told, strict=True)
        ]
        series.append({"type": "bar", "name": label, "stack": "all", "data": data})
        shown = grouped if name == "buyers" else amount_of
        columns.append([shown(value) for value in values])
    return {
        "title": title,
        "option": {
            "legend": {"top": 0, "left": 0},
            "xAxis": {"type": "category", "data": heads},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": series,
        },
        "heads": [pgettext("span", "Span"), *list(_sides().values())[:2]],
        "rows": [list(row) for row in zip(heads, *columns, strict=True)],
    }
