"""The home page: what now?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.actions.models import Task
from guanxi.actions.queries.action_message import (
    my_worklist,
    open_messages,
)
from guanxi.actions.queries.home import home_stats
from guanxi.actions.queries.home_list import home_lists
from guanxi.actions.queries.line import page_of
from guanxi.actions.queries.task import my_tasks
from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest
from guanxi.identity.queries import home_of
from guanxi.identity.rules.role import HomeBlock

MINE, ALL = "mine", "all"
_SCOPES = {MINE: my_worklist, ALL: open_messages}


@dataclass(frozen=True)
class Tab:
    """One tab of the worklist."""

    label: str
    url: str
    active: bool
    count: str = ""


@login_required
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """Show what needs the viewer today, most important first."""
    viewer = request.user
    if not allowed(viewer, "action_message.read"):
        return redirect("customers:customers")
    scope = request.GET.get("scope", "")
    start = request.GET.get("from", "")
    lines, more = page_of(viewer, _SCOPES.get(scope or MINE, open_messages), start)
    if not lines and not scope:
        # Whoever has nothing of his own, a new administrator, sees what there is.
        lines, more = page_of(viewer, open_messages, start)
        scope = ALL if lines else MINE
    scope = scope or MINE
    context: dict[str, object] = {
        "lines": lines,
        "more_url": f"?scope={scope}&from={more}" if more else "",
        "tabs": _tabs(scope),
        "scope": scope,
    }
    if request.htmx and request.GET.get("from"):
        return render(request, "actions/_lines.html", context)
    today, blocks = localdate(), home_of(viewer)
    stats = home_stats(viewer, blocks, today=today)
    context |= {
        # Figures first for whose roles put them first.
        "stats_first": blocks[0] not in (HomeBlock.WORKLIST, HomeBlock.TASKS),
        "has_worklist": HomeBlock.WORKLIST in blocks,
        "lists": []
        if HomeBlock.WORKLIST in blocks
        else home_lists(viewer, blocks, today=today),
        "today": today,
        "tasks": asked_by(viewer, _tasks, until=today),
        "stats": stats,
        "is_new": not lines and not stats and _may_begin(viewer),
    }
    return render(request, "actions/home.html", context)


def _may_begin(viewer: Actor) -> bool:
    """Tell whether ``viewer`` can bring data in and have it analyzed."""
    return allowed(viewer, "import_run.create") and allowed(viewer, "analysis.run")


def _tasks(viewer: Actor, until: date) -> "QuerySet[Task]":
    rows = my_tasks(viewer, until=until)
    return rows.select_related("customer", "assignee")[:10]


def _tabs(scope: str) -> Sequence[Tab]:
    return [
        Tab(label=_("Mine"), url=f"?scope={MINE}", active=scope == MINE),
        Tab(label=_("All I may see"), url=f"?scope={ALL}", active=scope != MINE),
    ]
