"""``guanxi restore``: the house as it was when a backup was made."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from gettext import gettext as _
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from guanxi.config import archive, environment, key_ring
from guanxi.config.backup import row_counts
from guanxi.config.backup_parts import (
    DATABASE_PART,
    FILES_PART,
    RING_PART,
    SINGLE_PARTS,
    libpq_environment,
)
from guanxi.config.binaries import find_client
from guanxi.config.freshness import STAMP
from guanxi.config.postgres import ensure_running
from guanxi.config.problems import SetupError
from guanxi.config.swap import (
    ASIDE,
    claim,
    clear_coming,
    finish_or_undo,
    put_aside,
    put_back,
    take_over,
)
from guanxi.foundation.sealing.ring import Ring, read_ring

HEAD_FILE = "access-log-head.json"


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
        claim(connection)
        finish_or_undo(connection, home)
        if row_counts(connection) and not force:
            raise SetupError(
                _("There is data already: add --force to replace all of it.")
            )
        _refuse_company(connection)
        with _put_back_on_failure(connection, home):
            _read(path, url, home, head["postgres"])
            _compare(head["rows"], row_counts(connection))
        # The next start prepares it, and erases again who was erased since the backup.
        (home / STAMP).unlink(missing_ok=True)
        # From here on what was restored counts, even if the power fails.
        connection.execute(f"DROP SCHEMA {ASIDE} CASCADE")
        take_over(home)
        # It told how the log ended that was replaced; the next stretch writes it anew.
        (home / HEAD_FILE).unlink(missing_ok=True)
    return head


def _refuse_newer(head: Mapping[str, Any]) -> None:
    if _numbers(head["version"]) > _numbers(version("guanxi")):
        raise SetupError(
            _(
                "The backup was made by Guanxi %(newer)s; this is %(ours)s: update first."
            )
            % {"newer": head["version"], "ours": version("guanxi")}
        )


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]


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


@contextmanager
def _put_back_on_failure(
    connection: psycopg.Connection[Any], home: Path
) -> Iterator[None]:
    """Put what is there aside, and back if what is done meanwhile goes wrong."""
    put_aside(connection)
    try:
        yield
    except BaseException:
        put_back(connection, home)
        raise


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


def _read(path: Path, url: str, home: Path, major: int) -> None:
    """Fill the empty schema, and put the files beside their place."""
    clear_coming(home)
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
            command, stdin=subprocess.PIPE, env=libpq_environment(url)
        ) as load,
        suppress(BrokenPipeError),  # it ended early: its code tells
    ):
        for tar, member in archive.parts(path):
            if member.name.startswith(f"{DATABASE_PART}/") and load.stdin:
                shutil.copyfileobj(archive.content(tar, member), load.stdin)
            elif member.name in SINGLE_PARTS or member.name.startswith(
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


def _compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    wrong = [name for name in expected if expected[name] != found.get(name)]
    if wrong:
        raise SetupError(
            _("The restored tables have other row counts than the backup: %(tables)s")
            % {"tables": ", ".join(wrong)}
        )
