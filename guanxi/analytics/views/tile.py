"""Tiles put on a dashboard, moved, changed and taken away."""

from typing import Any

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.analytics.boards.forms import NewTileForm, TileForm
from guanxi.analytics.boards.known import own_boards
from guanxi.analytics.boards.tile import (
    Tile,
    TileKind,
    Width,
    moved,
    plain_query,
    read_tiles,
    written_tiles,
)
from guanxi.analytics.commands.dashboard import change_dashboard, make_dashboard
from guanxi.analytics.models import Dashboard
from guanxi.analytics.views.dashboard import own, require_figures
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.viewer import StaffRequest, is_fragment, key_of

_SALT = "analytics.tile"


@login_required
@require_http_methods(["GET", "POST"])
def tile_new(request: StaffRequest) -> HttpResponse:
    """Put what the address asks of the explorer on a dashboard."""
    require_figures(request)
    known = [(str(one.pk), one.name) for one in own_boards(request.user)]
    usual = {"board": known[0][0] if known else "", "kind": _fitting(request)}
    form = NewTileForm(request.POST or None, known=known, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            kept = _added(request, form.cleaned_data)
        except Refused as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.message)
        else:
            toasts.success(request, _("It stands on the dashboard now."))
            return redirect("analytics:dashboard", str(kept.pk))
    cancel = f"{reverse('analytics:explore')}?{request.GET.urlencode()}"
    return _dialog(request, form, _("Add to dashboard"), cancel)


@login_required
@require_http_methods(["GET", "POST"])
def tile_edit(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Change how a tile is shown."""
    kept = own(request, pk)
    tiles = _tiles(kept, number)
    one = tiles[number]
    usual = {"title": one.title, "kind": one.kind, "width": one.width}
    form = TileForm(request.POST or None, initial={**usual, "version": kept.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        tiles[number] = _tile(data, one.query)
        try:
            _keep(request, kept, data["version"], tiles)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(_arranging(kept))
    return _dialog(request, form, _("Save tile"), _arranging(kept))


@login_required
@require_POST
def tile_move(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Move a tile one place towards the beginning or the end."""
    kept = own(request, pk)
    by = -1 if request.POST.get("to") == "earlier" else 1
    return _changed(request, kept, list(moved(_tiles(kept, number), number, by)))


@login_required
@require_POST
def tile_remove(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Take a tile away; it can be put back."""
    kept = own(request, pk)
    tiles = _tiles(kept, number)
    gone = tiles.pop(number)
    token = signing.dumps([number, written_tiles([gone])], salt=_SALT)
    undo = reverse("analytics:tile_undo", args=[pk, token])
    return _changed(request, kept, tiles, _("Tile taken away."), undo)


@login_required
@require_POST
def tile_undo(request: StaffRequest, pk: int, token: str) -> HttpResponse:
    """Put a tile back where it was."""
    kept = own(request, pk)
    try:
        number, told = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise NotVisible from None
    tiles = list(read_tiles(kept.tiles))
    tiles[number:number] = read_tiles(told)
    return _changed(request, kept, tiles, _("The tile is back."), version=kept.version)


def _changed(
    request: StaffRequest,
    kept: Dashboard,
    tiles: list[Tile],
    text: str = "",
    undo: str = "",
    version: int | None = None,
) -> HttpResponse:
    seen = key_of(request.POST.get("version", "")) if version is None else version
    try:
        _keep(request, kept, seen, tiles)
    except Refused as refusal:
        toasts.error(request, refusal.message)
    else:
        if text:
            toasts.success(request, text, extra_tags=undo)
    return redirect(_arranging(kept))


def _keep(
    request: StaffRequest, kept: Dashboard, version: int | None, tiles: list[Tile]
) -> None:
    change_dashboard(request.user, kept, version=version or 0, at=now(), tiles=tiles)


def _added(request: StaffRequest, data: dict[str, Any]) -> Dashboard:
    tile = _tile(data, plain_query(request.GET.urlencode()))
    if not data["board"]:
        name = data["name"]
        return make_dashboard(
            request.user, name=name, tiles=[tile], is_shared=False, at=now()
        )
    kept = own(request, int(data["board"]))
    tiles = [*read_tiles(kept.tiles), tile]
    return change_dashboard(
        request.user, kept, version=kept.version, at=now(), tiles=tiles
    )


def _tile(data: dict[str, Any], query: str) -> Tile:
    title = " ".join(data["title"].split())
    return Tile(TileKind(data["kind"]), query, Width(data["width"]), title)


def _tiles(kept: Dashboard, number: int) -> list[Tile]:
    tiles = list(read_tiles(kept.tiles))
    if number >= len(tiles):
        raise NotVisible
    return tiles


def _fitting(request: StaffRequest) -> TileKind:
    """Return the kind that shows best what the address asks."""
    times = ("year", "quarter", "month", "week", "day")
    if request.GET.get("rows", "month") in times:
        return TileKind.LINE
    return TileKind.HEAT if request.GET.get("columns") else TileKind.BAR


def _arranging(kept: Dashboard) -> str:
    return f"{reverse('analytics:dashboard', args=[str(kept.pk)])}?arrange=1"


def _dialog(
    request: StaffRequest, form: TileForm, submit: str, cancel: str
) -> HttpResponse:
    context = {
        "base": "ui/dialog.html" if is_fragment(request) else "ui/shell.html",
        "form": form,
        "submit_label": submit,
        "cancel_url": cancel,
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/tile_form.html", context, status=status)
