"""
The database of this process: the operator's own, or the embedded PostgreSQL.

With ``DATABASE_URL`` set, that server is used and nothing is started. Otherwise a
server lives in the data folder, listens on a Unix socket only, and dies with the
process that started it. Commands that meet a running one share it.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from gettext import gettext as _
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from guanxi.config import environment
from guanxi.config.cluster import BARE_ENVIRONMENT, SUPERUSER, Cluster, socket_folder
from guanxi.config.problems import SetupError
from guanxi.config.processes import spawn, stop

DATABASE = "guanxi"

# A server that lost its parent a moment ago still holds the lock while it shuts down.
LOCK_PATIENCE_SECONDS = 30.0
# Crash recovery replays at most max_wal_size (4 GB).
START_PATIENCE_SECONDS = 600.0
STOP_PATIENCE_SECONDS = 60.0
LARGEST_LOG_BYTES = 10 * 2**20

_STILL_HELD = (b"lock file", b"shared memory block")


def database_url() -> str:
    """
    Return the URL of the database: ``DATABASE_URL``, or the embedded server's socket.

    Nothing is read but the environment, nothing is started.
    """
    return given_url() or embedded_url(environment.home())


def given_url() -> str:
    """
    Return the operator's ``DATABASE_URL``; empty if the embedded server is used.

    :raises SetupError: if it is the address of something else, or names no database.
    """
    url = environment.text("DATABASE_URL")
    if url and not _names_database(url):
        # It is not repeated: it may hold a password.
        raise SetupError(
            _(
                "DATABASE_URL must be the address of a PostgreSQL database, such as "
                "postgresql://user:password@host/database."
            )
        )
    return url


def _names_database(url: str) -> bool:
    try:
        told = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return False
    return url.startswith(("postgresql://", "postgres://")) and "dbname" in told


def embedded_url(home: Path, database: str = DATABASE) -> str:
    """Return the URL of the embedded server of the data folder ``home``."""
    host = quote(str(socket_folder(home)), safe="")
    return f"postgresql://{SUPERUSER}@/{database}?host={host}"


@contextmanager
def ensure_running() -> Iterator[str]:
    """
    Give the URL of a database that accepts connections while the block runs.

    A server started here is stopped at the end, after the last command that shares it.

    :raises SetupError: if the database does not answer and cannot be started.
    """
    if url := given_url():
        _require_answer(url)
        yield url
        return
    home = environment.made_home()
    with _lock_file(home / "postgres.users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        owned = _join_or_start(home)
        try:
            yield embedded_url(home)
            if owned:
                fcntl.flock(users, fcntl.LOCK_EX)  # waits for those who share it
        finally:
            if owned:
                owned.stop()


@contextmanager
def owned_server(options: Mapping[str, str] | None = None) -> Iterator["Server"]:
    """
    Give a started server which is ours alone to watch and to stop, for ``guanxi run``.

    A server whose process of origin is gone is replaced. ``options`` overrule the
    server's configuration.

    :raises SetupError: if another process keeps the server to itself.
    """
    server = Server(environment.home(), options)
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while not server.claim():
        if time.monotonic() > deadline:
            raise SetupError(
                _("Another guanxi command uses the database: wait for its end.")
            )
        time.sleep(0.1)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Server:
    """A PostgreSQL server that is our child, or may become it."""

    def __init__(self, home: Path, options: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._options = [f"--{name}={value}" for name, value in (options or {}).items()]
        self.log = home / "postgres.log"
        self._claim: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def claim(self) -> bool:
        """Tell whether we are, from now on, the only one who may start the server."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = (self.home / "postgres.owner").open("ab")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._claim = handle
        return True

    def start(self) -> None:
        """
        Start the server and return when it accepts connections.

        To be called after ``claim``; again, to replace a server that died.

        :raises SetupError: with the server's own last words, if it does not start.
        """
        cluster = Cluster.prepare(self.home)
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        while True:
            self._end_orphan(cluster)
            cluster.forget_stale_lock()
            said = self._launch(cluster)
            if said is None:
                break
            if (
                not any(word in said for word in _STILL_HELD)
                or time.monotonic() > deadline
            ):
                raise SetupError(_failure(said, self.log))
            time.sleep(0.1)
        _make_database(embedded_url(self.home, "postgres"))

    def is_alive(self) -> bool:
        """Tell whether the server process still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The server's process id, once started."""
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """Shut the server down, finishing what is committed, and give up the claim."""
        if self._process:
            stop(self._process, signal.SIGINT, wait=STOP_PATIENCE_SECONDS)
            self._process = None
            with suppress(OSError):  # not empty: the next start sees to it
                socket_folder(self.home).rmdir()
        if self._claim:
            self._claim.close()
            self._claim = None

    def _launch(self, cluster: Cluster) -> bytes | None:
        """Start the process; return None when it is ready, else its last words."""
        _keep_short(self.log)
        with self.log.open("ab") as log:
            heard = log.tell()
            self._process = spawn(
                [*cluster.command, *self._options],
                when_orphaned=signal.SIGINT,
                account=cluster.account,
                environment=BARE_ENVIRONMENT,
                output=log,
                folder=Path("/"),
            )
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        while self.is_alive() and time.monotonic() < deadline:
            if cluster.is_ready(self._process.pid):
                return None
            time.sleep(0.02)
        stop(self._process, signal.SIGQUIT, wait=5)
        return self.log.read_bytes()[heard:]

    def _end_orphan(self, cluster: Cluster) -> None:
        """Stop a server that survived its parent, where the kernel did not do it."""
        pid = cluster.pid()
        # We hold the claim, so whatever answers has no living owner.
        if pid and answers(embedded_url(self.home, "postgres")):
            os.kill(pid, signal.SIGINT)
            time.sleep(0.2)


def answers(url: str) -> bool:
    """Tell whether the server at ``url`` accepts a connection within three seconds."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _join_or_start(home: Path) -> Server | None:
    """Return the server we started, or None where we share a running one."""
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while not answers(embedded_url(home)):
        server = Server(home)
        if server.claim():
            try:
                server.start()
            except BaseException:
                server.stop()
                raise
            return server
        if time.monotonic() > deadline:
            raise SetupError(
                _("The database in %(folder)s is being started but does not answer.")
                % {"folder": home}
            )
        time.sleep(0.1)
    return None


def _require_answer(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise SetupError(
            _("The database of DATABASE_URL does not answer: %(reason)s")
            % {"reason": str(error).strip().splitlines()[0]}
        ) from error


def _make_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone()
        if not known:
            connection.execute(
                sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
            )


def _failure(said: bytes, log: Path) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    fatal = [line for line in lines if "FATAL" in line] or lines or ["?"]
    return _("PostgreSQL did not start: %(reason)s (log: %(log)s)") % {
        "reason": fatal[-1].partition("FATAL:")[2].strip() or fatal[-1],
        "log": log,
    }


def _keep_short(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


@contextmanager
def _lock_file(path: Path) -> Iterator[IO[bytes]]:
    with path.open("ab") as handle:
        yield handle
