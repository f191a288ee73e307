"""The weighted grading: set, tried before it is saved, and saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from guanxi.analytics import queries
from guanxi.analytics.commands.analysis import request_analysis, set_analysis_settings
from guanxi.analytics.grades.forms import GradingForm
from guanxi.analytics.grades.trial import tried
from guanxi.analytics.grades.words import figures
from guanxi.analytics.moves import NONE, Moves
from guanxi.analytics.queries import SETTINGS
from guanxi.analytics.views.group import group_page
from guanxi.analytics.views.insight import read_by
from guanxi.customers.queries.grade import grades
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest
from guanxi.foundation.words import Words


@dataclass(frozen=True)
class GradeRow:
    """A grade with its customers now and then; ``moves`` to each grade, with the address."""

    label: Words
    least: str
    before: str
    after: str
    share: int
    moves: Sequence[tuple[str, str]]


@login_required
@require_http_methods(["GET", "POST"])
def grading(request: StaffRequest) -> HttpResponse:
    """Show the scheme and what another would change; a POST saves the one that is shown."""
    form = _form(request)
    is_asked = bool(request.GET)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    trial = tried(request.user, form.found()) if is_asked and form.is_valid() else None
    context = {
        "form": form,
        "is_asked": is_asked,
        "version": form.scheme.version,
        "has_run": bool(queries.latest_runs(1)),
        "can_run": allowed(request.user, "analysis.run"),
        "asked": request.GET.urlencode(),
        **(_told(request, form, trial) if trial else {}),
    }
    status = 422 if is_asked and form.errors else 200
    return render(request, "analytics/grading.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def grading_moves(request: StaffRequest, old: str, new: str) -> HttpResponse:
    """List who would go from one grade to another; a POST makes a segment of them."""
    form = _form(request)
    if "last_order_on" not in read_by(request):
        raise NotVisible
    trial = tried(request.user, form.found()) if form.is_valid() else None
    if trial is None or not {old, new} <= set(trial.keys):
        raise NotVisible
    names = _names()
    asked = request.GET.copy()
    asked.pop("after", None)
    title = f"{names[old]} → {names[new]}"
    page = f"{reverse('analytics:grading')}?{asked.urlencode()}"
    found = trial.members(old, new)
    return group_page(
        request, found, title=title, back=(pgettext("customers", "Grading"), page)
    )


def _form(request: StaffRequest) -> GradingForm:
    """Return the form with what was asked, of the figures that the viewer may read."""
    require(request.user, "analysis.configure")
    readable = read_by(request)
    if "grade" not in readable:
        raise NotVisible
    offered = {key: one for key, one in figures().items() if one.fields <= readable}
    return GradingForm(
        request.GET,
        queries.analysis_settings().grading,
        offered=offered,
        grades=grades(),
    )


def _saved(request: StaffRequest, form: GradingForm) -> HttpResponse:
    scheme = replace(form.found(), version=form.scheme.version + 1)
    laws = SETTINGS.dump_python(
        replace(queries.analysis_settings(), grading=scheme), mode="json"
    )
    values = {**queries.changed_settings(), "grading": laws["grading"]}
    set_analysis_settings(request.user, values=values, at=now())
    told = _("Grading saved. It applies from the next analysis.")
    latest = queries.latest_runs(1)
    if "run" in request.POST and latest:
        try:
            request_analysis(request.user, as_of=queries.present_day(now()), at=now())
            told = _("Grading saved. Customers are graded now, which takes a moment.")
        except Refused as refusal:
            toasts.error(request, refusal.message)
    toasts.success(request, told)
    return redirect("analytics:grading")


def _names() -> Mapping[str, Words]:
    return {**grades(), NONE: pgettext("customer", "No grade")}


def _told(request: StaffRequest, form: GradingForm, trial: Moves) -> dict[str, Any]:
    """Return what the trial found: customers by grade, and who moves."""
    names, moves = _names(), trial.moves()
    least = {cut.key: f"{cut.least:g}" for cut in form.found().grades}
    whole, query = len(trial.customer_ids), request.GET.urlencode()
    rows = []
    for key in trial.keys:
        after = sum(moves[old, key] for old in trial.keys)
        before = sum(moves[key, new] for new in trial.keys)
        if key == NONE and not before + after:
            continue
        rows.append(
            GradeRow(
                names[key],
                least.get(key, ""),
                grouped(before),
                grouped(after),
                round(100 * after / (whole or 1)),
                [_cell(moves, key, new, query) for new in trial.keys],
            )
        )
    return {
        "rows": rows,
        "heads": [names[key] for key in trial.keys],
        "figures": _sums(trial.keys, moves),
    }


def _cell(
    moves: Mapping[tuple[str, str], int], old: str, new: str, query: str
) -> tuple[str, str]:
    count = moves[old, new]
    url = f"{reverse('analytics:grading_moves', args=[old, new])}?{query}"
    return (grouped(count), url) if count else ("", "")


def _sums(
    keys: Sequence[str], moves: Mapping[tuple[str, str], int]
) -> list[tuple[str, str]]:
    """Return how many would rise, fall, stay, and get a grade for the first time."""
    place = {key: n for n, key in enumerate(keys)}
    sums = {"up": 0, "down": 0, "stay": 0, "first": 0}
    for (old, new), count in moves.items():
        if old == NONE and new != NONE:
            sums["first"] += count
        elif place[new] == place[old]:
            sums["stay"] += count
        else:
            sums["up" if place[new] < place[old] else "down"] += count
    labels = {
        "up": _("Would rise"),
        "down": _("Would fall"),
        "stay": _("Would stay"),
        "first": _("Graded for the first time"),
    }
    return [(labels[key], grouped(count)) for key, count in sums.items()]
