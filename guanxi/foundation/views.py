"""What the shell asks for: search over everything, notices, panels of a record."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.compiled import asked_once
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.notices import notices_of, read_notices
from guanxi.foundation.planning import planned_for_values
from guanxi.foundation.rooms import ShownPanel, collected, panels_for
from guanxi.foundation.tables.keyset import LARGEST_ID
from guanxi.foundation.viewer import Viewer, is_fragment, viewer_of

PER_GROUP = 8
LONGEST_QUERY = 100


@login_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find in all rooms what the viewer may see; htmx gets the bare results."""
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_QUERY]
    viewer = viewer_of(request)
    groups = _found(viewer, query) if _is_enough(query) else []
    context = {"groups": groups, "query": query}
    template = "ui/results.html" if is_fragment(request) else "ui/search.html"
    return render(request, template, context)


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show the latest notices."""
    return render(
        request, "ui/notices.html", {"notices": notices_of(viewer_of(request).pk)}
    )


@login_required
@require_POST
def notices_reading(request: HttpRequest) -> HttpResponse:
    """Mark the notices as read that the page showed, and those before them."""
    latest = request.POST.get("latest", "")
    if latest.isdecimal() and int(latest) <= LARGEST_ID:
        read_notices(viewer_of(request), latest=int(latest), at=now())
    return redirect("foundation:notices")


@login_required
@require_GET
def panels(request: HttpRequest, place: str, pk: int) -> HttpResponse:
    """Show the fragments of all rooms at ``place``; one that fails leaves the others."""
    with asked_once():
        found = [
            {"panel": panel, "html": _fragment(request, panel)}
            for panel in panels_for(viewer_of(request), place, pk)
        ]
    shown = [one for one in found if one["html"] != ""]
    return render(request, "ui/fetched_panels.html", {"panels": shown})


def _fragment(request: HttpRequest, panel: ShownPanel) -> SafeString | None:
    """Return what the view of ``panel`` answers: nothing if it refuses, None if it fails."""
    view = _view_of(panel.view)

    def visit(request: HttpRequest) -> HttpResponse:
        try:
            return view(request, panel.subject_id)
        except (NotVisible, Denied, Refused):
            return HttpResponse(status=HTTPStatus.NOT_FOUND)

    answer = cast(HttpResponse, convert_exception_to_response(visit)(request))
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    # A template has escaped it already.
    return SafeString(answer.text if answer.status_code == HTTPStatus.OK else "")


@cache
def _view_of(name: str) -> Callable[..., HttpResponse]:
    """Return the view that is called ``name``; it stands behind a search of all addresses."""
    return cast(Callable[..., HttpResponse], resolve(reverse(name, args=[0])).func)


def _found(viewer: Viewer, query: str) -> list[dict[str, object]]:
    """Return what each room finds, room by room; nothing of those that find nothing."""
    with planned_for_values():
        groups = [
            (finder, finder.find(viewer, query, PER_GROUP))
            for finder in collected("finds")
        ]
    return [
        {"label": finder.label, "icon": finder.icon, "results": results}
        for finder, results in groups
        if results
    ]


def _is_enough(query: str) -> bool:
    """One Chinese character is a question; of other signs it takes two."""
    return len(query) > 1 or any(char > "\u2e7f" for char in query)
