"""Opening an XLSX file without letting it near the process that asks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheet of a workbook that was taken, and those there are to choose from."""

    taken: str
    names: tuple[str, ...]


def flatten(source: Path, target: Path, sheet: str = "") -> Sheets:
    """
    Write the cells of ``source`` to ``target`` as CSV: UTF-8, comma, every cell quoted.

    The visible sheet called ``sheet`` is taken, or the first that has cells. The work is
    done by a process limited in memory and time.

    :raises UnreadableSheet: if the file is refused; ``target`` is not left behind.
    """
    if source.stat().st_size > limits.MAX_XLSX_BYTES:
        raise UnreadableSheet(
            "too_large", megabytes=limits.MAX_XLSX_BYTES // limits.MEGABYTE
        )
    told = _run(source, target, sheet)
    if "refused" in told:
        target.unlink(missing_ok=True)
        raise UnreadableSheet(told["refused"], sheet=sheet)
    return Sheets(told["sheet"], tuple(told["sheets"]))


def _run(source: Path, target: Path, sheet: str) -> dict[str, Any]:
    """Return what the process told: the sheets, or the code of its refusal."""
    arguments = [str(source.resolve()), str(target.resolve()), sheet]
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
        return {"refused": "too_slow"}
    if ended.returncode < 0:
        by = signal.Signals(-ended.returncode)
        return {"refused": _BY_SIGNAL.get(by, "damaged")}
    if ended.returncode:
        return {"refused": "damaged"}
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def _quiet_environment() -> dict[str, str]:
    """Return the environment without secrets: only what a process needs to start."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}
