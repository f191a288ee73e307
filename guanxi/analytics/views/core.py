"""The customers who bring the main share of profit in a span of days."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.analytics import queries
from guanxi.analytics.commands.core import segment_core
from guanxi.analytics.forms import AMOUNT, PROFIT, CoreForm
from guanxi.analytics.views.insight import amount_of, short_of
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_stored_only
from guanxi.foundation.audit import record_access, record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.export import csv_answer
from guanxi.foundation.viewer import StaffRequest, key_of

if TYPE_CHECKING:
    from guanxi.analytics.profits import Core, CorePlace

A_PAGE = 50


@login_required
@require_GET
def core(request: StaffRequest) -> HttpResponse:
    """List who brings the main share, the most first."""
    queries.require_core(request.user)
    form = _form(request)
    found = _found(request, form)
    after = key_of(request.GET.get("after", "")) or 0
    places = found.places[after : after + A_PAGE] if found else []
    context = {
        "form": form,
        "found": found,
        "figures": _figures(found) if found else [],
        "rows": _rows(request, places),
        "by_profit": _is_by_profit(form),
        "asked": request.GET.urlencode(),
        "next_url": _next_url(request, after)
        if found and _is_more(found, after)
        else "",
        "can_export": allowed(request.user, "customer.export"),
        "can_segment": allowed(request.user, "segment.create"),
    }
    return render(request, "analytics/core.html", context)


@login_required
@require_GET
def core_export(request: StaffRequest) -> FileResponse:
    """Give all of them as a CSV file."""
    queries.require_core(request.user)
    require(request.user, "customer.export")
    form = _form(request)
    found = _found(request, form)
    places = {one.customer_id: one for one in found.places} if found else {}
    names = _takeable(request, places)
    header = [
        _("Rank"),
        _("Customer number"),
        _("Customer"),
        _label(form),
        _("Up to here (%)"),
    ]
    record_access(
        request.user, "export", "customer", fields=[], rows=len(names), at=now()
    )
    return csv_answer("core-customers.csv", header, _cells(places, names))


@login_required
@require_POST
def core_segment(request: StaffRequest) -> HttpResponse:
    """Put all of them into a new segment."""
    queries.require_core(request.user)
    form = _form(request)
    found = _found(request, form)
    pks = [one.customer_id for one in found.places] if found else []
    try:
        made = segment_core(request.user, pks, name=_name(form), at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(f"{reverse('analytics:core')}?{request.GET.urlencode()}")
    messages.success(request, _("Segment made"))
    return redirect("customers:segment", made)


def _form(request: StaffRequest) -> CoreForm:
    """Return what was asked, or a year up to the latest analysis."""
    first_on, last_on = queries.latest_year()
    reads_profits = queries.reads_profits(request.user)
    usual: dict[str, Any] = {
        "first_on": first_on.isoformat(),
        "last_on": last_on.isoformat(),
        "percent": "80",
        "by": PROFIT if reads_profits else AMOUNT,
    }
    given = {name: request.GET[name] for name in usual if name in request.GET}
    return CoreForm(usual | given, reads_profits=reads_profits)


def _found(request: StaffRequest, form: CoreForm) -> "Core | None":
    if not form.is_valid():
        return None
    data = form.cleaned_data
    return queries.core_customers(
        request.user,
        first_on=data["first_on"],
        last_on=data["last_on"],
        percent=data["percent"],
        by_profit=_is_by_profit(form),
    )


def _is_by_profit(form: CoreForm) -> bool:
    return form.is_valid() and form.cleaned_data["by"] == PROFIT


def _figures(found: "Core") -> list[tuple[str, str]]:
    count = len(found.places)
    share = 100 * count / (found.among or 1)
    return [
        (_("Core customers"), grouped(count)),
        (_("Of those who bought"), f"{share:.1f}%"),
        (_("Together"), short_of(sum(one.value for one in found.places))),
        (_("All together"), short_of(found.total)),
    ]


def _rows(
    request: StaffRequest, places: "list[CorePlace]"
) -> list[tuple[object, int, str, str]]:
    found = customers(request.user).in_bulk([one.customer_id for one in places])
    names = {pk: {"name": one.name} for pk, one in found.items()}
    record_shown(request.user, policy_of("customer"), names, at=now())
    return [
        (found[one.customer_id], one.rank, amount_of(one.value), f"{one.share:.1f}%")
        for one in places
        if one.customer_id in found
    ]


def _is_more(found: "Core", after: int) -> bool:
    return len(found.places) > after + A_PAGE


def _next_url(request: StaffRequest, after: int) -> str:
    asked = request.GET.copy()
    asked["after"] = str(after + A_PAGE)
    return f"?{asked.urlencode()}"


def _takeable(
    request: StaffRequest, places: "Mapping[int, CorePlace]"
) -> Mapping[int, str]:
    """Return the names of those that may be taken out in a file."""
    policy = policy_of("customer")
    rows = customers(request.user).filter(policy.visible(request.user, "export"))
    kept = rows.filter(pk__in=places).exclude(is_stored_only())
    return {
        pk: policy.shown(request.user, "name", name)
        for pk, name in kept.values_list("pk", "name")
    }


def _cells(
    places: "Mapping[int, CorePlace]", names: Mapping[int, str]
) -> Iterator[list[str | int]]:
    for pk, one in places.items():
        if pk in names:
            yield [one.rank, pk, names[pk], amount_of(one.value), f"{one.share:.1f}"]


def _label(form: CoreForm) -> str:
    return _("Profit") if _is_by_profit(form) else _("Amount")


def _name(form: CoreForm) -> str:
    """Return what a segment of them is called."""
    data = form.cleaned_data if form.is_valid() else {}
    first, last = data.get("first_on"), data.get("last_on")
    return _("Core customers %(first)s – %(last)s (%(percent)s%%)") % {
        "first": date_format(first, "SHORT_DATE_FORMAT") if first else "",
        "last": date_format(last, "SHORT_DATE_FORMAT") if last else "",
        "percent": data.get("percent", ""),
    }
