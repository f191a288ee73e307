"""Pictures of files, drawn by a process that is limited in memory and time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import guanxi
from guanxi.foundation.files import drawing
from guanxi.foundation.files.store import path_of

WALL_SECONDS = 120
_ROOT = str(Path(guanxi.__file__).parents[1])
_MODULE = "guanxi.foundation.files.drawing"


class Undrawn(Exception):
    """A file of which there is no picture; the message is the code of the reason."""


def draw(token: str, media: str) -> Path | None:
    """
    Draw the content ``token``; return the photo without its traces, if it is a photo.

    :raises Undrawn: ``damaged``, ``too_large`` or ``too_slow``; nothing is left behind.
    """
    source = path_of(token)
    told = _run(source, media)
    clean = source.with_name(source.name + drawing.CLEAN)
    if "refused" in told:
        for ending in (drawing.CLEAN, drawing.PREVIEW, drawing.THUMB):
            source.with_name(source.name + ending).unlink(missing_ok=True)
        raise Undrawn(told["refused"])
    return clean if clean.exists() else None


def _run(source: Path, media: str) -> dict[str, Any]:
    try:
        ended = subprocess.run(  # noqa: S603 -- our own module, no shell
            [sys.executable, "-s", "-m", _MODULE, str(source.resolve()), media],
            env={**_quiet_environment(), "PYTHONPATH": _ROOT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "too_slow"}
    if ended.returncode:
        return {"refused": "damaged"}
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def _quiet_environment() -> dict[str, str]:
    """Return the environment without secrets: only what a process needs to start."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}
