"""What people do with imports: upload, map, start, stop, take back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.imports import jobs
from guanxi.foundation.imports.events import ImportStarted
from guanxi.foundation.imports.kinds import ImportKind, import_kind
from guanxi.foundation.imports.source import full_options
from guanxi.foundation.models import ImportMap, ImportRun
from guanxi.foundation.policies import require
from guanxi.foundation.words import Words

State = ImportRun.State
# What a person may say about a format, and what of it makes other columns of the file.
_RELAID = frozenset({"sheet", "encoding", "delimiter", "has_header"})
_CHOSEN = _RELAID | {"date_key", "decimal"}
LONGEST_NAME = 255


class BadMapping(Refused):
    """A mapping that cannot be used."""

    code = "bad_mapping"


class NotNow(Refused):
    """A run that stands elsewhere than this needs."""

    code = "not_now"


@dataclass(frozen=True)
class KeptFile:
    """A file as it was kept: where below FILES_ROOT, its bytes and its SHA-256."""

    name: str
    path: Path
    size_bytes: int
    digest: str


@dataclass(frozen=True)
class Choices:
    """What a person chose for a run; what is left out stays as it was found."""

    format: Mapping[str, object] = field(default_factory=dict)
    columns: Mapping[str, str] | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Habits:
    """In which language and time zone the rows are written and told."""

    language: str = settings.LANGUAGE_CODE
    time_zone: str = settings.TIME_ZONE


@command(needs="import_run.create")
def upload_import(
    by: Actor, kind: ImportKind, file: KeptFile, *, habits: Habits, at: datetime
) -> ImportRun:
    """
    Take note of a file and have it looked at; nothing of it is written yet.

    :raises Denied: if ``by`` may not import such files.
    """
    run = new_run(by, kind, file, habits=habits, at=at)
    jobs.check.later(run_id=run.pk)
    return run


@command(needs="import_run.create")
def new_run(
    by: Actor, kind: ImportKind, file: KeptFile, *, habits: Habits, at: datetime
) -> ImportRun:
    """
    Take note of a file that is looked at in this process.

    :raises Denied: if ``by`` may not import such files.
    """
    require(by, kind.needs)
    return ImportRun.objects.create(
        kind=kind.key,
        owner_id=by.actor_id,
        name=file.name[:LONGEST_NAME],
        path=str(file.path),
        size_bytes=file.size_bytes,
        digest=file.digest,
        language=habits.language,
        time_zone=habits.time_zone,
        created_at=at,
    )


@command(needs="import_run.create")
def choose(by: Actor, run: ImportRun, choices: Choices) -> ImportRun:
    """
    Map the file otherwise, and have it tried again.

    :raises BadMapping: for a field that ``by`` may not fill, or two columns for one.
    :raises NotNow: if the run has begun.
    """
    held = _held(run, State.READY, State.FAILED)
    if held.cursor:
        raise NotNow(_("The import has begun; its mapping stays as it is."))
    apply_choices(by, held, choices)
    held.state = State.CHECKING
    held.is_checked = False
    held.problem = ""
    held.save()
    jobs.check.later(run_id=held.pk)
    return held


def apply_choices(by: Actor, run: ImportRun, choices: Choices) -> None:
    """
    Set what was chosen on the unsaved ``run``.

    :raises BadMapping: for a field that ``by`` may not fill, or two columns for one.
    """
    kind = import_kind(run.kind)
    run.format = {**run.format, **choices.format}
    if _RELAID & choices.format.keys():
        run.format = {k: v for k, v in run.format.items() if k in _CHOSEN}
        run.headings, run.columns = [], {}
    elif choices.columns is not None:
        run.columns = {at: key for at, key in choices.columns.items() if key}
        check_mapping(by, kind, run.columns)
    run.options = full_options(kind, {**run.options, **choices.options})


def check_mapping(by: Actor, kind: ImportKind, columns: Mapping[str, str]) -> None:
    """
    Let only a mapping go on that ``by`` may use.

    :raises BadMapping: for a field that ``by`` may not fill, or two columns for one.
    """
    labels = {one.key: str(one.label) for one in kind.fields(by)}
    keys = list(columns.values())
    for key in keys:
        if key not in labels:
            raise BadMapping(
                _("There is no field “%(key)s” that you may fill.") % {"key": key},
                field="columns",
            )
        if keys.count(key) > 1:
            raise BadMapping(
                _("Two columns fill “%(field)s”. Leave one of them out.")
                % {"field": labels[key]},
                field="columns",
            )


@command(needs="import_run.create")
def start_import(by: Actor, run: ImportRun, *, at: datetime) -> ImportRun:
    """
    Let the file in, or go on with it where it was stopped.

    :raises NotNow: if it is not ready.
    :raises BadMapping: if the mapping lacks what every record needs.
    """
    held = begin(by, run, at=at)
    jobs.take_in.later(run_id=held.pk)
    return held


@command(needs="import_run.create")
def begin(by: Actor, run: ImportRun, *, at: datetime) -> ImportRun:
    """
    Mark the run as running; who calls carries it out.

    :raises NotNow: if it is not ready.
    :raises BadMapping: if the mapping lacks what every record needs.
    """
    held = _held(run, State.READY, State.STOPPED, State.FAILED)
    require_complete(held)
    held.state = State.RUNNING
    held.problem = ""
    held.attempts = 0
    held.started_at = held.started_at or at
    held.save()
    publish(ImportStarted(run_id=held.pk, import_kind=held.kind, at=at))
    return held


def require_complete(run: ImportRun) -> None:
    """
    Let only a run go on whose mapping names what every record needs, and that has rows.

    :raises BadMapping: if it does not.
    """
    lack = lack_of(run)
    if lack:
        raise BadMapping(str(lack), field="columns")


def lack_of(run: ImportRun) -> Words:
    """Return the sentence that says what a file lacks to be imported; else nothing."""
    if run.total == 0:
        return _(
            "There is no row below the headings. If the first row is a record, say so "
            "under “How the file is written”."
        )
    kind = import_kind(run.kind)
    return kind.wants(frozenset(key for key in run.columns.values() if key))


@command(needs="import_run.create")
def stop_import(by: Actor, run: ImportRun) -> ImportRun:
    """
    Stop after the rows in hand; what is written stays.

    :raises NotNow: if the run is not running.
    """
    held = _held(run, State.RUNNING)
    held.state = State.STOPPED
    held.save()
    return held


@command(needs="import_run.undo")
def undo_import(by: Actor, run: ImportRun, *, at: datetime) -> ImportRun:
    """
    Take back what the run brought.

    :raises NotNow: if it brought nothing, or is still running.
    :raises Denied: if ``by`` may not import such files.
    """
    held = begin_undo(by, run)
    jobs.take_back.later(run_id=held.pk, user_id=by.actor_id)
    return held


@command(needs="import_run.undo")
def begin_undo(by: Actor, run: ImportRun) -> ImportRun:
    """
    Mark the run as being taken back; who calls carries it out.

    :raises NotNow: if it brought nothing, or is still running.
    :raises Denied: if ``by`` may not import such files.
    """
    held = _held(run, State.DONE, State.STOPPED, State.FAILED)
    if not held.cursor:
        raise NotNow(_("The import has written nothing yet."))
    require(by, import_kind(held.kind).needs)
    held.state = State.UNDOING
    held.mark = [0, 0]
    held.attempts = 0
    held.save()
    return held


@command(needs="import_run.create")
def discard_import(by: Actor, run: ImportRun) -> None:
    """
    Forget a file of which nothing was written.

    :raises NotNow: if something was.
    """
    held = _held(run, State.READY, State.FAILED, State.CHECKING)
    if held.cursor:
        raise NotNow(_("The import has written records. Undo it instead."))
    held.delete()


@command(needs="import_run.create")
def keep_map(by: Actor, run: ImportRun, *, name: str, at: datetime) -> ImportMap:
    """
    Keep the mapping of ``run`` under ``name`` for the next file; the same name replaces.

    :raises BadMapping: without a name.
    """
    plain = " ".join(name.split())[:60]
    if not plain:
        raise BadMapping(_("Give the mapping a name."), field="name")
    kept, _created = ImportMap.objects.update_or_create(
        kind=run.kind,
        owner_id=by.actor_id,
        name=plain,
        defaults={
            "headings": run.headings,
            "format": run.format,
            "columns": run.columns,
            "options": run.options,
            "saved_at": at,
        },
    )
    return kept


@command(needs="import_run.create")
def discard_untouched(by: Actor, digest: str) -> None:
    """Forget runs of a file that were cut off before they wrote anything."""
    rows = ImportRun.objects.filter(digest=digest, owner_id=by.actor_id, cursor=0)
    rows.filter(state__in=[State.CHECKING, State.READY]).delete()


def unfinished_run(run: ImportRun) -> ImportRun | None:
    """Return an earlier run of the same table and mapping that was cut off, if any."""
    rows = ImportRun.objects.filter(
        digest=run.digest,
        kind=run.kind,
        owner_id=run.owner_id,
        columns=run.columns,
        options=run.options,
        format=run.format,
        state=State.RUNNING,
    )
    return rows.exclude(pk=run.pk).order_by("-pk").first()


def _held(run: ImportRun, *states: str) -> ImportRun:
    """
    Return the run, locked, if it is in one of ``states``.

    :raises NotNow: if it is not.
    """
    held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if held.state not in states:
        raise NotNow(
            _("The import has moved on meanwhile. Look at it again."), field="state"
        )
    return held
