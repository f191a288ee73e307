"""Whether the preparation of the last start still holds, told without loading Django."""

import hashlib
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import psycopg

from guanxi.config.assets import PACKAGE
from guanxi.config.environment import home
from guanxi.config.first_login import LOGINS

STAMP = "prepared.txt"

# What a start prepares depends on these rows: the migrations applied, and the users
# whose first passwords are shown until they change.
_ROWS = """
    SELECT (SELECT array_agg(name ORDER BY id) FROM django_migrations),
           (SELECT array_agg(ARRAY[username, password, is_active::text] ORDER BY id)
              FROM identity_user WHERE username = ANY(%s))
"""


def is_prepared(url: str) -> bool:
    """Tell whether neither code nor database changed since the last preparation."""
    if not (home() / "static").is_dir():
        return False
    try:
        return (home() / STAMP).read_text() == _state(url)
    except (FileNotFoundError, psycopg.Error):
        return False


def note_prepared(url: str) -> None:
    """Remember that everything is prepared as it is now."""
    (home() / STAMP).write_text(_state(url))


def _state(url: str) -> str:
    seen = hashlib.sha256()
    for path in _sources():
        facts = path.stat()
        seen.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    with psycopg.connect(url) as connection:
        seen.update(
            repr(connection.execute(_ROWS, [_shown_users()]).fetchone()).encode()
        )
    return seen.hexdigest()


def _shown_users() -> list[str]:
    paths = [home() / name for name in LOGINS]
    return [path.read_text().split()[0] for path in paths if path.exists()]


def _sources() -> Iterator[Path]:
    """Yield our own files, and the folder that changes when a package is installed."""
    yield Path(sysconfig.get_path("purelib"))
    made = {"__pycache__", "tests"}
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".mo" and not made & set(path.parts):
            yield path
