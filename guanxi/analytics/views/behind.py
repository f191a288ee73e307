"""What is behind a figure of the explorer: its orders, or its customers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.analytics import exploring
from guanxi.analytics.asked import ExploreForm
from guanxi.analytics.commands.core import segment_core
from guanxi.analytics.views.explore import form_of, require_readable, with_query
from guanxi.analytics.views.insight import amount_of
from guanxi.customers.queries.customer import customers
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, key_of
from guanxi.sales.queries.order import orders

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question

A_PAGE = 50
ORDERS, CUSTOMERS = "orders", "customers"
_COLUMN_OF = {ORDERS: "order_id", CUSTOMERS: "customer_id"}


@login_required
@require_GET
def behind(request: StaffRequest) -> HttpResponse:
    """List the orders or the customers that a figure counts."""
    require_readable(request)
    form, of = form_of(request), _listed(request)
    if not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    found = exploring.behind(request.user, _question(request, form), _COLUMN_OF[of])
    after = key_of(request.GET.get("after", "")) or 0
    page = found[after : after + A_PAGE]
    context = {
        "of": of,
        "chips": [(cut.dimension.label, cut.label) for cut in form.cuts],
        "first_on": form.cleaned_data["first_on"],
        "last_on": form.cleaned_data["last_on"],
        "count": len(found),
        "shows_amounts": "total" in policy_of("order").readable(request.user),
        "rows": _rows(request, of, page),
        "tabs": [
            (name, label, "?" + with_query(request, of=name, after=None))
            for name, label in ((ORDERS, _("Orders")), (CUSTOMERS, _("Customers")))
        ],
        "back": with_query(request, of=None, after=None, cell=None),
        "asked": request.GET.urlencode(),
        "next_url": f"?{with_query(request, after=str(after + A_PAGE))}"
        if len(found) > after + A_PAGE
        else "",
        "can_segment": of == CUSTOMERS and allowed(request.user, "segment.create"),
    }
    return render(request, "analytics/behind.html", context)


@login_required
@require_POST
def behind_segment(request: StaffRequest) -> HttpResponse:
    """Put the customers that a figure counts into a new segment."""
    require_readable(request)
    form = form_of(request)
    if not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    found = exploring.behind(request.user, _question(request, form), "customer_id")
    name = " · ".join(cut.label for cut in form.cuts) or _("All buyers")
    try:
        made = segment_core(
            request.user, [pk for pk, *_rest in found], name=name, at=now()
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        back = reverse("analytics:explore_behind")
        return redirect(f"{back}?{request.GET.urlencode()}")
    messages.success(request, _("Segment made"))
    return redirect("customers:segment", made)


def _question(request: StaffRequest, form: ExploreForm) -> "Question":
    """Return the question of the cell alone, where it says which figure it shows."""
    question, key = form.question(), request.GET.get("cell", "")
    return replace(question, metrics=(key,)) if key in form.known_metrics else question


def _listed(request: StaffRequest) -> str:
    metric = exploring.cube().metrics.get(request.GET.get("cell", ""))
    usual = CUSTOMERS if metric and metric.of_costs else ORDERS
    of = request.GET.get("of", usual)
    if of not in _COLUMN_OF:
        raise NotVisible
    return of


def _rows(
    request: StaffRequest, of: str, page: Sequence[tuple[int, int, date]]
) -> list[tuple[Any, str, date]]:
    """Return the orders or customers of ``page`` with what they bring to the figure."""
    seen = orders(request.user) if of == ORDERS else customers(request.user)
    found: dict[int, Any] = seen.in_bulk([pk for pk, *_rest in page])
    people = [one.customer if of == ORDERS else one for one in found.values()]
    shown = {one.pk: {"name": one.name} for one in people}
    record_shown(request.user, policy_of("customer"), shown, at=now())
    return [
        (found[pk], amount_of(amount), day) for pk, amount, day in page if pk in found
    ]
