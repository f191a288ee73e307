"""Typed readers of the GUANXI_* variables; a wrong value stops the start."""

import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class WrongSetting(SystemExit):
    """A setting that cannot be used: says which, why, and what would do."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value!r}: {wanted}")


def text(name: str, default: str = "") -> str:
    """Return the variable, or ``default`` when it is absent or empty."""
    return os.environ.get(name, "").strip() or default


def integer(name: str, default: int, *, low: int, high: int) -> int:
    """Return the variable as a whole number from ``low`` to ``high``."""
    wanted = (
        f"a whole number from {low} to {high} is needed / 须为 {low} 到 {high} 的整数"
    )
    value = _read(name, default, int, wanted)
    if not low <= value <= high:
        raise WrongSetting(name, text(name), wanted)
    return value


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as yes or no."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise WrongSetting(name, value, "1 or 0 is needed / 须为 1 或 0")


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return the variable, one of ``allowed``."""
    value = text(name, default)
    if value not in allowed:
        names = ", ".join(allowed)
        raise WrongSetting(
            name, value, f"one of {names} is needed / 须为其中之一：{names}"
        )
    return value


def listed(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated parts of the variable."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(
        default
    )


def home() -> Path:
    """Return the data folder, GUANXI_HOME."""
    return (
        Path(text("GUANXI_HOME", str(Path.home() / ".guanxi"))).expanduser().resolve()
    )


def secret(name: str) -> str:
    """
    Return the variable; without one, a key made once and kept in the data folder.

    The file is readable by its owner alone.
    """
    given = text(name)
    if given:
        return given
    path = home() / "secret-key.txt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def _write_once(path: Path, content: str) -> None:
    """Write ``path`` unless another process did: whole, or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(handle)
        with suppress(FileExistsError):
            path.hardlink_to(unfinished)
    finally:
        unfinished.unlink()


def _read(name: str, default: T, convert: Callable[[str], T], wanted: str) -> T:
    value = text(name)
    if not value:
        return default
    try:
        return convert(value)
    except ValueError as error:
        raise WrongSetting(name, value, wanted) from error
