"""Forget files that name somebody who is erased, and what runs keep of their rows."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from guanxi.foundation.erasing.engine import SHORTEST_SIGN
from guanxi.foundation.imports.source import path_of, refused_path, rows_of
from guanxi.foundation.models import ImportedRow, ImportRun, RefusedRow
from guanxi.foundation.sheets.unreadable import UnreadableSheet

State = ImportRun.State
_UNFINISHED = (State.CHECKING, State.READY, State.RUNNING, State.STOPPED)
# How people group the figures of a number.
_JOINED = re.compile(r"[\s()\-–—.]")
GONE = gettext_noop(
    "The file was removed, because somebody in it was erased. Import a new one."
)


def forget_in_files(run_ids: Iterable[int], signs: Sequence[str]) -> None:
    """
    Remove the files of the runs ``run_ids``, and all files in which one of ``signs`` is.

    What a run has done stays, and can be taken back; one that is not finished fails.
    """
    telling = [sign for sign in signs if len(sign) >= SHORTEST_SIGN]
    named = set(run_ids)
    for run in ImportRun.objects.order_by("pk"):
        if run.pk in named or _tells(run, telling):
            _forget(run)


def runs_with(kind: str, pks: Sequence[int]) -> set[int]:
    """Return the numbers of the runs that changed the records ``pks`` of ``kind``."""
    rows = ImportedRow.objects.filter(kind=kind, record_id__in=pks)
    return set(rows.values_list("run_id", flat=True))


def forget_file_of(run: ImportRun) -> None:
    """Remove the files of ``run``, and what it keeps of their rows."""
    if run.path:
        path_of(run).unlink(missing_ok=True)
    refused_path(run).unlink(missing_ok=True)
    RefusedRow.objects.filter(run=run).delete()
    run.preview = {k: v for k, v in run.preview.items() if isinstance(v, int)}
    run.problem_params = {}
    run.save(update_fields=["preview", "problem_params"])


def _forget(run: ImportRun) -> None:
    forget_file_of(run)
    ImportRun.objects.filter(pk=run.pk, state__in=_UNFINISHED).update(
        state=State.FAILED, problem=GONE
    )


def _tells(run: ImportRun, signs: Sequence[str]) -> bool:
    """Tell whether the file of ``run``, or what it kept of it, names one of ``signs``."""
    if any(sign in str(run.preview) for sign in signs):
        return True
    if not run.path or not path_of(run).is_file():
        return False
    try:
        cells = (cell for row in rows_of(run) for cell in row)
        return any(
            sign in plain
            for cell in cells
            for plain in (cell, _JOINED.sub("", cell))
            for sign in signs
        )
    except (UnreadableSheet, KeyError, TypeError, ValueError):
        return _tells_raw(Path(settings.FILES_ROOT) / run.path, signs)


def _tells_raw(path: Path, signs: Sequence[str]) -> bool:
    """Look for ``signs`` in a file of which nobody has said how it is written."""
    content = path.read_bytes()
    codes = ("utf-8", "gb18030", "utf-16-le")
    return any(sign.encode(code) in content for sign in signs for code in codes)
