"""The dialogs of a list: its filter, its columns, its saved views."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from django import forms
from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.models import SavedView
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed, collected
from guanxi.foundation.tables.builder import fields_of, kept_of, posted, rows_of
from guanxi.foundation.tables.bulk import undo_bulk
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.saved import (
    LONGEST_NAME,
    SHARE,
    choose_view,
    delete_view,
    save_view,
    view,
    views,
)
from guanxi.foundation.tables.state import state_of
from guanxi.foundation.tables.table import Table
from guanxi.foundation.tables.where import BadFilter, parse, written_top
from guanxi.foundation.viewer import is_fragment, viewer_of

CHOICES = {
    "pin": {"is_pinned": True},
    "unpin": {"is_pinned": False},
    "open": {"is_default": True},
    "leave": {"is_default": False},
}


class ViewForm(forms.Form):
    """The name of a view and who sees it."""

    name = forms.CharField(
        label=gettext_lazy("Name of the view"), max_length=LONGEST_NAME
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Share with everybody who has this list"), required=False
    )
    is_pinned = forms.BooleanField(
        label=gettext_lazy("Pin among the first tabs"), required=False, initial=True
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("Open the list with this view"), required=False
    )


@login_required
@require_http_methods(["GET", "POST"])
def table_filter(request: HttpRequest, key: str) -> HttpResponse:
    """Let the viewer build a filter; a POST leads to the list it describes."""
    listing = _listing(request, key)
    where, problem = listing.state.where, ""
    if request.method == "POST":
        where = posted(request.POST, kept_of(where, listing.filters))
        try:
            listing.filters.compiled(parse(written_top(where)))
        except BadFilter as refusal:
            problem = refusal.message
        else:
            return _to(listing.table, listing.state.address(where=where))
    fields = fields_of(listing.filters)
    context: dict[str, object] = {
        "base": _base(request),
        "table": listing.table,
        "fields": fields,
        "rows": rows_of(where, listing.filters),
        "fields_json": json.dumps([asdict(f) for f in fields], ensure_ascii=False),
        "problem": problem,
        "here": request.get_full_path(),
    }
    return render(request, "ui/filter.html", context, status=422 if problem else 200)


@login_required
@require_http_methods(["GET", "POST"])
def table_columns(request: HttpRequest, key: str) -> HttpResponse:
    """Let the viewer choose and order the columns."""
    listing = _listing(request, key)
    if request.method == "POST":
        chosen = tuple(request.POST.getlist("column"))
        return _to(listing.table, listing.state.address(columns=chosen))
    shown = listing.columns
    context = {
        "base": _base(request),
        "table": listing.table,
        "shown": shown,
        "others": [c for c in listing.showable.values() if c not in shown],
        "here": request.get_full_path(),
    }
    return render(request, "ui/columns.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def table_view(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the list as it is shown now under a name, or manage the kept ones."""
    listing = _listing(request, key)
    table, viewer = listing.table, listing.viewer
    here = listing.state.address()
    form = ViewForm(request.POST or None)
    if not allowed(viewer, SHARE):
        del form.fields["is_shared"]
    if request.method == "POST" and form.is_valid():
        try:
            _save(listing, here, form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            toasts.success(request, _("View saved."))
            return _to(table, here)
    kept = views(viewer, table.key)
    prefetch_related_objects(cast(list[SavedView], kept), "owner")
    context = {
        "base": _base(request),
        "table": table,
        "is_managed": "manage" in request.GET,
        "form": form,
        "saved_as": next((row.name for row in kept if row.query == here), ""),
        "submit_label": _("Save view"),
        "cancel_url": reverse(table.url) + here,
        "views": kept,
        "viewer_id": viewer.actor_id,
    }
    return render(request, "ui/views.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def table_undo(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Take back what was just done to the selected rows of a list."""
    return undo_bulk(request, _table(viewer_of(request), key), token)


@login_required
@require_POST
def view_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one's own view."""
    viewer = viewer_of(request)
    saved = view(viewer, pk)
    table = _table(viewer, saved.table)
    delete_view(viewer, saved)
    toasts.success(request, _("View deleted."))
    return _to(table, "")


@login_required
@require_POST
def view_choice(request: HttpRequest, pk: int) -> HttpResponse:
    """Pin or unpin a view, or make it the one that opens by default."""
    viewer = viewer_of(request)
    saved = view(viewer, pk)
    table = _table(viewer, saved.table)
    choose_view(viewer, saved, **CHOICES.get(request.POST.get("choice", ""), {}))
    return _to(table, saved.query)


def _save(listing: Listing, here: str, values: Mapping[str, Any]) -> None:
    viewer = listing.viewer
    saved = save_view(
        viewer,
        listing.table,
        name=values["name"],
        query=here,
        is_shared=values.get("is_shared", False),
        at=now(),
    )
    choose_view(
        viewer,
        saved,
        is_pinned=values["is_pinned"],
        is_default=values["is_default"],
    )


def _listing(request: HttpRequest, key: str) -> Listing:
    viewer = viewer_of(request)
    return Listing(_table(viewer, key), viewer, state_of(request.GET), localdate())


def _table(viewer: Actor, key: str) -> Table:
    for table in collected("tables"):
        if table.key == key:
            require(viewer, f"{table.kind}.read")
            return cast(Table, table)
    raise NotVisible


def _to(table: Table, address: str) -> HttpResponse:
    return redirect(reverse(table.url) + address)


def _base(request: HttpRequest) -> str:
    return "ui/dialog.html" if is_fragment(request) else "ui/shell.html"
