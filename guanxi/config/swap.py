"""The two steps of a restore: what was there is put aside until what comes is complete."""

import shutil
from gettext import gettext as _
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from guanxi.config import environment, key_ring
from guanxi.config.backup_parts import (
    FILES_PART,
    KEY_PART,
    RING_PART,
    SINGLE_PARTS,
    TOMBSTONES_PART,
)
from guanxi.config.problems import SetupError
from guanxi.foundation.erasing import tombstones
from guanxi.foundation.sealing.ring import read_ring

# Where the tables wait until what replaces them has proved complete.
ASIDE = "guanxi_before_restore"
# Any fixed number: whoever holds it in the database restores.
RESTORE_LOCK = 7_210_347


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
            claim(connection)
        finish_or_undo(connection, home)


def finish_or_undo(connection: psycopg.Connection[Any], home: Path) -> None:
    if _is_aside(connection):
        put_back(connection, home)
    else:
        take_over(home)


def _is_aside(connection: psycopg.Connection[Any]) -> bool:
    found = connection.execute(
        "SELECT FROM pg_namespace WHERE nspname = %s", [ASIDE]
    ).fetchone()
    return found is not None


def claim(connection: psycopg.Connection[Any]) -> None:
    """
    Be the only one who restores, as long as ``connection`` lives.

    :raises SetupError: if another process is.
    """
    row = connection.execute(
        "SELECT pg_try_advisory_lock(%s)", [RESTORE_LOCK]
    ).fetchone()
    if row is None or not row[0]:
        raise SetupError(_("A backup is being restored: wait for its end."))


def put_aside(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        connection.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        _move_extensions(connection, ASIDE, "public")


def put_back(connection: psycopg.Connection[Any], home: Path) -> None:
    """Undo ``put_aside``; last of all, so that a kill leaves the same to be done."""
    clear_coming(home)
    with connection.transaction():
        _move_extensions(connection, "public", ASIDE)
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")


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


def clear_coming(home: Path) -> None:
    shutil.rmtree(home / f"{FILES_PART}.new", ignore_errors=True)
    for name in SINGLE_PARTS:
        (home / f"{name}.new").unlink(missing_ok=True)


def take_over(home: Path) -> None:
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
