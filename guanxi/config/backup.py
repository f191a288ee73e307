"""``guanxi backup``: the whole house in one file."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from gettext import gettext as _
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from guanxi.config import archive, environment, key_ring
from guanxi.config.backup_parts import (
    DATABASE_PART,
    FILES_PART,
    KEY_PART,
    RING_PART,
    TOMBSTONES_PART,
    libpq_environment,
)
from guanxi.config.binaries import find_client
from guanxi.config.postgres import ensure_running
from guanxi.config.problems import SetupError
from guanxi.config.swap import ASIDE, settle

LAST_BACKUP = "last-backup.json"


def back_up(path: Path, *, at: datetime) -> dict[str, Any]:
    """
    Write database, files and keys to ``path``; return the head of the backup.

    The database is read in one snapshot, so people may go on working meanwhile. A key
    ring that the environment brings is left out; the head names the keys that it needs.

    :raises SetupError: if the database does not answer or ``path`` cannot be written.
    """
    _require_folder(path.parent)
    home = environment.home()
    with _settled() as url, _snapshot(url) as (connection, snapshot):
        head: dict[str, Any] = {
            "format": archive.FORMAT,
            "version": version("guanxi"),
            "made_at": at.isoformat(),
            "postgres": connection.info.server_version // 10_000,
            "rows": row_counts(connection),
            "keys": _keys_in_use(connection),
        }
        with _writing(path) as writer:
            writer.add_facts(archive.HEAD, head)
            _dump(url, snapshot, writer, head["postgres"])
            _add_files(writer, home)
    (home / LAST_BACKUP).write_text(json.dumps({"made_at": at.isoformat()}))
    return head | {"bytes": path.stat().st_size}


def _require_folder(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SetupError(
            _("The folder %(path)s does not exist, or you may not write to it.")
            % {"path": folder}
        )


def row_counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return how many rows each table of the schema ``public`` has."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        query = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
        row = connection.execute(query).fetchone()
        counts[table] = row[0] if row else 0
    return counts


def _keys_in_use(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return how many values each key of the ring protects, by its id."""
    from guanxi.foundation.sealing import rotation  # noqa: PLC0415 -- it reads the models

    return dict(
        rotation.uses(
            lambda query, values: connection.execute(query, values).fetchall()
        )
    )


def _add_files(writer: archive.Writer, home: Path) -> None:
    for file in _files(home / FILES_PART):
        name = f"{FILES_PART}/{file.relative_to(home / FILES_PART)}"
        with suppress(FileNotFoundError):  # removed by somebody at work
            writer.add_file(name, file)
    parts = [KEY_PART] if key_ring.is_given() else [KEY_PART, RING_PART]
    for name in [*parts, TOMBSTONES_PART]:
        if (home / name).exists():
            writer.add_file(name, home / name)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@contextmanager
def _writing(path: Path) -> Iterator[archive.Writer]:
    try:
        with archive.create(path) as writer:
            yield writer
    except OSError as error:
        raise SetupError(
            _("The backup cannot be written to %(path)s: %(reason)s")
            % {"path": path, "reason": error.strerror or error}
        ) from error


@contextmanager
def _settled() -> Iterator[str]:
    with ensure_running() as url:
        settle(url)
        yield url


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield connection, row[0] if row else ""


def _dump(url: str, snapshot: str, writer: archive.Writer, major: int) -> None:
    command = [
        find_client(major).program("pg_dump"),
        "--format=custom",
        "--compress=0",  # the backup file is compressed as a whole
        f"--exclude-schema={ASIDE}",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
    ]
    with subprocess.Popen(  # noqa: S603 -- a program we found
        command, stdout=subprocess.PIPE, env=libpq_environment(url)
    ) as dump:
        if dump.stdout:
            writer.add_stream(DATABASE_PART, dump.stdout)
    if dump.returncode:
        raise SetupError(_("pg_dump could not read the database; see above."))
