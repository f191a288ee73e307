"""
The backup file: a compressed tar that can be written and read in one stream.

First comes ``guanxi.json`` (what made it), then the parts, and last ``manifest.json``
with the size and SHA-256 of each part. A part of unknown length, such as the
database, is cut into pieces ``name/000000``, ``name/000001``, …
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import IO, Any

from guanxi.config.problems import SetupError

FORMAT = 1
HEAD = "guanxi.json"
MANIFEST = "manifest.json"
PIECE_BYTES = 8 * 2**20
# Higher levels take three times as long for a few per cent.
COMPRESSION = 3


@dataclass
class Writer:
    """Writes the parts of a backup in the order in which they come."""

    tar: tarfile.TarFile
    parts: dict[str, dict[str, object]] = field(default_factory=dict)

    def add_facts(self, name: str, facts: Mapping[str, Any]) -> None:
        """Add ``facts`` as JSON."""
        self._add(name, json.dumps(facts, ensure_ascii=False, indent=1).encode())

    def add_stream(self, name: str, stream: IO[bytes]) -> None:
        """Add what ``stream`` gives, whatever its length, holding one piece at a time."""
        number = 0
        while piece := stream.read(PIECE_BYTES):
            self._add(f"{name}/{number:06}", piece)
            number += 1

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it is."""
        with path.open("rb") as stream:
            info = self.tar.gettarinfo(arcname=name, fileobj=stream)
            info.uname = info.gname = ""
            info.uid = info.gid = 0
            hashed = Hashed(stream)
            self.tar.addfile(info, hashed)
        self.parts[name] = {"bytes": info.size, "sha256": hashed.digest()}

    def _add(self, name: str, content: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        self.tar.addfile(info, io.BytesIO(content))
        digest = hashlib.sha256(content).hexdigest()
        self.parts[name] = {"bytes": len(content), "sha256": digest}


class Hashed(io.RawIOBase):
    """A stream that remembers the hash of all that was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        content = self._stream.read(size)
        self._hash.update(content)
        return content

    def digest(self) -> str:
        """Return the SHA-256 of what was read so far, as hexadecimal figures."""
        return self._hash.hexdigest()


def create(path: Path) -> "Creation":
    """Open a new backup at ``path``; see `Creation`."""
    return Creation(path)


class Creation:
    """A backup in the making: it takes its name only when it is complete on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(path.name + ".part")

    def __enter__(self) -> Writer:
        handle = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        tar = tarfile.open(fileobj=self._file, mode="w:gz", compresslevel=COMPRESSION)
        self._writer = Writer(tar)
        return self._writer

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            self._writer.add_facts(MANIFEST, {"parts": dict(self._writer.parts)})
            self._writer.tar.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._unfinished.replace(self._path)
        else:
            self._unfinished.unlink(missing_ok=True)
            self._file.close()  # last: on a full disk it fails


def verify(path: Path) -> dict[str, Any]:
    """
    Return the head of the backup at ``path`` after reading and checking every part.

    :raises SetupError: if it is no backup, of a newer format, incomplete or damaged.
    """
    try:
        with tarfile.open(path, "r|gz") as tar:
            return _verified(tar)
    except FileNotFoundError as error:
        raise SetupError(_("There is no file %(path)s.") % {"path": path}) from error
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError) as error:
        raise SetupError(
            _("%(path)s is no complete Guanxi backup: %(reason)s")
            % {"path": path, "reason": error}
        ) from error


def parts(path: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the parts of a verified backup in their order."""
    with tarfile.open(path, "r|gz") as tar:
        for member in tar:
            yield tar, member


def content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """
    Return the stream of one part.

    :raises ValueError: if it is not a file.
    """
    stream = tar.extractfile(member)
    if stream is None:
        raise ValueError(member.name)
    return stream


def _verified(tar: tarfile.TarFile) -> dict[str, Any]:
    seen: dict[str, dict[str, object]] = {}
    head: dict[str, Any] = {}
    manifest: dict[str, Any] = {}
    for member in tar:
        hashed = Hashed(content(tar, member))
        if member.name in {HEAD, MANIFEST}:
            facts = json.loads(hashed.read())
            head, manifest = (facts, manifest) if member.name == HEAD else (head, facts)
        else:
            while hashed.read(PIECE_BYTES):
                pass
        seen[member.name] = {"bytes": member.size, "sha256": hashed.digest()}
    seen.pop(MANIFEST, None)
    if manifest.get("parts") != seen:
        raise ValueError(_("parts are missing or differ from their checksums"))
    if head["format"] > FORMAT:
        raise ValueError(_("it was made by a newer version"))
    return head
