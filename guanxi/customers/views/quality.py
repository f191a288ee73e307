"""How good the data of customers are: worklists, the trend, one customer, and the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.quality import (
    confirm_part,
    mark_contact_point,
    set_quality_rules,
)
from guanxi.customers.forms.quality import RulesForm, WhoseForm
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customer, points_of
from guanxi.customers.queries.duplicate_pair import MOST_COUNTED, count_open_pairs
from guanxi.customers.queries.quality import (
    Fault,
    Week,
    faults_of,
    quality_rules,
    quality_weeks,
    reviews_of,
    worklist,
)
from guanxi.customers.rules.quality import FULL, Dimension
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.actor import Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.figures import short
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import key_of

PAGE = 50


@dataclass(frozen=True)
class Line:
    """A customer of a worklist, its score, and what lowers it."""

    customer: Customer
    score: int
    faults: Sequence[Fault]
    may_edit: bool


@login_required
@require_GET
def quality(request: StaffRequest) -> HttpResponse:
    """Show whose data fall short in one dimension, and how the scores went by week."""
    require(request.user, "customer.read")
    dimension = _dimension(request.GET.get("dimension", Dimension.COMPLETENESS))
    whose = WhoseForm(request.GET, viewer=request.user)
    condition, readable = whose.condition(), CUSTOMER.readable(request.user)
    rows = worklist(request.user, dimension, whose=condition)
    start = PAGE * ((key_of(request.GET.get("page", "")) or 1) - 1)
    # One more than is shown tells whether there is another page.
    found = list(rows[start : start + PAGE + 1]) if dimension in readable else []
    weeks = quality_weeks(request.user, whose=condition)
    context = {
        "dimension": dimension,
        "tabs": _tabs(request, dimension),
        "whose": whose,
        "may_merge": allowed(request.user, "customer.merge"),
        "twice": _twice(request) if dimension is Dimension.ACCURACY else "",
        "lines": _lines(request, dimension, found[:PAGE]),
        "next_url": _page_url(request, start // PAGE + 2) if found[PAGE:] else "",
        "list_url": f"{reverse('customers:customers')}?{_falling_short(dimension)}",
        "chart": _chart(weeks) if weeks else None,
        "latest": weeks[-1] if weeks else None,
        "means": _means(weeks),
        "readable": readable,
        "currency": settings.CURRENCY,
    }
    return render(request, "customers/quality.html", context)


def _twice(request: StaffRequest) -> str:
    """Return how many pairs of customers are probably the same; nothing for none."""
    if not allowed(request.user, "duplicate_pair.read"):
        return ""
    count = count_open_pairs(request.user)
    if count > MOST_COUNTED:
        return f"{short(MOST_COUNTED)}+"
    return short(count) if count else ""


@login_required
@require_GET
def panel(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how good the data of one customer are and why, as a panel on its page."""
    found = customer(request.user, pk)
    readable = CUSTOMER.readable(request.user)
    faults = faults_of(request.user, [pk], at=now())[pk]
    may_edit = CUSTOMER.reaches(request.user, "edit", found)
    context = {
        "customer": found,
        "scores": [
            (dimension.label, getattr(found.traits, dimension))
            for dimension in Dimension
            if dimension in readable
        ],
        "total": found.traits.quality if "quality" in readable else None,
        "faults": faults,
        "reviews": reviews_of(request.user, found, faults),
        "points": [
            point
            for point in points_of(found)
            if CUSTOMER.level(request.user, point.kind) >= Level.READ
        ]
        if may_edit
        else [],
        "may_edit": may_edit,
        "may_merge": allowed(request.user, "customer.merge"),
    }
    return render(request, "customers/_quality_panel.html", context)


@login_required
@require_POST
def confirmation(request: StaffRequest, pk: int, part: str) -> HttpResponse:
    """Note that a part of a customer is still right."""
    found = customer(request.user, pk)
    try:
        confirm_part(request.user, found, part, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Confirmed. It counts as looked at today."))
    if "worklist" in request.POST:
        return redirect(f"{reverse('customers:quality')}?dimension=timeliness")
    return redirect("customers:customer", pk)


@login_required
@require_POST
def point_state(request: StaffRequest, pk: int, point_id: int) -> HttpResponse:
    """Note that a contact point does not reach anybody, or does again."""
    found = customer(request.user, pk)
    works = request.POST.get("works") == "yes"
    mark_contact_point(request.user, found, point_id, works=works, at=now())
    told = _("Marked as working.") if works else _("Marked as not working.")
    messages.success(request, told)
    return redirect("customers:customer", pk)


@login_required
def rules(request: StaffRequest) -> HttpResponse:
    """Set what counts as good data."""
    require(request.user, "quality_rule.edit")
    form = RulesForm(request.POST or None, rules=quality_rules())

    def decide() -> None:
        set_quality_rules(request.user, form.rules(), at=now())
        told = _("Saved. All customers are judged by these rules from tonight on.")
        messages.success(request, told)

    if accepted(form, decide):
        return redirect("customers:quality_rules")
    status = 422 if form.errors else 200
    context = {"form": form}
    return render(request, "customers/quality_rules.html", context, status=status)


def _dimension(text: str) -> Dimension:
    if text not in Dimension.values:
        raise NotVisible
    return Dimension(text)


def _lines(
    request: StaffRequest, dimension: Dimension, found: Sequence[Customer]
) -> list[Line]:
    """Return the lines of the worklist with the reasons of this dimension."""
    faults = faults_of(request.user, [one.pk for one in found], at=now())
    return [
        Line(
            customer=one,
            score=getattr(one.traits, dimension),
            faults=[f for f in faults[one.pk] if f.dimension is dimension],
            may_edit=CUSTOMER.reaches(request.user, "edit", one),
        )
        for one in found
    ]


def _tabs(request: StaffRequest, chosen: Dimension) -> list[dict[str, object]]:
    query = request.GET.copy()
    query.pop("page", None)
    tabs = []
    for dimension in Dimension:
        query["dimension"] = dimension.value
        tabs.append(
            {
                "label": dimension.label,
                "url": f"?{query.urlencode()}",
                "active": dimension is chosen,
            }
        )
    return tabs


def _page_url(request: StaffRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"


def _falling_short(dimension: Dimension) -> str:
    """Return the query of the list of customers who fall short in ``dimension``."""
    columns = ",".join(("name", "owner", "order_total", dimension.value))
    return urlencode({"where": f"{dimension}.lt.{FULL}", "cols": columns})


def _labels() -> Mapping[str, str]:
    total = pgettext("quality", "Total")
    return {"quality": total, **{one.value: str(one.label) for one in Dimension}}


def _means(weeks: Sequence[Week]) -> list[tuple[str, int]]:
    """Return the means of the latest week by their labels."""
    if not weeks:
        return []
    return [(label, weeks[-1].means[name]) for name, label in _labels().items()]


def _chart(weeks: Sequence[Week]) -> dict[str, object]:
    """Return the mean scores by week, as lines and as a table."""
    days = [date_format(week.week_on, "SHORT_DATE_FORMAT") for week in weeks]
    series = [
        {
            "type": "line",
            "name": label,
            "data": [week.means[name] for week in weeks],
            "lineStyle": {"width": 3 if name == "quality" else 1.5},
        }
        for name, label in _labels().items()
    ]
    return {
        "title": _("Mean scores by week"),
        "option": {
            "legend": {"top": 0},
            "grid": {"top": 40},
            "xAxis": {"type": "category", "data": days},
            "yAxis": {"type": "value", "min": 0, "max": FULL},
            "series": series,
        },
        "heads": [_("Week from"), *_labels().values()],
        "rows": [
            (day, *(week.means[name] for name in _labels()))
            for day, week in zip(days, weeks, strict=True)
        ],
    }
