"""Typed readers of the GUANXI_* variables; a wrong value stops the start."""

import os
import re
import secrets
import tempfile
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from gettext import gettext as _
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
PREFIX = "GUANXI_"
# What our own processes, tests and measurements tell each other.
OURS = frozenset({"GUANXI_SUPERVISED", "GUANXI_TEST_HOME", "GUANXI_BENCH_HOME"})

SHORTEST_SECRET = 32

_read_names: set[str] = set()


class WrongSetting(SystemExit):
    """A setting that cannot be used: says which, why, and what would do."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(
            _("%(name)s=%(value)s cannot be used: %(wanted)s.")
            % {"name": name, "value": value, "wanted": wanted}
        )


def text(name: str, default: str = "") -> str:
    """Return the variable, or ``default`` when it is absent or empty."""
    _read_names.add(name)
    return os.environ.get(name, "").strip() or default


def names() -> frozenset[str]:
    """Return the variables that were asked for: all there are, once settings are read."""
    return frozenset(_read_names)


def unread() -> Iterator[str]:
    """Yield a sentence for each GUANXI_* variable that is set but read by nobody."""
    # Compared without what all have in common, or everything were near.
    known = [n.removeprefix(PREFIX) for n in _read_names if n.startswith(PREFIX)]
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in _read_names | OURS:
            near = get_close_matches(name.removeprefix(PREFIX), sorted(known), n=1)
            yield _unread(name, f"{PREFIX}{near[0]}" if near else "")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    """Return the variable as a whole number from ``low`` to ``high``."""
    wanted = _("it must be a whole number from %(low)s to %(high)s") % {
        "low": low,
        "high": high,
    }
    value = _converted(name, default, int, wanted)
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
    raise WrongSetting(name, value, _("it must be 1 or 0"))


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return the variable, one of ``allowed``."""
    value = text(name, default)
    if value not in allowed:
        wanted = _("it must be one of %(names)s") % {"names": ", ".join(allowed)}
        raise WrongSetting(name, value, wanted)
    return value


def time_zone(name: str, default: str) -> str:
    """Return the variable, the name of a time zone of the IANA database."""
    value = text(name, default)
    if value not in zoneinfo.available_timezones():
        wanted = _("it must be the name of a time zone, such as Asia/Shanghai")
        raise WrongSetting(name, value, wanted)
    return value


def currency(name: str, default: str) -> str:
    """Return the variable, a currency by its three letters in ISO 4217."""
    value = text(name, default)
    if not re.fullmatch("[A-Z]{3}", value):
        wanted = _("it must be the three capital letters of a currency, such as CNY")
        raise WrongSetting(name, value, wanted)
    return value


def origin(name: str, default: str) -> str:
    """Return the variable, an address without a path: ``https://crm.example:8443``."""
    value = text(name, default)
    if not re.fullmatch(r"https?://[^/?#@\s]+", value):
        wanted = _("it must be an address without a path, such as https://crm.example")
        raise WrongSetting(name, value, wanted)
    return value


def issuer(name: str) -> str:
    """Return the variable, the address of an identity provider; plain HTTP only at home."""
    value = text(name).rstrip("/")
    at_home = r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^?#\s]*)?"
    if value and not re.fullmatch(rf"https://[^?#@\s]+|{at_home}", value):
        wanted = _("it must be an address such as https://login.example/realms/firm")
        raise WrongSetting(name, value, wanted)
    return value


def listed(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated parts of the variable."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(
        default
    )


def hosts(name: str, default: tuple[str, ...]) -> list[str]:
    """Return the comma-separated host names of the variable, without scheme or port."""
    found = listed(name, default)
    for host in found:
        if not re.fullmatch(r"\*|\.?[\w.-]+|\[[\da-fA-F:.]+\]", host):
            wanted = _("it must be host names with commas between, such as crm.example")
            raise WrongSetting(name, text(name), wanted)
    return found


def scanner(name: str) -> str:
    """Return the variable as the address of a program: a socket's path or ``host:port``."""
    given = text(name)
    host, _colon, port = given.rpartition(":")
    is_port = port.isdecimal() and 0 < int(port) < 65_536
    if not given or given.startswith("/") or (host and is_port):
        return given
    wanted = _("it must be the path of a socket, or a host and a port (localhost:3310)")
    raise WrongSetting(name, given, wanted)


def home() -> Path:
    """Return the data folder, GUANXI_HOME."""
    return (
        Path(text("GUANXI_HOME", str(Path.home() / ".guanxi"))).expanduser().resolve()
    )


def made_home() -> Path:
    """
    Return the data folder, made if it is absent, for its owner alone.

    :raises WrongSetting: if it cannot be made, or is closed to us.
    """
    folder = home()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_open = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except OSError:
        is_open = False
    if not is_open:
        wanted = _("it must be a folder that you may write to")
        raise WrongSetting("GUANXI_HOME", str(folder), wanted)
    return folder


def secret(name: str) -> str:
    """
    Return the variable; without one, a key made once and kept in the data folder.

    The file is readable by its owner alone.

    :raises WrongSetting: if it is short enough to be guessed; does not repeat it.
    """
    given = text(name)
    if 0 < len(given) < SHORTEST_SECRET:
        wanted = _("it must have at least %(count)s characters")
        raise WrongSetting(name, "…", wanted % {"count": SHORTEST_SECRET})
    if given:
        return given
    path = home() / "secret-key.txt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def _unread(name: str, near: str) -> str:
    if near:
        sentence = _(
            "There is no setting %(name)s, so it is ignored: is %(near)s meant?"
        )
    else:
        sentence = _("There is no setting %(name)s, so it is ignored.")
    return sentence % {"name": name, "near": near}


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


def _converted(name: str, default: T, convert: Callable[[str], T], wanted: str) -> T:
    value = text(name)
    if not value:
        return default
    try:
        return convert(value)
    except ValueError as error:
        raise WrongSetting(name, value, wanted) from error
