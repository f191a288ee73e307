"""Taking a run back, some hundred records at a time; killed, it goes on where it was."""

import logging
from collections.abc import Callable

from django.db import transaction

from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import refresh_statistics
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish
from guanxi.foundation.imports.events import ImportUndone
from guanxi.foundation.imports.kinds import Undone, import_kind
from guanxi.foundation.models import ImportedRow, ImportRun, LoggedEvent

ROWS_A_STEP = 5000

logger = logging.getLogger(__name__)


def take_back(
    by: Actor, run: ImportRun, tell: Callable[[ImportRun], None] | None = None
) -> ImportRun:
    """Take back what ``run`` brought; ``tell`` hears of each step."""
    kind = import_kind(run.kind)
    steps = kind.undo
    while run.state == ImportRun.State.UNDOING and run.mark[0] < len(steps):
        with transaction.atomic():
            held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            if held.mark != run.mark:
                logger.info("Import %s is taken back by another process.", run.pk)
                return held
            number, after = held.mark
            done = steps[number](by, held.pk, after, ROWS_A_STEP, now())
            _move(held, done)
        run = held
        if tell:
            tell(run)
    refresh_statistics([*kind.fills, LoggedEvent])
    return close_undo(by, run)


def _move(run: ImportRun, done: Undone) -> None:
    run.removed += done.removed
    run.restored += done.restored
    run.kept += done.kept
    run.attempts = 0
    number = run.mark[0]
    run.mark = [number + 1, 0] if done.last is None else [number, done.last]
    run.save()


@command(needs="import_run.undo")
def close_undo(by: Actor, run: ImportRun) -> ImportRun:
    """Tell that all of a run is taken back."""
    held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if held.state != ImportRun.State.UNDOING:
        return held
    at = now()
    held.state = ImportRun.State.UNDONE
    held.finished_at = at
    held.save()
    ImportedRow.objects.filter(run=held).delete()
    publish(
        ImportUndone(
            run_id=held.pk,
            import_kind=held.kind,
            removed=held.removed,
            restored=held.restored,
            kept=held.kept,
            at=at,
        )
    )
    return held
