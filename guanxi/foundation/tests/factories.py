"""Files that are imported by tests, and what is compared before and after."""

import hashlib
from collections.abc import Mapping

from django.db import connection

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.imports import commands, engine, jobs, undo
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.source import keep_file
from guanxi.foundation.models import ImportRun


def checked_file(
    by: Actor, kind: str, text: str | bytes, *, encoding: str = "utf-8"
) -> ImportRun:
    """Return the run of a file that was looked at and tried."""
    content = text.encode(encoding) if isinstance(text, str) else text
    path, size, digest = keep_file([content], "test")
    run = commands.new_run(
        by,
        import_kind(kind),
        commands.KeptFile("文件.csv", path, size, digest),
        habits=commands.Habits("zh-hans", "Asia/Shanghai"),
        at=now(),
    )
    return jobs.examine(run, by)


def ready_file(
    by: Actor,
    kind: str,
    text: str | bytes,
    *,
    columns: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
) -> ImportRun:
    """Return the run of a file mapped as told, that is about to be taken in."""
    run = checked_file(by, kind, text)
    commands.apply_choices(
        by, run, commands.Choices(columns=columns, options=options or {})
    )
    run.save()
    return commands.begin(by, run, at=now())


def import_file(
    by: Actor,
    kind: str,
    text: str | bytes,
    *,
    columns: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
) -> ImportRun:
    """Return the run of a file that was taken in."""
    run = ready_file(by, kind, text, columns=columns, options=options)
    return engine.execute(by, run)


def undo_file(by: Actor, run: ImportRun) -> ImportRun:
    """Return the run when all of it is taken back."""
    return undo.take_back(by, commands.begin_undo(by, run))


def digest_of(*tables: str, but: tuple[str, ...] = ()) -> str:
    """Return a hash over all rows of ``tables``, without the columns ``but``."""
    seen = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t ORDER BY 1",
                [list(but)],
            )
            seen.update(repr(cursor.fetchall()).encode())
    return seen.hexdigest()
