"""
Looking through an XLSX file before any parser opens it.

Only counted bytes are believed: a ZIP directory may say anything. Runs in the confined
process and imports nothing but the standard library.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path

from guanxi.foundation.sheets import limits

_END = b"PK\x05\x06"
_LONGEST_END = 22 + 65_535
_CHUNK = limits.MEGABYTE
_DOCTYPE = b"<!DOCTYPE"
# A cell reference of three letters: column 703 or later.
_FAR_COLUMN = re.compile(rb' r="([A-Z]{3})\d')
_UNSAFE_NAME = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\0")


class Refusal(Exception):
    """Why the file is not opened; ``code`` is one of `unreadable`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def scan(path: Path) -> None:
    """
    Look at every part of the workbook, and unpack it to nowhere.

    :raises Refusal: if it is no XLSX file or holds more than a workbook needs.
    """
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist())
            room = limits.MAX_UNPACKED_BYTES
            for entry in archive.infolist():
                room -= _unpacked_size(archive, entry, room)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise Refusal("damaged") from error
    except (NotImplementedError, UnicodeDecodeError) as error:
        raise Refusal("other_spreadsheet") from error
    except RuntimeError as error:  # what zipfile raises for a part under a password
        raise Refusal("encrypted") from error


def _check_directory(path: Path) -> None:
    """
    Look at the size of the directory before it is read into memory.

    :raises Refusal: ``damaged`` or ``zip_bomb``.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST_END))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise Refusal("damaged")
    entries, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    is_large = directory_bytes > limits.MAX_ZIP_DIRECTORY_BYTES
    if is_large or entries > limits.MAX_ZIP_ENTRIES:
        raise Refusal("zip_bomb")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """
    Look at the names in the directory.

    :raises Refusal: for unsafe or doubled names, too many, or another kind of file.
    """
    names = [entry.orig_filename for entry in entries]
    if len(names) > limits.MAX_ZIP_ENTRIES or len(set(names)) < len(names):
        raise Refusal("zip_bomb")
    if any(_UNSAFE_NAME.search(name) for name in names):
        raise Refusal("zip_path")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("encrypted")
    if "xl/workbook.xml" not in names:
        raise Refusal("other_spreadsheet")


def _unpacked_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """
    Return how many bytes the part really unpacks to.

    :raises Refusal: as soon as they are more than ``room``, or too many for its size.
    """
    size = 0
    is_xml = entry.filename.endswith((".xml", ".rels", ".vml"))
    overlap = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            _check_ratio(size, entry.compress_size)
            if size > room:
                raise Refusal("unpacked_too_large")
            if is_xml:
                _check_xml(overlap + chunk)
                overlap = chunk[-16:]
    return size


def _check_ratio(size: int, compressed: int) -> None:
    if size > limits.RATIO_MATTERS_FROM_BYTES and (
        size > limits.MAX_ZIP_RATIO * max(compressed, 1)
    ):
        raise Refusal("zip_bomb")


def _check_xml(chunk: bytes) -> None:
    """
    Look for what no spreadsheet program writes.

    :raises Refusal: ``xml_entity`` or ``too_many_columns``.
    """
    if _DOCTYPE in chunk or b"\0" in chunk:  # NUL: UTF-16, in which DOCTYPE could hide
        raise Refusal("xml_entity")
    for match in _FAR_COLUMN.finditer(chunk):
        if _column(match[1]) > limits.MAX_COLUMNS:
            raise Refusal("too_many_columns")


def _column(letters: bytes) -> int:
    """Return the number of the column ``AAA``, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
