"""The home page: what now?"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.actions.queries.action_message import (
    my_worklist,
    open_messages,
)
from guanxi.actions.queries.home import home_stats
from guanxi.actions.queries.line import page_of
from guanxi.actions.queries.task import my_tasks
from guanxi.foundation.rooms import allowed


@dataclass(frozen=True)
class Scope:
    """One tab of the worklist."""

    label: str
    url: str
    active: bool
    count: str = ""


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs the viewer today, most important first."""
    viewer = request.user
    if not allowed(viewer, "action_message.read"):
        return redirect("customers:customers")
    scope = request.GET.get("scope", "mine")
    rows = my_worklist(viewer) if scope == "mine" else open_messages(viewer)
    lines, more = page_of(rows, request.GET.get("from", ""))
    context = {
        "lines": lines,
        "more_url": f"?scope={scope}&from={more}" if more else "",
        "scopes": _scopes(scope),
        "scope": scope,
    }
    if request.htmx and request.GET.get("from"):
        return render(request, "actions/_lines.html", context)
    today = localdate()
    context |= {
        "today": today,
        "tasks": list(
            my_tasks(viewer, until=today).select_related("customer", "assignee")[:10]
        ),
        "stats": home_stats(viewer),
    }
    return render(request, "actions/home.html", context)


def _scopes(scope: str) -> Sequence[Scope]:
    return [
        Scope(label=_("Mine"), url="?scope=mine", active=scope == "mine"),
        Scope(label=_("All I may see"), url="?scope=all", active=scope != "mine"),
    ]
