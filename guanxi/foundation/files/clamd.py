"""
Asking ClamAV about a file: the INSTREAM command of clamd(8).

The file goes over the socket, so clamd may run under another user or on another
machine. An address is ``/path/to/socket`` or ``host:port``.
"""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path

PIECE_BYTES = 64 * 1024
PATIENCE_SECONDS = 60
_MOST_ANSWER_BYTES = 4096


class NoAnswer(Exception):
    """The scanner cannot be reached, or does not speak the protocol."""


@dataclass(frozen=True)
class Report:
    """What the scanner found; ``is_clean`` is None where it did not look."""

    is_clean: bool | None
    found: str = ""


def scan(path: Path, address: str) -> Report:
    """
    Send the file at ``path`` to the clamd at ``address`` and return what it says.

    A file above its StreamMaxLength is not looked at.

    :raises NoAnswer: if it is not there or answers otherwise.
    """
    try:
        with _connected(address) as line:
            line.sendall(b"zINSTREAM\0")
            _send(line, path)
            return _report(_answer(line))
    except OSError as error:
        raise NoAnswer(str(error)) from error


def is_there(address: str) -> bool:
    """Tell whether the clamd at ``address`` answers."""
    try:
        with _connected(address) as line:
            line.sendall(b"zPING\0")
            return _answer(line) == "PONG"
    except OSError:
        return False


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE_SECONDS)
        line.connect(address)
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


def _send(line: socket.socket, path: Path) -> None:
    """Send the pieces, each after its length, and a length of nothing at the end."""
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It stops listening at its limit, and says so.
        return


def _answer(line: socket.socket) -> str:
    told = b""
    while b"\0" not in told and len(told) < _MOST_ANSWER_BYTES:
        piece = line.recv(_MOST_ANSWER_BYTES)
        if not piece:
            break
        told += piece
    return told.rstrip(b"\0").decode(errors="replace")


def _report(told: str) -> Report:
    if told == "stream: OK":
        return Report(is_clean=True)
    if told.startswith("stream: ") and told.endswith(" FOUND"):
        found = told.removeprefix("stream: ").removesuffix(" FOUND")
        return Report(is_clean=False, found=found)
    if "size limit exceeded" in told:
        return Report(is_clean=None)
    raise NoAnswer(told or "closed without an answer")
