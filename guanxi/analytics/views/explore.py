"""The explorer: sales from every side."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
)

from guanxi.analytics import exploring, queries
from guanxi.analytics.asked import ExploreForm, SaveForm
from guanxi.analytics.boards.paper import exploration_paper
from guanxi.analytics.commands.exploration import PAGE, save_exploration
from guanxi.analytics.pivoted import pivoted
from guanxi.analytics.views.chips import chips
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.paper.pdf import PDF, paper_problem
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.export import FORMS, table_answer
from guanxi.foundation.tables.saved import SHARE, delete_view, tabs, view, views
from guanxi.foundation.viewer import StaffRequest, is_fragment, key_of


@login_required
@require_GET
def explore(request: StaffRequest) -> HttpResponse:
    """Show the pivot that the address asks for."""
    require_readable(request)
    form = form_of(request)
    context: dict[str, Any] = {
        "form": form,
        "asked": request.GET.urlencode(),
        "chips": chips(request.GET, form.cuts),
        "metrics": form.known_metrics.values(),
        "can_export": allowed(request.user, "order.export"),
        "has_paper": not paper_problem(),
        "saved": tabs(
            views(request.user, PAGE), here=f"?{request.GET.urlencode()}", usual_sort=""
        ),
    }
    if form.is_valid() and exploring.is_loaded():
        context |= _told(request, form)
    return render(request, "analytics/explore.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def explore_views(request: StaffRequest) -> HttpResponse:
    """Keep the address under a name, and let go of names that are kept."""
    require(request.user, "analysis.read")
    viewer, query = request.user, f"?{request.GET.urlencode()}"
    form = SaveForm(request.POST or None)
    if not allowed(viewer, SHARE):
        del form.fields["is_shared"]
    if request.method == "POST" and (form.is_valid() or "remove" in request.POST):
        _keep_or_remove(request, form, query)
        return redirect(f"{reverse('analytics:explore')}{query}")
    context = {
        "base": "ui/dialog.html" if is_fragment(request) else "ui/shell.html",
        "form": form,
        "submit_label": _("Save view"),
        "cancel_url": f"{reverse('analytics:explore')}{query}",
        "views": [one for one in views(viewer, PAGE) if one.owner_id == viewer.pk],
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/explore_views.html", context, status=status)


def _keep_or_remove(request: StaffRequest, form: SaveForm, query: str) -> None:
    viewer = request.user
    if "remove" in request.POST:
        delete_view(viewer, view(viewer, key_of(request.POST["remove"]) or 0))
        messages.success(request, _("View deleted."))
        return
    name, is_shared = form.cleaned_data["name"], form.cleaned_data.get("is_shared")
    save_exploration(
        viewer, name=name, query=query, is_shared=bool(is_shared), at=now()
    )
    messages.success(request, _("View saved."))


@login_required
@require_GET
def explore_export(request: StaffRequest) -> FileResponse:
    """Give the whole pivot as a CSV or XLSX file, or as a PDF document."""
    require_readable(request)
    require(request.user, "order.export")
    form = form_of(request)
    if not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    heads, rows = exploring.plain_table(request.user, form.question())
    form_of_file = request.GET.get("as", "csv")
    if form_of_file not in FORMS:
        raise NotVisible
    record_access(
        request.user, "export", "order", fields=[], rows=len(rows) - 1, at=now()
    )
    if form_of_file == "pdf":
        return _paper_answer(request, form)
    return table_answer("sales", form_of_file, heads, rows)


def _paper_answer(request: StaffRequest, form: ExploreForm) -> FileResponse:
    """Answer with what the page shows, on paper."""
    found = pivoted(request.user, form, request.GET)
    title = str(found.chart["title"])
    paper = exploration_paper(request.user, form, found, title)
    return FileResponse(
        BytesIO(paper.content),
        as_attachment=True,
        filename=f"{title}.pdf",
        content_type=PDF,
    )


def require_readable(request: StaffRequest) -> None:
    """
    Let pass whoever may ask from every side: the analysis, and orders.

    :raises Denied: for everybody else.
    """
    require(request.user, "analysis.read")
    require(request.user, "order.read")


def form_of(request: StaffRequest) -> ExploreForm:
    """Return what was asked, up to the day of the latest analysis."""
    latest = queries.latest_runs(1)
    last_on = latest[0].as_of if latest else localdate()
    return ExploreForm(request.GET, viewer=request.user, last_on=last_on)


def _told(request: StaffRequest, form: ExploreForm) -> dict[str, Any]:
    """Return what the template shows of the answer."""
    found = pivoted(request.user, form, request.GET)
    data = form.cleaned_data
    sides = {"rows": data["columns"], "columns": data["rows"]}
    return {
        **vars(found),
        "swap_url": f"?{with_query(request, **sides)}" if data["columns"] else "",
    }


def with_query(request: StaffRequest, **changes: str | None) -> str:
    """Return the query string with some values changed; None takes one out."""
    asked = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            asked.pop(name, None)
        else:
            asked[name] = value
    return asked.urlencode()
