"""What the worker does with imports. A cut-off job is queued again and goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from guanxi.foundation.actor import Actor, System
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.figures import grouped
from guanxi.foundation.imports import engine, trial, undo
from guanxi.foundation.imports.kinds import refusal
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.jobs import job
from guanxi.foundation.models import ImportRun
from guanxi.foundation.notices import notify

State = ImportRun.State
# As often as a job is tried (jobs.RETRY): after that nobody will take it up.
MOST_ATTEMPTS = 5
_DENIED = Invalid(
    gettext_lazy("You may not import such files any more."), code="denied"
)
_BROKEN = Invalid(
    gettext_lazy(
        "The import stopped because of an error in the program. What is written stays; "
        "the log of the worker has the reason."
    ),
    code="broken",
)
FINISHED = gettext_noop(
    "“%(name)s” is imported: %(created)s created, %(refused)s refused."
)
FAILED = gettext_noop("“%(name)s” could not be imported.")
UNDONE = gettext_noop(
    "The import of “%(name)s” is undone: %(removed)s records removed."
)


@job(queue="imports")
def check(*, run_id: int) -> None:
    """Look at a file and try it."""
    run = _run(run_id, State.CHECKING)
    if run is not None:
        by = _actor(run.owner_id)
        with _failing_well(run):
            examine(run, by)


def examine(run: ImportRun, by: Actor) -> ImportRun:
    """
    Look at the file of ``run`` if that was not done, try it, and save what was found.

    :raises UnreadableSheet: if it is no table, or costs more than a table may.
    """
    if "columns" not in run.format:
        trial.look(run, by, run.format)
    trial.attempt(run, by)
    ImportRun.objects.filter(pk=run.pk, state=State.CHECKING).update(
        state=State.READY,
        format=run.format,
        headings=run.headings,
        columns=run.columns,
        options=run.options,
        preview=run.preview,
        total=run.total,
        is_checked=run.is_checked,
        attempts=0,
    )
    run.refresh_from_db()
    return run


@job(queue="imports")
def take_in(*, run_id: int) -> None:
    """Carry a run out, from where it is."""
    run = _run(run_id, State.RUNNING)
    if run is None:
        return
    with _failing_well(run):
        done = engine.execute(_actor(run.owner_id), run)
        if done.state == State.DONE:
            _tell(done, FINISHED)


@job(queue="imports")
def take_back(*, run_id: int, user_id: int | None) -> None:
    """Take a run back, from where it is."""
    run = _run(run_id, State.UNDOING)
    if run is None:
        return
    with _failing_well(run):
        done = undo.take_back(_actor(user_id), run)
        if done.state == State.UNDONE:
            _tell(done, UNDONE)


def _run(run_id: int, state: str) -> ImportRun | None:
    """Return the run if it still waits for this."""
    return ImportRun.objects.filter(pk=run_id, state=state).first()


def _actor(user_id: int | None) -> Actor:
    if user_id is None:
        return System(gettext_noop("console"))
    found: Actor = get_user_model().objects.get(pk=user_id)
    return found


@contextmanager
def _failing_well(run: ImportRun) -> Iterator[None]:
    """
    Close the run if the block is refused, or fails as often as it is tried.

    Everything else is tried again by the queue, from where the run stands.
    """
    ImportRun.objects.filter(pk=run.pk).update(attempts=run.attempts + 1)
    is_over = False
    try:
        yield
        is_over = True
    except Invalid as error:
        is_over = True
        fail(run, error)
    except Refused as error:
        is_over = True
        fail(run, Invalid(error.message, code=error.code))
    except Denied:
        is_over = True
        fail(run, _DENIED)
    finally:
        if not is_over and _attempts(run) >= MOST_ATTEMPTS:
            fail(run, _BROKEN)


def _attempts(run: ImportRun) -> int:
    return ImportRun.objects.values_list("attempts", flat=True).get(pk=run.pk)


def fail(run: ImportRun, error: Invalid) -> None:
    """Close ``run`` with the reason, and tell its owner."""
    told = refusal(0, "", error)
    run.refresh_from_db()
    run.state = State.FAILED
    run.problem = told.reason
    run.problem_params = dict(told.params)
    run.finished_at = now()
    run.save()
    _tell(run, FAILED)


def _tell(run: ImportRun, sentence: str) -> None:
    if run.owner_id is None:
        return
    words = {
        "name": run.name,
        "created": grouped(run.created),
        "refused": grouped(run.refused),
        "removed": grouped(run.removed),
    }
    notify(
        run.owner_id,
        sentence,
        words,
        at=now(),
        url=reverse("imports:run", args=[run.pk]),
    )
