"""Number, lifetime and quality of the relationships with customers, month by month."""

from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.analytics import queries
from guanxi.analytics.forms import RelationsForm
from guanxi.analytics.queries import RELATION_FIELDS, Relations
from guanxi.analytics.rules import end_of
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.viewer import StaffRequest, key_of

A_PAGE = 50


@login_required
@require_GET
def relationships(request: StaffRequest) -> HttpResponse:
    """Show number, lifetime and quality of the relationships over the months."""
    require(request.user, "analysis.read")
    form = _narrowing(request)
    is_told = set(RELATION_FIELDS) <= policy_of("customer").readable(request.user)
    months = (
        queries.relation_months(request.user, where=form.condition()) if is_told else []
    )
    context = {
        "form": form,
        "asked": urlencode(form.asked),
        "is_told": is_told,
        "months": months[::-1],
        "figures": _figures(months),
        "charts": _charts(months) if months else [],
    }
    return render(request, "analytics/relationships.html", context)


@login_required
@require_GET
def of_month(request: StaffRequest, month: str) -> HttpResponse:
    """List the customers whose relationship was alive at the end of a month."""
    require(request.user, "analysis.read")
    policy = policy_of("customer")
    if not set(RELATION_FIELDS) <= set(policy.readable(request.user)):
        raise NotVisible
    until = _end(month)
    form, after = _narrowing(request), key_of(request.GET.get("after", "")) or 0
    rows = queries.related_customers(request.user, until)
    rows = rows.filter(form.condition(tier_at="traits__tier"), pk__gt=after)
    found = list(rows[: A_PAGE + 1])
    shown = found[:A_PAGE]
    record_shown(
        request.user, policy, {one.pk: {"name": one.name} for one in shown}, at=now()
    )
    here = reverse("analytics:relationships_of", args=[month])
    following = urlencode({**form.asked, "after": shown[-1].pk}) if shown else ""
    context = {
        "month": date_format(until, "YEAR_MONTH_FORMAT"),
        "until": until,
        "customers": shown,
        "next_url": f"{here}?{following}" if found[A_PAGE:] else "",
    }
    return render(request, "analytics/relationships_of.html", context)


def _narrowing(request: StaffRequest) -> RelationsForm:
    readable = policy_of("customer").readable(request.user)
    return RelationsForm(request.GET, viewer=request.user, readable=readable)


def _end(month: str) -> date:
    """Return the day at the end of ``month`` (``2026-03``) up to which was counted."""
    latest = queries.latest_runs(1)
    try:
        month_on = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise NotVisible from error
    if not latest or month_on > latest[0].as_of:
        raise NotVisible
    return end_of(month_on, latest[0].as_of)


def _figures(months: Sequence[Relations]) -> list[tuple[str, str, str]]:
    """Return the figures of the latest month: label, value, change since the one before."""
    if not months:
        return []
    before = months[-2] if len(months) > 1 else months[-1]
    return [
        (label, show(months[-1]), _change(value(months[-1]) - value(before)))
        for label, value, show in _measures()
    ]


def _change(difference: float) -> str:
    return f"{round(difference, 1):+,g}" if difference else ""


_Measure = tuple[str, Callable[[Relations], float], Callable[[Relations], str]]


def _measures() -> Sequence[_Measure]:
    return [
        (
            _("Relationships"),
            lambda one: one.customers,
            lambda one: grouped(one.customers),
        ),
        (
            _("Average lifetime (months)"),
            lambda one: one.months,
            lambda one: f"{one.months:g}",
        ),
        (
            _("Relationship quality (0–100)"),
            lambda one: one.quality,
            lambda one: f"{one.quality:g}",
        ),
    ]


def _charts(months: Sequence[Relations]) -> list[dict[str, object]]:
    names = [one.month_on.strftime("%Y-%m") for one in months]
    return [
        {
            "title": label,
            "option": {
                "xAxis": {"type": "category", "data": names},
                "yAxis": {"type": "value", "scale": True},
                "series": [
                    {"type": "line", "name": label, "data": [value(m) for m in months]}
                ],
            },
            "heads": [_("Month"), label],
            "rows": [
                (name, show(one)) for name, one in zip(names, months, strict=True)
            ],
        }
        for label, value, show in _measures()
    ]
