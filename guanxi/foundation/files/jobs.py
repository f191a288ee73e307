"""What the worker does with files: ask the scanner, free photos of traces, draw pictures."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from guanxi.foundation.files import clamd, pictures, store
from guanxi.foundation.files.kinds import DRAWN, PHOTOS
from guanxi.foundation.files.places import place_of
from guanxi.foundation.files.queries import strays
from guanxi.foundation.jobs import job
from guanxi.foundation.models import StoredFile
from guanxi.foundation.notices import notify

log = logging.getLogger(__name__)
State = StoredFile.State
INFECTED = gettext_noop(
    "“%(name)s” holds malware (%(found)s). It is kept locked up; put it into the trash."
)
# By then the job that came with the file has had its turn.
PATIENCE = timedelta(minutes=5)
MOST_AT_ONCE = 500


@job(queue="files")
def examine(*, file_id: int) -> None:
    """Examine a file that waits for it; one whose scanner is silent waits on."""
    file = StoredFile.objects.filter(pk=file_id, state=State.WAITING).first()
    if file is None:
        return
    try:
        report = _scanned(file)
    except clamd.NoAnswer as error:
        log.warning("The virus scanner does not answer: %s", error)
        return
    if report.is_clean is False:
        _lock_up(file, report.found)
        return
    found = _pictured(file)
    state = State.CLEAN if report.is_clean else State.UNCHECKED
    _settle(file, {"state": state, **found})


def examine_waiting(at: datetime) -> None:
    """Queue again what waits for longer than it should: the scanner was away."""
    late = StoredFile.objects.filter(
        state=State.WAITING, added_at__lt=at - PATIENCE
    ).order_by("pk")
    for pk in late.values_list("pk", flat=True)[:MOST_AT_ONCE]:
        examine.later(file_id=pk)


def forget_strays(at: datetime) -> None:
    """Remove contents that no file needs for a day: cut off, refused, replaced, erased."""
    for path in strays(at):
        path.unlink(missing_ok=True)


def _scanned(file: StoredFile) -> clamd.Report:
    if not settings.CLAMD:
        return clamd.Report(is_clean=None)
    return clamd.scan(store.path_of(file.token), settings.CLAMD)


def _lock_up(file: StoredFile, found: str) -> None:
    _settle(file, {"state": State.INFECTED, "found": found[:200]})
    if file.added_by_id is not None:
        words = {"name": file.name, "found": found}
        place = place_of(file.kind)
        url = place.url(file.record_id)
        notify(file.added_by_id, INFECTED, words, at=file.added_at, url=url)


def _pictured(file: StoredFile) -> dict[str, Any]:
    """Return what changes with the pictures of a file; a photo is replaced by a clean one."""
    if file.media not in DRAWN:
        return {}
    try:
        clean = pictures.draw(file.token, file.media)
    except pictures.Undrawn as reason:
        # What cannot be read cannot be freed of its traces either.
        is_photo = file.media in PHOTOS or file.media == "image/gif"
        return {"state": State.BROKEN, "found": str(reason)} if is_photo else {}
    if clean is None:
        return {"has_picture": True}
    kept = store.adopt(clean, file.token)
    return {
        "has_picture": True,
        "token": kept.token,
        "digest": kept.digest,
        "size_bytes": kept.size,
    }


def _settle(file: StoredFile, columns: dict[str, Any]) -> None:
    """Write what was found; then remove a content that was replaced."""
    rows = StoredFile.objects.filter(pk=file.pk, state=State.WAITING, token=file.token)
    is_written = rows.update(**columns)
    if is_written and columns.get("token", file.token) != file.token:
        store.forget(file.token)
