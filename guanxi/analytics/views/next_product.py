"""What to offer to customers next: on the page of one, the list, and what it rests on."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.analytics import offers, queries
from guanxi.analytics.commands.analysis import set_analysis_settings
from guanxi.analytics.commands.core import MOST_MEMBERS, segment_core
from guanxi.analytics.commands.next_product import OfferSettled, record_offer
from guanxi.analytics.forms import OfferForm
from guanxi.analytics.models import NextProduct, OfferGround
from guanxi.analytics.policies import NEXT_PRODUCT
from guanxi.analytics.rules import OFFER_DAYS, GroundKind, OfferState
from guanxi.analytics.tables import NEXT_PRODUCTS, OFFER_TONES
from guanxi.customers.queries.customer import bare_customer
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import StaffRequest, is_fragment, key_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guanxi.customers.models import Customer

A_PAGE = 50


@login_required
def next_products(request: StaffRequest) -> HttpResponse:
    """List what can be offered to which customer."""
    require(request.user, "next_product.read")
    may_analyse = allowed(request.user, "analysis.read")
    return table_page(request, NEXT_PRODUCTS, {"can_analyse": may_analyse})


@login_required
@require_GET
def next_grounds(request: StaffRequest) -> HttpResponse:
    """Show what the suggestions rest on, how good they are, and what came of them."""
    require(request.user, "next_product.read")
    require(request.user, "analysis.read")
    at, viewer = now(), request.user
    latest = queries.latest_runs(1)
    quality = offers.held_out()
    buyers = quality.get("buyers", 0)
    context = {
        "run": latest[0] if latest else None,
        "quality": _quality(quality) if quality.get("customers") else None,
        "rules": [
            {**_rule(row), "support": _percent(100 * row.both / buyers)}
            for row in offers.offer_grounds(viewer, GroundKind.RULE)
            if buyers
        ],
        "peers": [_peers(row) for row in offers.offer_grounds(viewer, GroundKind.PEERS)]
        if offers.tells_reasons(viewer)
        else [],
        "links": "lines" in policy_of("order").readable(viewer),
        "by_product": _rates(offers.acceptances(viewer, by="product", at=at)),
        "by_kind": _rates(offers.acceptances(viewer, by="kind", at=at)),
        "days": OFFER_DAYS,
        "can_configure": allowed(viewer, "analysis.configure"),
        "settings": queries.analysis_settings().offer,
    }
    return render(request, "analytics/next_grounds.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def next_lacking(request: StaffRequest, pk: int) -> HttpResponse:
    """List who has the one product of a rule and not the other, or put them in a segment."""
    require(request.user, "next_product.read")
    require(request.user, "analysis.read")
    rule = offers.rule_of(request.user, pk)
    rows = offers.lacking(request.user, rule, at=now())
    if request.method == "POST":
        return _made_segment(request, rule, rows)
    after = key_of(request.GET.get("after", "")) or 0
    found = list(rows.filter(pk__gt=after).only("name")[: A_PAGE + 1])
    shown = {one.pk: {"name": one.name} for one in found[:A_PAGE]}
    record_shown(request.user, policy_of("customer"), shown, at=now())
    context = {
        **_rule(rule),
        "customers": found[:A_PAGE],
        "count": grouped(rows.count()),
        "asked": "",
        "next_url": f"?after={found[A_PAGE - 1].pk}" if found[A_PAGE:] else "",
        "can_segment": allowed(request.user, "segment.create"),
    }
    return render(request, "analytics/next_lacking.html", context)


def _made_segment(
    request: StaffRequest, rule: OfferGround, rows: "QuerySet[Customer]"
) -> HttpResponse:
    named = {"given": rule.given, "product": rule.product}
    name = _("Has %(given)s, lacks %(product)s") % named
    pks = list(rows.values_list("pk", flat=True)[: MOST_MEMBERS + 1])
    try:
        made = segment_core(request.user, pks, name=name[:120], at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("analytics:next_lacking", rule.pk)
    messages.success(request, _("Segment made"))
    return redirect("customers:segment", made)


@login_required
def next_settings(request: StaffRequest) -> HttpResponse:
    """Set when others speak for a product."""
    require(request.user, "analysis.configure")
    form = OfferForm.of(queries.analysis_settings().offer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {**queries.changed_settings(), "offer": form.values()}
        set_analysis_settings(request.user, values=values, at=now())
        messages.success(request, _("Rule saved. It applies from the next analysis."))
        return redirect("analytics:next_grounds")
    context = {
        "base": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "form": form,
        "submit_label": _("Save rule"),
        "cancel_url": reverse("analytics:next_grounds"),
        "draft": "",
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/next_settings.html", context, status=status)


@login_required
@require_GET
def of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what to offer to a customer next, as a panel on the customer's page."""
    require(request.user, "next_product.read")
    bare_customer(request.user, pk)
    return _panel(request, pk)


@login_required
@require_POST
def outcome(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that a product was offered, or what the customer said to it."""
    found = offers.next_product(request.user, pk)
    try:
        wanted = OfferState(request.POST.get("outcome", ""))
    except ValueError as error:
        raise NotVisible from error
    problem = ""
    try:
        record_offer(request.user, found, outcome=wanted, at=now())
    except OfferSettled as refusal:
        problem = refusal.message
    if is_fragment(request):
        return _panel(request, found.customer_id, problem)
    if problem:
        messages.error(request, problem)
    return redirect("customers:customer", found.customer_id)


def _panel(request: StaffRequest, pk: int, problem: str = "") -> HttpResponse:
    viewer = request.user
    tells = offers.tells_reasons(viewer)
    rows = offers.next_products_of(viewer, pk, at=now())
    context = {
        "rows": [_shown(row, request, tells=tells) for row in rows],
        "problem": problem,
    }
    return render(request, "analytics/_next_of_customer.html", context)


def _shown(row: NextProduct, request: StaffRequest, *, tells: bool) -> dict[str, Any]:
    state = OfferState(row.state)
    return {
        "pk": row.pk,
        "product": row.product,
        "reason": offers.reason_of(row.ground) if tells else "",
        "state": state,
        "label": state.label,
        "tone": OFFER_TONES[state],
        "may_record": NEXT_PRODUCT.reaches(request.user, "record", row),
        "is_bought": row.bought_at is not None,
    }


def _quality(told: dict[str, int]) -> dict[str, str]:
    count = told["customers"]
    return {
        "days": str(told["days"]),
        "customers": grouped(count),
        "hits": f"{100 * told['hits'] / count:.1f}",
        "popular": f"{100 * told['popular'] / count:.1f}",
    }


def _figures(row: OfferGround) -> dict[str, Any]:
    return {
        "product": row.product,
        "both": grouped(row.both),
        "among": grouped(row.among),
        "share": f"{100 * row.share:.1f}%",
        "base": f"{100 * row.base:.1f}%",
        "lift": f"{row.lift:.1f}",
    }


def _rule(row: OfferGround) -> dict[str, Any]:
    """Return a rule with where the customers stand who have the one and not the other."""
    address = reverse("analytics:next_lacking", args=[row.pk])
    return {**_figures(row), "given": row.given, "url": address}


def _peers(row: OfferGround) -> dict[str, Any]:
    return {**_figures(row), "group": offers.group_of(row)}


def _rates(rows: list[offers.Acceptance]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "offered": grouped(one.offered),
            "accepted": grouped(one.accepted),
            "rate": _percent(one.rate),
            "bought": _percent(one.bought_rate),
            "left": grouped(one.left),
            "anyway": _percent(one.anyway_rate),
        }
        for one in rows
    ]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}%"
