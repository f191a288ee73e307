"""The pages of imports: upload, check, progress, result, undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.figures import grouped
from guanxi.foundation.imports import commands
from guanxi.foundation.imports.forms import (
    FormatForm,
    MapForm,
    PlanForm,
    SavedMapForm,
    UploadForm,
    columns_of,
)
from guanxi.foundation.imports.kinds import Fate, ImportKind, import_kind
from guanxi.foundation.imports.queries import import_maps, import_run, kinds_for
from guanxi.foundation.imports.refused import labels_of, told
from guanxi.foundation.imports.source import form_of, keep_file, refused_path
from guanxi.foundation.imports.tables import IMPORTS, STATE_LABELS, STATE_TONES
from guanxi.foundation.models import ImportRun
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import StaffRequest

if TYPE_CHECKING:
    from guanxi.foundation.words import Words

State = ImportRun.State
ACTIVE = frozenset({State.CHECKING, State.RUNNING, State.UNDOING})
FAR = 99 * 3600
FATE_TONES = {
    Fate.CREATED: "green",
    Fate.UPDATED: "blue",
    Fate.SKIPPED: "gray",
    Fate.REFUSED: "red",
}


@dataclass(frozen=True)
class Figure:
    """One number of a run: see ``ui/stat.html``."""

    label: str
    value: str
    url: str = ""
    trend: str = ""
    tone: str = "gray"


@dataclass(frozen=True)
class Example:
    """One row of the file and what becomes of it; ``cells`` are as they would be stored."""

    row: int
    fate: str
    tone: str
    cells: Sequence[str]
    reason: str


@dataclass(frozen=True)
class Reason:
    """Why rows are refused, how many, and the first of them."""

    text: str
    count: int
    row: int


@login_required
def runs(request: StaffRequest) -> HttpResponse:
    """List the imports."""
    kinds = kinds_for(request.user) if may(request.user, "import_run.create") else []
    return table_page(request, IMPORTS, {"kinds": kinds})


@login_required
def new(request: StaffRequest) -> HttpResponse:
    """Ask for a file; a POST keeps it and has it looked at."""
    require(request.user, "import_run.create")
    initial = {"kind": request.GET.get("kind", "")}
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        viewer=request.user,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        made = _uploaded(request, import_kind(form.cleaned_data["kind"]), file)
        return redirect("imports:run", made.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "cancel_url": reverse("imports:runs")}
    return render(request, "imports/new.html", context, status=status)


@login_required
@require_GET
def run(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a run: its progress, what would happen, or what did."""
    found = import_run(request.user, pk)
    return render(request, "imports/run.html", _context(request, found))


@login_required
@require_GET
def state(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far a run is; once it has ended, the whole page is asked for again."""
    found = import_run(request.user, pk)
    if found.state in ACTIVE:
        context = {"run": found, **_progress(found)}
        return render(request, "imports/_progress.html", context)
    if found.state in (State.DONE, State.UNDONE):
        toasts.success(request, _result(found))
    return HttpResponse(headers={"HX-Redirect": reverse("imports:run", args=[pk])})


@login_required
@require_POST
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Map the file otherwise and try it again."""
    found = import_run(request.user, pk)
    require(request.user, "import_run.create", found)
    form = PlanForm(request.POST, run=found, viewer=request.user)
    layout = FormatForm(request.POST, run=found)
    if not form.is_valid() or not layout.is_valid():
        context = _context(request, found) | {"plan": form, "layout": layout}
        return render(request, "imports/run.html", context, status=422)
    choices = form.chosen()
    changed = layout.changed()
    return _done(
        request,
        found,
        lambda: commands.choose(
            request.user,
            found,
            commands.Choices(changed, choices.columns, choices.options),
        ),
    )


@login_required
@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the file in."""
    found = import_run(request.user, pk)
    return _done(
        request, found, lambda: commands.start_import(request.user, found, at=now())
    )


@login_required
@require_POST
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop a running import."""
    found = import_run(request.user, pk)
    return _done(request, found, lambda: commands.stop_import(request.user, found))


@login_required
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an import back."""
    found = import_run(request.user, pk)
    return _done(
        request, found, lambda: commands.undo_import(request.user, found, at=now())
    )


@login_required
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget a file of which nothing was written."""
    found = import_run(request.user, pk)
    try:
        commands.discard_import(request.user, found)
    except Refused as refusal:
        toasts.error(request, refusal.message)
        return redirect("imports:run", pk)
    toasts.success(request, _("The file is forgotten; nothing was written."))
    return redirect("imports:runs")


@login_required
@require_POST
def keep(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a mapping under a name, or use one that was kept."""
    found = import_run(request.user, pk)
    require(request.user, "import_run.create", found)
    if "saved" in request.POST:
        return _use_saved(request, found)
    form = MapForm(request.POST)
    if not form.is_valid():
        context = _context(request, found) | {"map_form": form}
        return render(request, "imports/run.html", context, status=422)
    name = form.cleaned_data["name"]
    commands.keep_map(request.user, found, name=name, at=now())
    toasts.success(
        request,
        _("The mapping is kept. It is proposed for files with the same headings."),
    )
    return redirect("imports:run", pk)


@login_required
@require_GET
def refused(request: StaffRequest, pk: int) -> FileResponse:
    """Give the refused rows back, with their reasons."""
    found = import_run(request.user, pk)
    path = refused_path(found)
    if not path.exists():
        raise NotVisible
    stem = found.name.rpartition(".")[0] or found.name
    name = _("%(file)s – refused rows.csv") % {"file": stem}
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _uploaded(request: StaffRequest, kind: ImportKind, file: UploadedFile) -> ImportRun:
    require(request.user, kind.needs)
    part = f"upload-{request.user.pk}-{now():%Y%m%d%H%M%S%f}"
    path, size, digest = keep_file(file.chunks(), part)
    kept = commands.KeptFile(file.name or _("File"), path, size, digest)
    habits = commands.Habits(
        get_language() or commands.Habits.language,
        timezone.get_current_timezone_name(),
    )
    return commands.upload_import(request.user, kind, kept, habits=habits, at=now())


def _done(
    request: StaffRequest, found: ImportRun, act: Callable[[], ImportRun]
) -> HttpResponse:
    """Run a command and show the run again, with the refusal if there is one."""
    try:
        act()
    except Refused as refusal:
        toasts.error(request, refusal.message)
    return redirect("imports:run", found.pk)


def _use_saved(request: StaffRequest, found: ImportRun) -> HttpResponse:
    maps = import_maps(request.user, found.kind)
    saved = maps.filter(pk=request.POST.get("saved") or 0).first()
    if saved is None:
        raise NotVisible
    columns = {
        at: key for at, key in saved.columns.items() if int(at) < len(columns_of(found))
    }
    chosen = commands.Choices(columns=columns, options=saved.options)
    return _done(request, found, lambda: commands.choose(request.user, found, chosen))


def _context(request: StaffRequest, found: ImportRun) -> dict[str, object]:
    kind = import_kind(found.kind)
    viewer = request.user
    can_change = may(viewer, "import_run.create", found) and may(viewer, kind.needs)
    context: dict[str, object] = {
        "run": found,
        "kind": kind,
        "state_label": STATE_LABELS[found.state],
        "state_tone": STATE_TONES[found.state],
        "is_active": found.state in ACTIVE,
        "figures": _figures(found),
        "can_change": can_change,
        "can_undo": may(viewer, "import_run.undo", found)
        and found.cursor > 0
        and found.state in (State.DONE, State.STOPPED, State.FAILED),
        "problem": told("", found.problem, found.problem_params, {})
        if found.problem
        else "",
        "list_url": reverse(kind.list_view),
        "has_refused": found.refused > 0 and refused_path(found).exists(),
        "unresolved": found.preview.get("unresolved", []),
        **_progress(found),
    }
    if found.state == State.READY and can_change:
        context |= _preview(request, found, kind)
    return context


def _preview(
    request: StaffRequest, found: ImportRun, kind: ImportKind
) -> dict[str, object]:
    """Return what the page of a checked file shows: mapping and what would happen."""
    plan_form = PlanForm(run=found, viewer=request.user)
    samples: Sequence[Sequence[str]] = found.preview.get("samples", [])
    lack = kind.wants(frozenset(key for key in found.columns.values() if key))
    return {
        "plan": plan_form,
        "columns": [
            (bound, samples[at] if at < len(samples) else [])
            for at, bound in enumerate(plan_form.columns())
        ],
        "layout": FormatForm(run=found),
        "map_form": MapForm(),
        "saved_maps": SavedMapForm(run=found, viewer=request.user),
        "has_maps": import_maps(request.user, found.kind).exists(),
        "lack": lack,
        "preview": found.preview,
        "examples": _examples(found, kind),
        "reasons": _reasons(found, kind),
        "is_sample": found.preview.get("looked", 0) < (found.total or 0),
    }


def _examples(found: ImportRun, kind: ImportKind) -> list[Example]:
    labels = labels_of(kind)
    return [
        Example(
            row=one["row"],
            fate=str(Fate(one["fate"]).label),
            tone=FATE_TONES[one["fate"]],
            cells=one["cells"] or [""] * len(found.preview["heads"]),
            reason=told(one["field"], one["reason"], one["params"], labels)
            if one["reason"]
            else "",
        )
        for one in found.preview.get("examples", [])
    ]


def _reasons(found: ImportRun, kind: ImportKind) -> list[Reason]:
    labels = labels_of(kind)
    first = form_of(found).first_row
    return [
        Reason(
            text=told(one["field"], one["reason"], one["params"], labels),
            count=one["count"],
            row=first + one["index"],
        )
        for one in found.preview.get("reasons", [])
    ]


def _figures(found: ImportRun) -> list[Figure]:
    """Return the numbers of a run: what would happen, what did, or what was undone."""
    if found.state in (State.UNDOING, State.UNDONE):
        names: Mapping[str, Words] = {
            "removed": _("Removed"),
            "restored": _("Restored as before"),
            "kept": _("Kept or in the trash"),
        }
        return [Figure(str(v), grouped(getattr(found, k))) for k, v in names.items()]
    if found.cursor or found.state in (State.DONE, State.RUNNING):
        names = {
            "created": _("Created"),
            "updated": _("Updated"),
            "skipped": _("Skipped"),
            "refused": _("Refused"),
        }
        return [Figure(str(v), grouped(getattr(found, k))) for k, v in names.items()]
    if not found.is_checked:
        return []
    return [Figure(str(f.label), grouped(found.preview[f.value])) for f in Fate]


def _progress(found: ImportRun) -> dict[str, object]:
    if found.state == State.UNDOING:
        done, total = found.removed + found.restored + found.kept, _touched(found)
        speed = 0.0
    else:
        done, total = found.cursor, found.total or 0
        speed = found.cursor / found.seconds if found.seconds else 0.0
    left = (total - done) / speed if speed else 0.0
    return {
        "progress": {
            "title": STATE_LABELS[found.state],
            "done": done,
            "total": max(total, done, 1),
            "speed": grouped(round(speed)),
            "remaining": _span(left),
            "url": "",
            "finished": False,
        },
        "is_counted": found.state != State.CHECKING and bool(done),
        "counts": _figures(found),
    }


def _touched(found: ImportRun) -> int:
    """Return about how many records a run touched."""
    return max(found.created + found.updated, found.removed + found.restored, 1)


def _span(seconds: float) -> str:
    """Return a time to wait in words: 40 s, 3 min, 2 h."""
    if seconds < 60:
        return _("%(n)d s") % {"n": max(round(seconds), 1)}
    if seconds < 3600:
        return _("%(n)d min") % {"n": round(seconds / 60)}
    return _("%(n)d h") % {"n": round(min(seconds, FAR) / 3600)}


def _result(found: ImportRun) -> str:
    """Return the end of a run in one sentence."""
    if found.state == State.UNDONE:
        count = found.removed
        return ngettext(
            "Undone: %(n)s record removed.", "Undone: %(n)s records removed.", count
        ) % {"n": grouped(count)}
    count = found.created
    return ngettext(
        "Done: %(n)s record created.", "Done: %(n)s records created.", count
    ) % {"n": grouped(count)}
