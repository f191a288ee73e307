"""The pages of imports: upload, check, progress, result, undo."""

from collections.abc import Callable

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.imports import commands
from guanxi.foundation.imports.forms import (
    FormatForm,
    MapForm,
    PlanForm,
    UploadForm,
    columns_of,
)
from guanxi.foundation.imports.kinds import ImportKind, import_kind
from guanxi.foundation.imports.queries import import_maps, import_run, kinds_for
from guanxi.foundation.imports.shown import ACTIVE, State, progress, result, shown_run
from guanxi.foundation.imports.source import keep_file, refused_path
from guanxi.foundation.imports.tables import IMPORTS
from guanxi.foundation.imports.trial import chosen_format
from guanxi.foundation.models import ImportRun
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import StaffRequest


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
    return render(request, "imports/run.html", shown_run(request.user, found))


@login_required
@require_GET
def state(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far a run is; once it has ended, the whole page is asked for again."""
    found = import_run(request.user, pk)
    if found.state in ACTIVE:
        context = {"run": found, **progress(found)}
        return render(request, "imports/_progress.html", context)
    if found.state in (State.DONE, State.UNDONE):
        toasts.success(request, result(found))
    return HttpResponse(headers={"HX-Redirect": reverse("imports:run", args=[pk])})


@login_required
@require_POST
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Map the file otherwise and try it again."""
    return _planned(request, import_run(request.user, pk))


def _planned(request: StaffRequest, found: ImportRun) -> HttpResponse:
    require(request.user, "import_run.create", found)
    form = PlanForm(request.POST, run=found, viewer=request.user)
    layout = FormatForm(request.POST, run=found)
    if not form.is_valid() or not layout.is_valid():
        context = shown_run(request.user, found) | {"plan": form, "layout": layout}
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
    """Let the file in, as it was checked: what was changed since is checked first."""
    found = import_run(request.user, pk)
    if found.state == State.READY and _is_planned_anew(request, found):
        toasts.warning(
            request,
            _("The settings have changed, so the file is checked again. Then start."),
        )
        return _planned(request, found)
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
        context = shown_run(request.user, found) | {"map_form": form}
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


def _is_planned_anew(request: StaffRequest, found: ImportRun) -> bool:
    """Return whether the page sends another plan than the one that was checked."""
    if "column_0" not in request.POST:
        return False
    form = PlanForm(request.POST, run=found, viewer=request.user)
    return form.has_changed() or FormatForm(request.POST, run=found).has_changed()


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
    chosen = commands.Choices(chosen_format(saved), columns, saved.options)
    return _done(request, found, lambda: commands.choose(request.user, found, chosen))
