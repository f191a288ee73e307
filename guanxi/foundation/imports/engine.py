"""
Taking a file in: chunk by chunk, each in one transaction with the place it reached.

A run that is killed goes on where the last commit left it, so that its result is that of
a run that was never killed. Two processes at one run cannot both move it: the second
finds the cursor elsewhere and leaves.
"""

import gc
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import translation

from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import copy_rows, forget_plans, refresh_statistics
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish
from guanxi.foundation.imports.events import ImportFinished
from guanxi.foundation.imports.kinds import (
    BadRow,
    Decision,
    ImportKind,
    Loader,
    Refusal,
    import_kind,
    refusal,
)
from guanxi.foundation.imports.pending import allow_long_lists, sorted_aside
from guanxi.foundation.imports.refused import NOT_STORABLE, write_refused
from guanxi.foundation.imports.source import form_of, rows_of, terms_of
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow
from guanxi.foundation.policies import require

CHUNK_ROWS = 10_000
# Any fixed number: chunks of all runs are written one after the other, because two that
# look for the same key at once would both find nothing.
WRITING_LOCK = 7_210_347

logger = logging.getLogger(__name__)
Tell = Callable[[ImportRun], None]


class Overtaken(Exception):
    """Somebody stopped the run, or another process carries it on."""


@dataclass
class Chunk:
    """Some rows of a file: those that are records, those that are none, and how many."""

    start: int
    count: int = 0
    records: list[Any] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def execute(by: Actor, run: ImportRun, tell: Tell | None = None) -> ImportRun:
    """
    Take the rest of the file of ``run`` in; ``tell`` hears of each chunk.

    :raises UnreadableSheet: where the table costs more than a table may.
    :raises Denied: if ``by`` may not import such files any more.
    """
    kind = import_kind(run.kind)
    require(by, kind.needs)
    try:
        with translation.override(run.language):
            _take_in(by, run, kind, tell)
    except Overtaken:
        logger.info("Import %s is carried on elsewhere or was stopped.", run.pk)
    run.refresh_from_db()
    return run


def chunks(
    loader: Loader[Any, Any], rows: Iterator[list[str]], start: int
) -> Iterator[Chunk]:
    """
    Return the rest of a file in chunks, each read while its predecessor is dealt with.

    The reading is Python's and the waiting is the database's, so a second thread makes
    one of the two free.
    """
    with _no_cycles(), ThreadPoolExecutor(max_workers=1) as reader:
        ahead = reader.submit(_next_chunk, loader, rows, start)
        while (chunk := ahead.result()).count:
            ahead = _ahead(reader, loader, rows, chunk)
            yield chunk


def _take_in(by: Actor, run: ImportRun, kind: ImportKind, tell: Tell | None) -> None:
    forget_plans()
    loader = kind.loader(by, terms_of(run))
    rows = _rows_left(run, loader)
    began = time.monotonic()
    with sorted_aside(loader.text_indexes) as sort_in:
        for chunk in chunks(loader, rows, run.cursor):
            with transaction.atomic():
                held = _hold(run.pk, chunk.start)
                _lock_writing()
                allow_long_lists(loader.text_indexes)
                results = _load(loader, chunk.records)
                took, began = time.monotonic() - began, time.monotonic()
                _move(held, chunk, results, took)
            sort_in()
            if tell:
                tell(held)
    refresh_statistics([*kind.fills, LoggedEvent])
    _finish(by, run, loader)


def _rows_left(run: ImportRun, loader: Loader[Any, Any]) -> Iterator[list[str]]:
    """Return the rows that ``run`` has before it; a counting loader reads those behind."""
    if not loader.is_counting:
        return rows_of(run, run.cursor)
    rows = rows_of(run)
    for index, cells in enumerate(islice(rows, run.cursor)):
        if cells:
            with suppress(BadRow):
                loader.read(index, cells)
    return rows


@contextmanager
def _no_cycles() -> Iterator[None]:
    """
    Keep Python from looking for cycles in the block.

    Rows are many small objects without any: looking through them takes a third of the
    time and finds nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _ahead(
    reader: ThreadPoolExecutor,
    loader: Loader[Any, Any],
    rows: Iterator[list[str]],
    chunk: Chunk,
) -> "Future[Chunk]":
    return reader.submit(_next_chunk, loader, rows, chunk.start + chunk.count)


def _next_chunk(
    loader: Loader[Any, Any], rows: Iterator[list[str]], start: int
) -> Chunk:
    chunk = Chunk(start)
    read = loader.read
    for index, cells in enumerate(islice(rows, CHUNK_ROWS), start):
        chunk.count += 1
        if not cells:
            continue
        try:
            chunk.records.append(read(index, cells))
        except BadRow as bad:
            chunk.refused.append(refusal(index, bad.field_key, bad.error))
    return chunk


def _hold(run_id: int, start: int) -> ImportRun:
    """
    Return the run, kept from everybody else until the commit.

    :raises Overtaken: if it stands elsewhere, or was stopped.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != ImportRun.State.RUNNING or run.cursor != start:
        raise Overtaken
    return run


def _lock_writing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING_LOCK])


def _load(
    loader: Loader[Any, Any], records: Sequence[Any]
) -> list[tuple[Decision[Any], Sequence[Any]]]:
    """
    Write ``records`` and return what became of them.

    What the database does not take is searched for by halves: one row costs one row.
    """
    if not records:
        return []
    try:
        with transaction.atomic():
            decision = loader.decide(records)
            loader.write(decision.work)
    except (DataError, IntegrityError) as error:
        if len(records) > 1:
            middle = len(records) // 2
            first = _load(loader, records[:middle])
            return first + _load(loader, records[middle:])
        logger.warning("A row of an import is refused by the database: %s", error)
        only = refusal(records[0].index, "", NOT_STORABLE)
        return [(Decision(work=None, refused=[only]), records)]
    return [(decision, records)]


def _move(
    run: ImportRun,
    chunk: Chunk,
    results: Sequence[tuple[Decision[Any], Sequence[Any]]],
    seconds: float,
) -> None:
    """Write down what became of a chunk, and that the run is behind it."""
    refused = list(chunk.refused)
    for decision, _records in results:
        run.created += decision.created
        run.updated += decision.updated
        run.skipped += decision.skipped
        refused += decision.refused
    run.refused += len(refused)
    run.cursor = chunk.start + chunk.count
    run.total = max(run.total or 0, run.cursor)
    run.seconds += seconds
    run.attempts = 0
    _keep_refused(run, refused)
    run.save()


def _keep_refused(run: ImportRun, refused: Sequence[Refusal]) -> None:
    first = form_of(run).first_row
    copy_rows(
        RefusedRow,
        ("index", "number", "field", "reason", "params"),
        [
            (r.index, first + r.index, r.field, r.reason, _json(r.params))
            for r in refused
        ],
        {"run_id": run.pk},
    )


def _json(params: Mapping[str, object]) -> str:
    return orjson.dumps(dict(params)).decode()


@command(needs="import_run.create")
def finish_import(
    by: Actor, run: ImportRun, unresolved: Sequence[str] = ()
) -> ImportRun:
    """Close a run whose rows are all dealt with, and tell that it is done."""
    at = now()
    run.state = ImportRun.State.DONE
    run.finished_at = at
    run.total = run.cursor
    run.preview = {**run.preview, "unresolved": list(unresolved)}
    run.save()
    publish(
        ImportFinished(
            run_id=run.pk,
            import_kind=run.kind,
            created=run.created,
            updated=run.updated,
            skipped=run.skipped,
            refused=run.refused,
            at=at,
        )
    )
    return run


def _finish(by: Actor, run: ImportRun, loader: Loader[Any, Any]) -> None:
    run.refresh_from_db()
    if run.refused:
        write_refused(run)
    with transaction.atomic():
        held = _hold(run.pk, run.cursor)
        finish_import(by, held, list(loader.finish()))
