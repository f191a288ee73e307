"""The page of the warehouse: where figures come from, and how they were loaded."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.analytics import exploring, queries, storage
from guanxi.analytics.commands.load import request_load
from guanxi.analytics.models import WarehouseLoad
from guanxi.analytics.storage import GRAINS
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest

STEPS = ("cleaned", "loaded", "merged", "refreshed")


@dataclass(frozen=True)
class LoadRow:
    """A load with the sums of its four steps, and what it did to each fact."""

    load: WarehouseLoad
    seconds: float | None
    steps: Sequence[int]
    facts: Sequence[tuple[str, Sequence[int]]]


@login_required
@require_http_methods(["GET", "POST"])
def warehouse(request: StaffRequest) -> HttpResponse:
    """Show what the warehouse holds and the latest loads; start one."""
    if request.method == "POST":
        return _start(request)
    require(request.user, "analysis.read")
    loads = queries.latest_loads()
    running = next(
        (one for one in loads if one.state == WarehouseLoad.State.RUNNING), None
    )
    cube = exploring.cube()
    return render(
        request,
        "analytics/warehouse.html",
        {
            "stored": storage.stored(),
            "loads": [_row(one) for one in loads],
            "latest": next((one for one in loads if one.finished_at), None),
            "running": running,
            "waiting": queries.waiting_changes(),
            "sides": len(cube.dimensions),
            "metrics": len(cube.metrics),
            "can_run": allowed(request.user, "analysis.run"),
        },
    )


def _start(request: StaffRequest) -> HttpResponse:
    is_whole = "whole" in request.POST
    try:
        request_load(request.user, is_whole=is_whole, at=now())
    except Refused as refusal:
        toasts.error(request, refusal.message)
    else:
        toasts.success(request, _("The load has begun. Look again in a moment."))
    return redirect("analytics:warehouse")


def _row(load: WarehouseLoad) -> LoadRow:
    facts = [
        (str(label), [load.counts[name][step] for step in STEPS])
        for name, (label, _grain) in GRAINS.items()
        if name in load.counts
    ]
    sums = [sum(counts[at] for _label, counts in facts) for at in range(len(STEPS))]
    seconds = (
        (load.finished_at - load.began_at).total_seconds() if load.finished_at else None
    )
    return LoadRow(load, seconds, sums, facts)
