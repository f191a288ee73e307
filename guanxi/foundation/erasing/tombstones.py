"""
Who was erased, written beside the database: a backup of before brings nobody back.

One line of JSON for each: the number, when the record was made (a number may be given
again after an old backup came back; the same number of the same instant is the same
record), when and why it was erased. Nothing of it tells who it was.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

NAME = "erased.jsonl"


@dataclass(frozen=True)
class Tombstone:
    """One record that was erased: ``made_at`` and ``erased_at`` are ISO instants."""

    kind: str
    pk: int
    made_at: str
    erased_at: str
    reason: str = ""
    identity: str = ""
    reference: str = ""

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes it the same record."""
        return self.kind, self.pk, self.made_at


def read_tombstones(path: Path) -> list[Tombstone]:
    """Return all that stand in ``path``; a last line that was cut off counts for nothing."""
    if not path.exists():
        return []
    return parse(path.read_text().splitlines(keepends=True))


def parse(lines: Iterable[str]) -> list[Tombstone]:
    """Return the tombstones of whole ``lines``, each record once."""
    read = (_parsed(line) for line in lines)
    found = {one.key: one for one in read if one}
    return list(found.values())


def write_tombstones(path: Path, stones: Sequence[Tombstone]) -> None:
    """Add those of ``stones`` that are not there yet; they are on the disk afterwards."""
    known = {one.key for one in read_tombstones(path)}
    fresh = [one for one in stones if one.key not in known]
    if not fresh:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+") as file:
        text = file.read()
        if text and not text.endswith("\n"):
            file.write("\n")  # what was cut off becomes a line of its own
        for one in fresh:
            file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _parsed(line: str) -> Tombstone | None:
    """Return what ``line`` says; None for one that a crash cut off."""
    try:
        return Tombstone(**json.loads(line))
    except ValueError:
        return None


def instant(at: datetime) -> str:
    """Return ``at`` as tombstones write it."""
    return at.isoformat()
