"""Where contents lie: below FILES_ROOT under random names, never where the web looks."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from guanxi.foundation.files.kinds import HEAD_BYTES
from guanxi.foundation.forgetting import KEPT

FOLDER = "records"
THUMB, PREVIEW = ".thumb", ".preview"
PARTS = ("", THUMB, PREVIEW)
_TOKEN_BYTES = 16


@dataclass(frozen=True)
class Kept:
    """Content on disk: its random name, its bytes, SHA-256 and how it begins."""

    token: str
    size: int
    digest: str
    head: bytes


def keep(chunks: Iterable[bytes]) -> Kept:
    """Write what was uploaded piece by piece, unread, under a new random name."""
    token = secrets.token_hex(_TOKEN_BYTES)
    path = path_of(token)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen, size, head = hashlib.sha256(), 0, b""
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
            seen.update(chunk)
            size += len(chunk)
            head = (head + chunk)[:HEAD_BYTES] if len(head) < HEAD_BYTES else head
    path.chmod(0o600)
    return Kept(token, size, seen.hexdigest(), head)


@contextmanager
def keeping(chunks: Iterable[bytes]) -> Iterator[Kept]:
    """Keep what was uploaded for as long as nothing in the block refuses it."""
    kept = keep(chunks)
    is_taken = False
    try:
        yield kept
        is_taken = True
    finally:
        if not is_taken:
            forget(kept.token)


def adopt(path: Path, token: str) -> Kept:
    """Give the file at ``path`` a new name, with the pictures of ``token``."""
    new = secrets.token_hex(_TOKEN_BYTES)
    path_of(new).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o600)
    path.replace(path_of(new))
    for part in (THUMB, PREVIEW):
        path_of(token, part).replace(path_of(new, part))
    return Kept(new, path_of(new).stat().st_size, digest_of(new), b"")


def path_of(token: str, part: str = "") -> Path:
    """Return where a content lies, or a picture made of it (`THUMB`, `PREVIEW`)."""
    return Path(settings.FILES_ROOT) / FOLDER / token[:2] / f"{token}{part}"


def digest_of(token: str) -> str:
    """Return the SHA-256 of a content as it is now."""
    with path_of(token).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget(token: str) -> None:
    """Remove a content and the pictures made of it."""
    for part in PARTS:
        path_of(token, part).unlink(missing_ok=True)


def contents() -> Iterator[Path]:
    """Yield every file there is, contents and pictures."""
    folder = Path(settings.FILES_ROOT) / FOLDER
    return (path for path in folder.glob("*/*") if path.is_file())


def is_settled(path: Path, at: datetime) -> bool:
    """Tell whether a file has lain for a day: what is younger may be on its way in."""
    return path.stat().st_mtime < (at - KEPT).timestamp()
