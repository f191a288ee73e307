"""
Which files are taken, and how each begins: a name must not say what the content denies.

The first bytes are those of the formats' own specifications (ISO 32000 for PDF, RFC 2083
for PNG, PKWARE's APPNOTE for ZIP, …).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation.errors import Refused
from guanxi.foundation.files.names import ending_of

HEAD_BYTES = 4096
OPAQUE = "application/octet-stream"
# What a browser draws as a page or a system runs, whatever it is called.
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe")
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x8b", "gzip"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"#!AMR", "amr"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"AC10", "dwg"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
)


@dataclass(frozen=True)
class FileKind:
    """What a file of an extension is called on the web, and what it may begin like."""

    media: str
    starts: frozenset[str]


def _kind(media: str, *starts: str) -> FileKind:
    return FileKind(media, frozenset(starts))


_TEXT = _kind("text/plain; charset=utf-8", "text")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
KINDS: Mapping[str, FileKind] = {
    **dict.fromkeys(("jpg", "jpeg", "jfif"), _kind("image/jpeg", "jpeg")),
    "png": _kind("image/png", "png"),
    "gif": _kind("image/gif", "gif"),
    "webp": _kind("image/webp", "webp"),
    "bmp": _kind("image/bmp", "bmp"),
    **dict.fromkeys(("tif", "tiff"), _kind("image/tiff", "tiff")),
    "pdf": _kind("application/pdf", "pdf"),
    # Official papers in China come as OFD (GB/T 33190), a ZIP.
    "ofd": _kind("application/ofd", "zip"),
    "docx": _kind(f"{_OFFICE}.wordprocessingml.document", "zip"),
    "xlsx": _kind(f"{_OFFICE}.spreadsheetml.sheet", "zip"),
    "pptx": _kind(f"{_OFFICE}.presentationml.presentation", "zip"),
    "odt": _kind(f"{_OPEN}.text", "zip"),
    "ods": _kind(f"{_OPEN}.spreadsheet", "zip"),
    "odp": _kind(f"{_OPEN}.presentation", "zip"),
    "doc": _kind("application/msword", "ole", "rtf"),
    "xls": _kind("application/vnd.ms-excel", "ole"),
    "ppt": _kind("application/vnd.ms-powerpoint", "ole"),
    **dict.fromkeys(("wps", "et", "dps", "msg", "vsd"), _kind(OPAQUE, "ole", "zip")),
    "rtf": _kind("application/rtf", "rtf"),
    **dict.fromkeys(("txt", "md", "log", "csv", "tsv", "json", "ics", "vcf"), _TEXT),
    "eml": _kind("message/rfc822", "text"),
    "zip": _kind("application/zip", "zip"),
    "7z": _kind("application/x-7z-compressed", "7z"),
    "rar": _kind("application/vnd.rar", "rar"),
    **dict.fromkeys(("gz", "tgz"), _kind("application/gzip", "gzip")),
    "mp3": _kind("audio/mpeg", "mp3"),
    "wav": _kind("audio/wav", "wav"),
    "amr": _kind("audio/amr", "amr"),
    "flac": _kind("audio/flac", "flac"),
    **dict.fromkeys(("ogg", "opus"), _kind("audio/ogg", "ogg")),
    **dict.fromkeys(("m4a", "aac"), _kind("audio/mp4", "mp4", "mp3")),
    **dict.fromkeys(("mp4", "mov", "m4v", "3gp"), _kind("video/mp4", "mp4")),
    **dict.fromkeys(("webm", "mkv"), _kind("video/webm", "matroska")),
    "avi": _kind("video/x-msvideo", "avi"),
    "dwg": _kind("image/vnd.dwg", "dwg"),
}
# Their content is drawn anew without what a camera adds: place, time, device.
PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp", "image/bmp"})
DRAWN = PHOTOS | {"image/gif", "image/tiff", "application/pdf"}
# Cannot be freed of the place where they were taken.
_UNCLEANABLE = frozenset({"heic", "heif", "avif"})


class BadFile(Refused):
    """A file that is not taken, and why."""

    code = "bad_file"


def media_of(name: str, head: bytes) -> str:
    """
    Return the media type of a file with the clean ``name`` that begins with ``head``.

    What the house has added (``GUANXI_FILE_TYPES``) is taken whatever it begins like; it
    is only ever handed out as a download of no type.

    :raises BadFile: for an extension that is not taken, or content of another kind.
    """
    ending = ending_of(name)
    words = {"name": name}
    if not head:
        raise BadFile(_("“%(name)s” is empty.") % words)
    if ending in _UNCLEANABLE:
        told = _(
            "“%(name)s”: photos of this kind keep the place where they were taken. Save "
            "it as JPEG."
        )
        raise BadFile(told % words)
    if ending in settings.FILE_TYPES and ending not in KINDS:
        return OPAQUE
    if ending not in KINDS:
        told = _(
            "“%(name)s”: files of this type are not taken. Pack it into a ZIP file, or "
            "save it as PDF."
        )
        raise BadFile(told % words)
    if start_of(head) not in KINDS[ending].starts:
        told = _("The content of “%(name)s” is not what its name says.")
        raise BadFile(told % words)
    return KINDS[ending].media


def start_of(head: bytes) -> str:
    """Return what the content that begins with ``head`` is."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "mp4"
    # Sound without a heading: the eleven bits that begin each frame of MPEG audio.
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        return "mp3" if not head.startswith(b"\xff\xfe") else _text(head)
    return _text(head)


def _text(head: bytes) -> str:
    """Return whether it is a page, other text or none: no text has NUL but UTF-16."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        plain = head.decode("utf-16", errors="ignore").encode()
    else:
        plain = head.removeprefix(b"\xef\xbb\xbf")
    lower = plain.lstrip().lower()
    is_page = lower.startswith(_MARKUP) or (
        lower.startswith((b"<?xml", b"<!--")) and any(m in lower for m in _MARKUP)
    )
    if is_page:
        return "page"
    return "" if b"\0" in plain else "text"
