"""Opening an XLSX file without letting it near the process that asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import guanxi
from guanxi.foundation.sheets import limits
from guanxi.foundation.sheets.unreadable import UnreadableSheet

_ROOT = str(Path(guanxi.__file__).parents[1])
_BY_SIGNAL = {
    signal.SIGXCPU: "too_slow",
    signal.SIGKILL: "too_slow",
    signal.SIGXFSZ: "unpacked_too_large",
    signal.SIGABRT: "too_much_memory",
    signal.SIGSEGV: "too_much_memory",
}


def flatten(source: Path, target: Path) -> None:
    """
    Write the cells of ``source`` to ``target`` as CSV: UTF-8, comma, every cell quoted.

    The first visible sheet with cells is taken. The work is done by a process limited in
    memory and time.

    :raises UnreadableSheet: if the file is refused; ``target`` is not left behind.
    """
    if source.stat().st_size > limits.MAX_XLSX_BYTES:
        raise UnreadableSheet(
            "too_large", megabytes=limits.MAX_XLSX_BYTES // limits.MEGABYTE
        )
    code = _run(source, target)
    if code:
        target.unlink(missing_ok=True)
        raise UnreadableSheet(code)


def _run(source: Path, target: Path) -> str:
    """Return the code of the refusal, or an empty text."""
    arguments = [str(source.resolve()), str(target.resolve())]
    module = "guanxi.foundation.sheets.flatten"
    try:
        ended = subprocess.run(  # noqa: S603 -- our own module, no shell
            [sys.executable, "-s", "-m", module, *arguments],
            env={**_quiet_environment(), "PYTHONPATH": _ROOT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limits.MAX_PARSER_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "too_slow"
    if ended.returncode < 0:
        return _BY_SIGNAL.get(signal.Signals(-ended.returncode), "damaged")
    return "damaged" if ended.returncode else ended.stdout.strip()


def _quiet_environment() -> dict[str, str]:
    """Return the environment without secrets: only what a process needs to start."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}
