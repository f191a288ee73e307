"""The page of a list."""

from collections.abc import Mapping, Sequence
from typing import cast

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate

from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.tables.bulk import run_bulk
from guanxi.foundation.tables.export import FORMS, export
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.saved import ViewRow, default_address, views
from guanxi.foundation.tables.shown import DENSITIES, shown
from guanxi.foundation.tables.state import State, state_of
from guanxi.foundation.tables.table import Table
from guanxi.foundation.tables.where import BadFilter
from guanxi.foundation.viewer import Viewer, is_fragment, viewer_of

YEAR = 365 * 86_400


def table_page(
    request: HttpRequest, table: Table, context: Mapping[str, object] | None = None
) -> HttpResponse:
    """
    Show ``table`` as the address asks, or do what was posted to its selection.

    A filter that cannot be used is told over the whole list, with status 400; htmx gets
    the refusal alone.
    """
    viewer = viewer_of(request)
    require(viewer, f"{table.kind}.read")
    if request.method == "POST":
        return run_bulk(request, table)
    if request.GET.get("export") in FORMS:
        # A stream is no HttpResponse by class, but a view may return it as one.
        return cast(HttpResponse, _exported(request, table))
    kept = views(viewer, table.key)
    if not request.GET and (address := default_address(kept)):
        return redirect(reverse(table.url) + address)
    today = localdate()
    try:
        listing = Listing(table, viewer, state_of(request.GET), today)
        return _answer(request, listing, kept, context)
    except BadFilter as refusal:
        if is_fragment(request):
            raise
        toasts.error(request, refusal.message)
        listing = Listing(table, viewer, State(), today)
        return _answer(request, listing, kept, context, status=400)


def _exported(request: HttpRequest, table: Table) -> HttpResponseBase:
    listing = Listing(table, viewer_of(request), state_of(request.GET), localdate())
    return export(listing, request.GET["export"])


def _answer(
    request: HttpRequest,
    listing: Listing,
    kept: Sequence[ViewRow],
    context: Mapping[str, object] | None,
    *,
    status: int = 200,
) -> HttpResponse:
    density = _density(request, viewer_of(request))
    page = listing.page()
    if listing.state.after and not page.rows:
        # What stood here went, often by a bulk action: the list itself is not empty.
        return redirect(reverse(listing.table.url) + listing.state.address())
    drawn = {"table": shown(listing, page, kept, density=density), **(context or {})}
    response = render(request, listing.table.template, drawn, status=status)
    policy = policy_of(listing.table.kind)
    record_shown(listing.viewer, policy, listing.protected(page), at=now())
    if "density" in request.GET:
        response.set_cookie("density", density, max_age=YEAR, samesite="Lax")
    return response


def _density(request: HttpRequest, viewer: Viewer) -> str:
    wanted = (
        request.GET.get("density"),
        request.COOKIES.get("density"),
        viewer.density,
    )
    return next((w for w in wanted if w in DENSITIES), DENSITIES[0])
