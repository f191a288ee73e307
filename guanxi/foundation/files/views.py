"""The pages of files: the panel of a record, upload, preview, download, trash."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.actor import Level
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.files import commands
from guanxi.foundation.files.commands import FileFacts
from guanxi.foundation.files.forms import FileForm, NewFileForm, PaperForm, initial_of
from guanxi.foundation.files.places import FilePlace, field_of, place_of
from guanxi.foundation.files.queries import (
    MOST_LISTED,
    SERVED,
    attached,
    files_at,
    trashed_files,
    why_not_served,
)
from guanxi.foundation.files.served import hand_out
from guanxi.foundation.files.signed import address_of, opened
from guanxi.foundation.files.store import PREVIEW, THUMB, keeping
from guanxi.foundation.models import StoredFile
from guanxi.foundation.viewer import StaffRequest, Viewer

State = StoredFile.State


@dataclass(frozen=True)
class Shown:
    """One file in a list; ``thumb`` is empty where there is no picture, or none yet."""

    file: StoredFile
    thumb: str
    is_served: bool
    reason: str


def file_panel(
    request: StaffRequest, place: FilePlace, pk: int, problems: Sequence[str] = ()
) -> HttpResponse:
    """Show the files at a record, as a panel; ``problems`` are sentences of refusals."""
    if place.level(request.user) < Level.READ:
        place.find(request.user, pk)
        return render(request, "files/_panel.html", {"is_hidden": True})
    record = place.record(request.user, pk)
    rows = files_at(request.user, place, pk)
    _note_list(request.user, place, pk, rows)
    context = {
        "kind": place.kind,
        "pk": pk,
        "panel_url": reverse(place.panel, args=[pk]),
        "files": [_shown(file, request.user) for file in rows],
        "is_waiting": any(file.state == State.WAITING for file in rows),
        "can_write": _may_write(request.user, place, record),
        "problems": problems,
    }
    status = 422 if problems else 200
    return render(request, "files/_panel.html", context, status=status)


@login_required
@require_POST
def upload(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """Keep the files that were dropped on the panel, and show it with them."""
    place = place_of(kind)
    record = place.record(request.user, pk)
    place.require_writer(request.user, record)
    problems = []
    for file in request.FILES.getlist("files"):
        try:
            _keep(request, place, pk, file, FileFacts(name=file.name or ""))
        except Refused as refusal:
            problems.append(refusal.message)
    if request.htmx:
        return file_panel(request, place, pk, problems)
    for problem in problems:
        toasts.error(request, problem)
    return redirect(place.url(pk))


@login_required
def new(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """Ask for files with what is to be said about them, or for a paper alone."""
    place = place_of(kind)
    record = place.record(request.user, pk)
    place.require_writer(request.user, record)
    form = NewFileForm(request.POST or None, request.FILES or None)

    def keep() -> None:
        uploads = form.uploads()
        for file in uploads:
            _keep(request, place, pk, file, form.facts(file.name or ""))
        if not uploads:
            facts = form.facts(form.cleaned_data["name"])
            commands.add_file(request.user, place, record, facts, at=now())

    if _accepted(form, keep):
        return redirect(place.url(pk))
    return _dialog(request, form, _("Add files"), place.url(pk))


@login_required
@require_GET
def file(request: StaffRequest, pk: int) -> HttpResponse:
    """Lead to the content of a file, under an address that lasts for some minutes."""
    found = attached(request.user, pk)
    return redirect(address_of(found.file, request.user))


@login_required
@require_GET
def content(request: StaffRequest, token: str) -> FileResponse:
    """Hand a content out: to whom the address was given, if he may still see it."""
    pk, part = opened(token, request.user)
    found = attached(request.user, pk)
    return hand_out(request.user, found, part, at=now())


@login_required
@require_GET
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a picture of a file."""
    found = attached(request.user, pk)
    if not found.file.has_picture or found.file.state not in SERVED:
        raise NotVisible
    context = {
        "layout": _layout(request),
        "file": found.file,
        "picture": address_of(found.file, request.user, PREVIEW),
        "back_url": found.place.url(found.file.record_id),
    }
    return render(request, "files/preview.html", context)


@login_required
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what is to be said about a file."""
    found = attached(request.user, pk)
    found.place.require_writer(request.user, found.record)
    form = FileForm(request.POST or None, initial=initial_of(found.file))

    def change() -> None:
        facts = form.facts(form.cleaned_data["name"])
        commands.change_file(request.user, found, facts, at=now())

    url = found.place.url(found.file.record_id)
    if _accepted(form, change):
        return redirect(url)
    return _dialog(request, form, _("About this file"), url)


@login_required
@require_POST
def trash(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a file into the trash; can be undone."""
    found = attached(request.user, pk)
    commands.trash_file(request.user, found, at=now())
    undo = reverse("files:restore", args=[pk])
    told = _("“%(name)s” is in the trash.") % {"name": found.file.name}
    toasts.success(request, told, extra_tags=undo)
    return redirect(found.place.url(found.file.record_id))


@login_required
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a file out of the trash."""
    found = attached(request.user, pk, is_trashed=True)
    commands.restore_file(request.user, found, at=now())
    toasts.success(request, _("“%(name)s” is back.") % {"name": found.file.name})
    return redirect(found.place.url(found.file.record_id))


@login_required
@require_GET
def trashed(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """Show the files of a record that are in the trash."""
    place = place_of(kind)
    record = place.record(request.user, pk)
    place.require_writer(request.user, record)
    rows = list(trashed_files(request.user, place, pk)[:MOST_LISTED])
    _note_list(request.user, place, pk, rows)
    context = {"layout": _layout(request), "files": rows, "back_url": place.url(pk)}
    return render(request, "files/trash.html", context)


def _keep(
    request: StaffRequest,
    place: FilePlace,
    pk: int,
    file: UploadedFile,
    facts: FileFacts,
) -> None:
    record = place.record(request.user, pk)
    with keeping(file.chunks()) as kept:
        commands.add_file(request.user, place, record, facts, kept, at=now())


def _note_list(
    viewer: Viewer, place: FilePlace, pk: int, rows: Iterable[StoredFile]
) -> None:
    """Note that the names of files were seen: they may tell about a person."""
    fields = {field_of(is_sensitive=file.is_sensitive) for file in rows}
    if fields:
        record_access(
            viewer, "view", place.kind, fields=sorted(fields), pks=[pk], at=now()
        )


def _shown(file: StoredFile, viewer: Viewer) -> Shown:
    is_served = file.state in SERVED
    has_thumb = is_served and file.has_picture
    return Shown(
        file,
        thumb=address_of(file, viewer, THUMB) if has_thumb else "",
        is_served=is_served and bool(file.token),
        reason="" if is_served else why_not_served(file),
    )


def _may_write(viewer: Viewer, place: FilePlace, record: Model) -> bool:
    try:
        place.require_writer(viewer, record)
    except (Denied, NotVisible):
        return False
    return True


def _accepted(form: PaperForm, act: Callable[[], None]) -> bool:
    """Run ``act`` if ``form`` was sent in order, and tell whether it went through."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        form.add_refusal(refusal)
        return False
    return True


def _dialog(
    request: StaffRequest, form: PaperForm, title: str, back_url: str
) -> HttpResponse:
    context = {
        "layout": _layout(request),
        "form": form,
        "title": title,
        "cancel_url": back_url,
        "submit_label": _("Save"),
    }
    return render(
        request, "files/dialog.html", context, status=422 if form.errors else 200
    )


def _layout(request: StaffRequest) -> str:
    return "ui/dialog.html" if request.htmx else "ui/shell.html"
