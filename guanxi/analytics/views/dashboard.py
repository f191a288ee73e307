"""Dashboards: figures and pictures beside each other, asked one by one."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
)

from guanxi.analytics import exploring, queries
from guanxi.analytics.boards.answered import Answered, answered, title_of
from guanxi.analytics.boards.file import workbook
from guanxi.analytics.boards.forms import BoardForm
from guanxi.analytics.boards.known import board, boards, own_boards
from guanxi.analytics.boards.paper import board_paper
from guanxi.analytics.boards.span import SpanForm
from guanxi.analytics.boards.tile import Tile
from guanxi.analytics.commands.dashboard import (
    change_dashboard,
    delete_dashboard,
    make_dashboard,
)
from guanxi.analytics.cubes.declared import Key
from guanxi.analytics.models import Dashboard
from guanxi.analytics.moments import new_moment, within
from guanxi.analytics.views.chips import chips
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.paper.pdf import paper_problem
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.export import FORMS
from guanxi.foundation.tables.saved import SHARE
from guanxi.foundation.viewer import StaffRequest, is_fragment

# What the page tells its tiles: they show one moment.
MARK = "X-Moment"


@login_required
@require_GET
def dashboard(request: StaffRequest, key: str = "") -> HttpResponse:
    """Show a dashboard; without ``key`` the first that the viewer has."""
    require_figures(request)
    known = boards(request.user)
    if not key:
        return redirect("analytics:dashboard", known[0].key if known else "sales")
    shown, form = board(request.user, key), span_form(request)
    query = request.GET.urlencode()
    context = {
        "board": shown,
        "known": [(one, f"{_page(one.key)}?{_asked(request)}") for one in known],
        "form": form,
        "chips": chips(request.GET, form.cuts),
        "is_loaded": exploring.is_loaded(),
        "tiles": [
            (number, one, title_of(one, request.user), _tile(shown.key, number, query))
            for number, one in enumerate(shown.tiles)
        ],
        "query": query,
        "moment": new_moment(request.user),
        "arranges": shown.is_mine and "arrange" in request.GET,
        "can_export": allowed(request.user, "order.export"),
        "has_paper": not paper_problem(),
    }
    return render(request, "analytics/dashboard.html", context)


@login_required
@require_GET
def dashboard_tile(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """Show one tile of a dashboard."""
    require_figures(request)
    tiles = board(request.user, key).tiles
    form = span_form(request)
    if number >= len(tiles) or not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    with within(request.user, request.headers.get(MARK, "")):
        one = _answered(request, tiles[number], form, _page(key))
    context = {"one": one, "can_export": allowed(request.user, "order.export")}
    return render(request, "analytics/_tile.html", context)


@login_required
@require_GET
def dashboard_export(request: StaffRequest, key: str) -> FileResponse:
    """Give a dashboard as an XLSX file with a sheet for each tile, or as a PDF document."""
    require_figures(request)
    require(request.user, "order.export")
    shown, form = board(request.user, key), span_form(request)
    if not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    words = [cut.word for cut in form.cuts]
    file_form = "pdf" if request.GET.get("as") == "pdf" else "xlsx"
    if file_form == "pdf":
        about = [f"{cut.dimension.label}: {cut.label}" for cut in form.cuts]
        paper = board_paper(request.user, shown, form.days, form.compared, words, about)
        file, rows = BytesIO(paper.content), paper.rows
    else:
        file, rows = workbook(request.user, shown.tiles, form.days, words)
    record_access(request.user, "export", "order", fields=[], rows=rows, at=now())
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{shown.name}.{file_form}",
        content_type=FORMS[file_form],
    )


@login_required
@require_http_methods(["GET", "POST"])
def dashboard_new(request: StaffRequest) -> HttpResponse:
    """Make a dashboard: empty, or as another one is now."""
    require_figures(request)
    source = request.GET.get("copy", "")
    copied = board(request.user, source) if source else None
    form = _board_form(request, {"name": str(copied.name) if copied else ""})
    if request.method == "POST" and form.is_valid():
        try:
            made = make_dashboard(
                request.user,
                tiles=copied.tiles if copied else [],
                at=now(),
                **form.values(),
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            toasts.success(request, _("Dashboard made. Add what you explore to it."))
            return redirect(f"{_page(str(made.pk))}?arrange=1")
    cancel = _page(copied.key) if copied else reverse("analytics:dashboards")
    return _dialog(request, form, _("Make dashboard"), cancel)


@login_required
@require_http_methods(["GET", "POST"])
def dashboard_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the name of a dashboard and who sees it, or delete it."""
    kept = own(request, pk)
    usual = {"name": kept.name, "is_shared": kept.is_shared, "version": kept.version}
    form = _board_form(request, usual)
    if request.method == "POST" and "delete" in request.POST:
        delete_dashboard(request.user, kept)
        toasts.success(request, _("Dashboard deleted."))
        return redirect("analytics:dashboards")
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            change_dashboard(
                request.user, kept, version=version, at=now(), **form.values()
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            toasts.success(request, _("Dashboard saved."))
            return redirect(_page(str(pk)))
    return _dialog(request, form, _("Save dashboard"), _page(str(pk)), kept=kept)


def require_figures(request: StaffRequest) -> None:
    """Let in only who reads figures of orders."""
    require(request.user, "analysis.read")
    require(request.user, "order.read")


def own(request: StaffRequest, pk: int) -> Dashboard:
    """
    Return a dashboard that the viewer may change.

    :raises NotVisible: if he has none of this number.
    """
    require_figures(request)
    found = next((one for one in own_boards(request.user) if one.pk == pk), None)
    if found is None:
        raise NotVisible
    return found


def span_form(request: StaffRequest) -> SpanForm:
    """Return what is asked of the whole page, up to the day of the latest analysis."""
    latest = queries.latest_runs(1)
    today = latest[0].as_of if latest else localdate()
    return SpanForm(request.GET, viewer=request.user, today=today)


def _answered(request: StaffRequest, tile: Tile, form: SpanForm, page: str) -> Answered:
    """Return what a tile shows; a click narrows the whole page."""
    words = [cut.word for cut in form.cuts]

    def address(cuts: Mapping[str, Key]) -> str:
        asked = _asked(request)
        kept = [w for w in asked.getlist("where") if w.partition(":")[0] not in cuts]
        added = [f"{side}:{key}" for side, key in cuts.items()]
        asked.setlist("where", [*kept, *added])
        return f"{page}?{asked.urlencode()}"

    return answered(request.user, tile, form.days, form.compared, words, address)


def _asked(request: StaffRequest) -> QueryDict:
    """Return what the address asks of the whole page."""
    asked = request.GET.copy()
    asked.pop("arrange", None)
    return asked


def _page(key: str) -> str:
    return reverse("analytics:dashboard", args=[key])


def _tile(key: str, number: int, query: str) -> str:
    return f"{reverse('analytics:dashboard_tile', args=[key, number])}?{query}"


def _board_form(request: StaffRequest, usual: Mapping[str, Any]) -> BoardForm:
    form = BoardForm(request.POST or None, initial={**usual})
    if not allowed(request.user, SHARE):
        del form.fields["is_shared"]
    return form


def _dialog(
    request: StaffRequest,
    form: BoardForm,
    submit: str,
    cancel: str,
    kept: Dashboard | None = None,
) -> HttpResponse:
    context = {
        "base": "ui/dialog.html" if is_fragment(request) else "ui/shell.html",
        "form": form,
        "submit_label": submit,
        "cancel_url": cancel,
        "kept": kept,
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/dashboard_form.html", context, status=status)
