"""``guanxi backup`` and ``guanxi restore``: the whole house in one file."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from gettext import gettext as _
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from guanxi.config import archive, environment, key_ring
from guanxi.config.binaries import find_client
from guanxi.config.freshness import STAMP
from guanxi.config.postgres import ensure_running
from guanxi.config.problems import SetupError
from guanxi.foundation.erasing import tombstones
from guanxi.foundation.sealing.ring import Ring, read_ring

DATABASE_PART = "database"
FILES_PART = "files"
KEY_PART = "secret-key.txt"
RING_PART = key_ring.NAME
LAST_BACKUP = "last-backup.json"
HEAD_FILE = "access-log-head.json"
TOMBSTONES_PART = tombstones.NAME
_SINGLE_PARTS = (KEY_PART, RING_PART, TOMBSTONES_PART)
# Where the tables wait until what replaces them has proved complete.
ASIDE = "guanxi_before_restore"
# Any fixed number: whoever holds it in the database restores.
RESTORE_LOCK = 7_210_347

# How libpq's settings are called in the environment of its programs.
_PG_VARIABLES = {
    option.keyword.decode(): option.envvar.decode()
    for option in Conninfo.get_defaults()
    if option.envvar
}


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


def restore(path: Path, *, force: bool) -> dict[str, Any]:
    """
    Read database, files and keys from ``path``; return the head of the backup.

    What was there is replaced with ``force`` only, and kept if anything goes wrong. Only
    the key ring and the list of who was erased keep what they had: what the backup has of
    them comes beside it.

    :raises SetupError: if the backup is damaged or of a newer version, if Guanxi runs,
        or if there is data and no ``force``, or if a key is missing.
    """
    head = archive.verify(path)
    _refuse_newer(head)
    home = environment.made_home()
    ring = _ring_after(path)
    key_ring.require(ring, head.get("keys", {}))
    with (
        _nothing_runs(home),
        ensure_running() as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        _claim(connection)
        _settle(connection, home)
        if row_counts(connection) and not force:
            raise SetupError(
                _("There is data already: add --force to replace all of it.")
            )
        _refuse_company(connection)
        _put_aside(connection)
        try:
            _read(path, url, home, head["postgres"])
            _compare(head["rows"], row_counts(connection))
        except BaseException:
            _put_back(connection, home)
            raise
        # The next start prepares it, and erases again who was erased since the backup.
        (home / STAMP).unlink(missing_ok=True)
        # From here on what was restored counts, even if the power fails.
        connection.execute(f"DROP SCHEMA {ASIDE} CASCADE")
        _take_over(home)
        # It told how the log ended that was replaced; the next stretch writes it anew.
        (home / HEAD_FILE).unlink(missing_ok=True)
    return head


def settle(url: str) -> None:
    """
    Undo a restore that was killed; finish one that had only its files to move.

    Whatever opens the house asks for it first: nobody may work on tables which the
    next restore would take for a half.

    :raises SetupError: while a restore is at work.
    """
    home = environment.home()
    with psycopg.connect(url, autocommit=True) as connection:
        if _is_aside(connection):
            _claim(connection)
        _settle(connection, home)


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
        command, stdout=subprocess.PIPE, env=_environment(url)
    ) as dump:
        if dump.stdout:
            writer.add_stream(DATABASE_PART, dump.stdout)
    if dump.returncode:
        raise SetupError(_("pg_dump could not read the database; see above."))


def _read(path: Path, url: str, home: Path, major: int) -> None:
    """Fill the empty schema, and put the files beside their place."""
    _clear_coming(home)
    (home / f"{FILES_PART}.new").mkdir(mode=0o700)
    command = [
        find_client(major).program("pg_restore"),
        f"--dbname={conninfo_to_dict(url)['dbname']}",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
    ]
    with (
        subprocess.Popen(  # noqa: S603 -- a program we found
            command, stdin=subprocess.PIPE, env=_environment(url)
        ) as load,
        suppress(BrokenPipeError),  # it ended early: its code tells
    ):
        for tar, member in archive.parts(path):
            if member.name.startswith(f"{DATABASE_PART}/") and load.stdin:
                shutil.copyfileobj(archive.content(tar, member), load.stdin)
            elif member.name in _SINGLE_PARTS or member.name.startswith(
                f"{FILES_PART}/"
            ):
                _lay_beside(home, member.name, archive.content(tar, member))
    if load.returncode:
        raise SetupError(_("pg_restore could not fill the database; see above."))


def _lay_beside(home: Path, name: str, content: IO[bytes]) -> None:
    """
    Write a file of the backup beside its place, whatever its name says.

    Not ``TarFile.extract``: its filter against names such as ``files/../…`` is missing
    from the Python 3.11.2 of Debian 12.

    :raises SetupError: if the name leads out of the folder.
    """
    top, _slash, rest = name.partition("/")
    coming = home / f"{top}.new"
    place = (coming / rest).resolve()
    if not place.is_relative_to(coming):
        raise SetupError(
            _("The backup has a file with a forbidden name: %(name)s") % {"name": name}
        )
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("wb") as target:
        shutil.copyfileobj(content, target)


def _clear_coming(home: Path) -> None:
    shutil.rmtree(home / f"{FILES_PART}.new", ignore_errors=True)
    for name in _SINGLE_PARTS:
        (home / f"{name}.new").unlink(missing_ok=True)


def _take_over(home: Path) -> None:
    """Move what waits beside its place there; what was moved before waits no more."""
    files = home / f"{FILES_PART}.new"
    if files.exists():
        shutil.rmtree(home / FILES_PART, ignore_errors=True)
        files.rename(home / FILES_PART)
    key = home / f"{KEY_PART}.new"
    if key.exists():
        key.chmod(0o600)
        key.replace(home / KEY_PART)
    _take_over_ring(home / f"{RING_PART}.new")
    _take_over_tombstones(home / f"{TOMBSTONES_PART}.new", home / TOMBSTONES_PART)


def _take_over_ring(coming: Path) -> None:
    """Add the keys of the backup to the ring; an environment's own is left alone."""
    if coming.exists() and not key_ring.is_given():
        theirs = read_ring(coming.read_text())
        key_ring.keep(key_ring.merged(key_ring.present(), theirs))
    coming.unlink(missing_ok=True)


def _take_over_tombstones(coming: Path, present: Path) -> None:
    """Add who was erased before the backup to who was erased since."""
    if coming.exists():
        tombstones.write_tombstones(present, tombstones.read_tombstones(coming))
    coming.unlink(missing_ok=True)


def _ring_after(path: Path) -> Ring | None:
    """
    Return the ring as it will be once the backup at ``path`` is restored.

    :raises BadRing: if one of the two is damaged, or both call different keys the same.
    """
    ours = key_ring.present()
    if key_ring.is_given():
        return ours
    for tar, member in archive.parts(path):
        if member.name == RING_PART:
            theirs = read_ring(archive.content(tar, member).read().decode())
            return key_ring.merged(ours, theirs)
    return ours


def _put_aside(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        connection.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        _move_extensions(connection, ASIDE, "public")


def _put_back(connection: psycopg.Connection[Any], home: Path) -> None:
    """Undo ``_put_aside``; last of all, so that a kill leaves the same to be done."""
    _clear_coming(home)
    with connection.transaction():
        _move_extensions(connection, "public", ASIDE)
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _settle(connection: psycopg.Connection[Any], home: Path) -> None:
    if _is_aside(connection):
        _put_back(connection, home)
    else:
        _take_over(home)


def _is_aside(connection: psycopg.Connection[Any]) -> bool:
    found = connection.execute(
        "SELECT FROM pg_namespace WHERE nspname = %s", [ASIDE]
    ).fetchone()
    return found is not None


def _claim(connection: psycopg.Connection[Any]) -> None:
    """
    Be the only one who restores, as long as ``connection`` lives.

    :raises SetupError: if another process is.
    """
    row = connection.execute(
        "SELECT pg_try_advisory_lock(%s)", [RESTORE_LOCK]
    ).fetchone()
    if row is None or not row[0]:
        raise SetupError(_("A backup is being restored: wait for its end."))


def _move_extensions(
    connection: psycopg.Connection[Any], origin: str, target: str
) -> None:
    """Extensions serve both schemas, and must not fall with the one that goes."""
    found = connection.execute(
        "SELECT extname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace "
        "WHERE nspname = %s",
        [origin],
    ).fetchall()
    for (name,) in found:
        connection.execute(
            sql.SQL("ALTER EXTENSION {} SET SCHEMA {}").format(
                sql.Identifier(name), sql.Identifier(target)
            )
        )


def _compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    wrong = [name for name in expected if expected[name] != found.get(name)]
    if wrong:
        raise SetupError(
            _("The restored tables have other row counts than the backup: %(tables)s")
            % {"tables": ", ".join(wrong)}
        )


def _refuse_newer(head: Mapping[str, Any]) -> None:
    if _numbers(head["version"]) > _numbers(version("guanxi")):
        raise SetupError(
            _(
                "The backup was made by Guanxi %(newer)s; this is %(ours)s: update first."
            )
            % {"newer": head["version"], "ours": version("guanxi")}
        )


def _refuse_company(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    ).fetchone()
    if row and row[0]:
        raise SetupError(
            _("%(count)s other connections use the database: stop Guanxi first.")
            % {"count": row[0]}
        )


@contextmanager
def _nothing_runs(home: Path) -> Iterator[None]:
    with (home / "run.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError(
                _("Guanxi runs on %(folder)s: stop it first.") % {"folder": home}
            ) from error
        yield


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _environment(url: str) -> dict[str, str]:
    """Return our environment with the connection in it, not on the command line."""
    wanted = conninfo_to_dict(url)
    known = {
        _PG_VARIABLES[key]: str(value)
        for key, value in wanted.items()
        if key in _PG_VARIABLES
    }
    return {**os.environ, **known}
