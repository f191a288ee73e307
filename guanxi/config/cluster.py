"""The embedded server's folders and files: where they are, and how they are made."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from gettext import gettext as _
from hashlib import sha256
from pathlib import Path
from typing import Self

from guanxi.config.account import Account, server_account
from guanxi.config.binaries import FIRST_WITH_BUILTIN_LOCALES, Binaries, find_binaries
from guanxi.config.problems import SetupError

SUPERUSER = "guanxi"
TUNING = "guanxi.conf"

# Data of the administrator's own folder, which the server's account cannot enter.
SHARED = Path("/var/lib/guanxi")

# sockaddr_un holds 103 bytes and a NUL on the stricter systems; the server appends
# "/.s.PGSQL.5432" and, for its lock file, ".lock".
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")

# What the server needs of our environment; keys and passwords stay with us.
BARE_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}

_MEGABYTE = 2**20


def socket_folder(home: Path) -> Path:
    """
    Return where the server of the data folder ``home`` puts its socket.

    Inside ``home`` where the path is short enough and the server runs under our own
    account; else a short folder of its own, readable by its owner only.
    """
    inside = home / "run"
    if os.geteuid() != 0 and len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    name = sha256(os.fsencode(home)).hexdigest()[:16]
    if os.geteuid() == 0 and sys.platform == "linux":
        return Path(f"/run/guanxi-{name}")
    return Path(f"/tmp/guanxi-{os.geteuid()}-{name}")  # noqa: S108 -- made 0700, owner checked


@dataclass(frozen=True)
class Cluster:
    """One made data folder with the account and the programs that serve it."""

    home: Path
    data: Path
    account: Account | None
    binaries: Binaries

    @classmethod
    def prepare(cls, home: Path) -> Self:
        """
        Make what is missing under ``home``: folders, database files, configuration.

        :raises SetupError: if the programs are missing or do not fit the data, or if a
            folder cannot be made or entered.
        """
        account = server_account(home / "postgres")
        data = _data_folder(home, account)
        binaries = _reachable(find_binaries(_major(data)), account)
        cluster = cls(home=home, data=data, account=account, binaries=binaries)
        cluster._make_socket_folder()
        if not (data / "PG_VERSION").exists():
            cluster._make_data()
        cluster._tune()
        return cluster

    @property
    def command(self) -> list[str]:
        """The command line of the server."""
        return [
            self.binaries.program("postgres"),
            *("-D", str(self.data)),
            *("-c", "listen_addresses="),
            *("-c", f"unix_socket_directories={socket_folder(self.home)}"),
            *("-c", "unix_socket_permissions=0700"),
        ]

    def pid(self) -> int | None:
        """Return the server's process id according to its lock file."""
        return _pid(self._lock_lines())

    def is_ready(self, pid: int) -> bool:
        """Tell whether the server with process id ``pid`` accepts connections."""
        # Read once: a killed server's lock, which says ready too, may be replaced meanwhile.
        lines = self._lock_lines()
        # Line 8 is the state; see pidfile.h of PostgreSQL.
        return _pid(lines) == pid and len(lines) > 7 and lines[7].strip() == "ready"

    def forget_stale_lock(self) -> None:
        """Remove the lock of a server that is gone, its number taken by another program."""
        pid = self.pid()
        if pid is None or sys.platform != "linux":
            return
        try:
            works_in = Path(f"/proc/{pid}/cwd").resolve(strict=True)
        except OSError:
            return  # no such process: the server sees that by itself
        if works_in != self.data.resolve():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _lock_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _make_socket_folder(self) -> None:
        folder = socket_folder(self.home)
        folder.mkdir(mode=0o700, exist_ok=True)
        _give(folder, self.account)
        facts = folder.lstat()
        owner = self.account.uid if self.account else os.geteuid()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner:
            raise SetupError(
                _("The folder %(folder)s belongs to somebody else: remove it.")
                % {"folder": folder}
            )
        folder.chmod(0o700)

    def _make_data(self) -> None:
        """Run initdb beside the final place, so that an interrupted one leaves no half."""
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        _give(unfinished, self.account)
        made = subprocess.run(  # noqa: S603 -- a program we found
            [self.binaries.program("initdb"), *self._initdb_options(unfinished)],
            capture_output=True,
            text=True,
            cwd="/",
            env=BARE_ENVIRONMENT,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if made.returncode != 0:
            raise SetupError(
                _("The database could not be made in %(folder)s: %(reason)s")
                % {"folder": self.data, "reason": _last_words(made)}
            )
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write(
                f"\n# Written at every start. Your own lines go below.\ninclude_if_exists = '{TUNING}'\n"
            )
        unfinished.rename(self.data)

    def _initdb_options(self, folder: Path) -> list[str]:
        options = [
            *("--pgdata", str(folder)),
            *("--username", SUPERUSER),
            "--auth=trust",  # the socket's folder is the lock: 0700
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions",
        ]
        if self.binaries.major >= FIRST_WITH_BUILTIN_LOCALES:
            options.append("--locale-provider=builtin")
        return options

    def _tune(self) -> None:
        path = self.data / TUNING
        path.write_text(
            "".join(f"{name} = {value}\n" for name, value in tuning().items())
        )
        _give(path, self.account)


def tuning() -> dict[str, str]:
    """
    Return the server's settings for a million customers on this machine.

    Memory follows the machine, within bounds that leave room for web and worker.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEGABYTE
    return {
        "max_connections": "100",
        "shared_buffers": f"{_between(128, memory // 8, 1024)}MB",
        "effective_cache_size": f"{_between(256, memory // 2, 16384)}MB",
        "work_mem": f"{_between(8, memory // 256, 32)}MB",
        "maintenance_work_mem": f"{_between(64, memory // 16, 512)}MB",
        "random_page_cost": "1.1",  # flash, and a cache that holds the indexes
        "jit": "off",  # compiling costs more than our short queries
        # Pages are answered from indexes; a parallel plan costs more processor time
        # than it saves, and containers often have a tiny /dev/shm.
        "max_parallel_workers_per_gather": "0",
        "synchronous_commit": "on",  # what was acknowledged is kept
        "wal_compression": "on",
        "min_wal_size": "256MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.02",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        # Statements hold personal data; the log tells that one failed, not its values.
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_min_error_statement": "panic",
    }


def _last_words(ended: "subprocess.CompletedProcess[str]") -> str:
    """Return why a program failed; one that was killed says nothing itself."""
    lines = ended.stderr.strip().splitlines()
    return lines[-1] if lines else f"{ended.args[0]}: {ended.returncode}"


def _pid(lock: list[str]) -> int | None:
    return int(lock[0]) if lock and lock[0].strip().isdigit() else None


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _data_folder(home: Path, account: Account | None) -> Path:
    """Return where the database files are, or shall be; ``home/postgres`` leads there."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = home / "postgres"
    if account is None or place.exists():
        return place.resolve()
    if not account.owns(home):
        home.chmod(home.stat().st_mode | stat.S_IXOTH)  # to pass, not to list
    if account.reaches(place):
        return place
    _make_shared()
    elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=SHARED))
    _give(elsewhere, account)
    place.symlink_to(elsewhere)
    return elsewhere


def _reachable(binaries: Binaries, account: Account | None) -> Binaries:
    """Return ``binaries``, or a copy of them where ``account`` cannot go to them."""
    program = binaries.root / "bin" / "postgres"
    if account is None or account.reaches(program):
        return binaries
    made = f"{program} {program.stat().st_mtime_ns}"
    copy = SHARED / f"server-{binaries.major}-{sha256(made.encode()).hexdigest()[:8]}"
    package = binaries.root.parent
    if not copy.exists():
        _make_shared()
        unfinished = Path(tempfile.mkdtemp(prefix="server-", dir=SHARED))
        # The programs look for their libraries in the second folder, beside the first.
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, unfinished / folder.name)
        _open_to_all(unfinished)
        unfinished.rename(copy)
    return Binaries(root=copy / package.name / binaries.root.name, major=binaries.major)


def _make_shared() -> None:
    SHARED.mkdir(parents=True, exist_ok=True)
    SHARED.chmod(0o755)  # whatever our umask: the server's account must pass


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        enter = 0o111 if path.is_dir() or os.access(path, os.X_OK) else 0
        path.chmod(path.stat().st_mode | 0o444 | enter)


def _major(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.uid, account.gid)
