"""``guanxi run``: database, web and worker under one roof, until Ctrl-C."""

import errno
import fcntl
import http.client
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path

import click

from guanxi.config import settings
from guanxi.config.environment import unread
from guanxi.config.first_login import DEMO_LOGIN, FIRST_LOGIN
from guanxi.config.freshness import is_prepared
from guanxi.config.health import DRAINING, WORKER_STARTED
from guanxi.config.postgres import (
    Server,
    database_url,
    ensure_running,
    given_url,
    owned_server,
)
from guanxi.config.problems import SetupError
from guanxi.config.processes import SUPERVISED, spawn, stop_group
from guanxi.config.reports import tell_step
from guanxi.config.swap import settle

# A request may take this long to finish once the end is announced.
WEB_GRACE_SECONDS = 25
WORKER_GRACE_SECONDS = 25
FIRST_ANSWER_SECONDS = 60
LOOK_EVERY_SECONDS = 0.3
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# Who lived this long did not die of what killed the one before.
LIFE_SECONDS = 60.0

WEB = (
    *("-m", "granian", "guanxi.config.wsgi:application"),
    *("--interface", "wsgi"),
    *("--host", settings.HOST),
    *("--port", str(settings.PORT)),
    *("--workers", str(settings.WEB_PROCESSES)),
    *("--blocking-threads", str(settings.WEB_THREADS)),
    *("--workers-kill-timeout", str(WEB_GRACE_SECONDS)),
    "--respawn-failed-workers",
    *("--log-level", "warning"),
)
WORKER = ("-m", "guanxi.config.worker")
PREPARE = ("-m", "guanxi.config.prepare")


def run() -> None:
    """
    Start everything, print address and login, watch over it, and stop it in order.

    :raises SetupError: if another Guanxi has the data folder or the port, or the
        database cannot be used.
    """
    # Until everything stands, both ways to end it unwind the blocks below.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for sentence in unread():
        click.echo(sentence, err=True)
    with _alone(settings.HOME / "run.lock"):
        _require_free_port()
        with _database() as server:
            (settings.HOME / DRAINING).unlink(missing_ok=True)
            settle(database_url())
            if not is_prepared(database_url()):
                _prepare()
            House(server).serve()


class Child:
    """A process that is started again, after a growing pause, when it dies."""

    def __init__(
        self, name: str, arguments: tuple[str, ...], *, when_orphaned: signal.Signals
    ) -> None:
        self.name = name
        self._when_orphaned = when_orphaned
        self._command = [sys.executable, *arguments]
        self._pause = 0.0
        self.start()

    def start(self) -> None:
        """Start the process."""
        self.process = spawn(
            self._command,
            when_orphaned=self._when_orphaned,
            environment=os.environ | {SUPERVISED: "1"},
        )
        self._started_at = time.monotonic()
        self._again_at: float | None = None

    def watch(self) -> None:
        """Plan a new start when the process died, and start it when that is due."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if self._again_at is None:
            if now - self._started_at > LIFE_SECONDS:
                self._pause = 0.0
            self._pause = min(max(self._pause * 2, SHORTEST_PAUSE), LONGEST_PAUSE)
            self._again_at = now + self._pause
            click.echo(
                _("The %(name)s ended with code %(code)s; it is started again.")
                % {"name": self.name, "code": self.process.returncode},
                err=True,
            )
        elif now >= self._again_at:
            # What outlived its main process would go on without anybody to stop it.
            stop_group(self.process, wait=0)
            self.start()


class House:
    """The running whole: it watches its children and ends them in order."""

    def __init__(self, server: Server | None) -> None:
        self._server = server
        self._asked_to_stop = threading.Event()
        self._stop_signal: int | None = None
        self._children: list[Child] = []

    def serve(self) -> None:
        """Run until a signal asks for the end; a second one does not wait."""
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        tell_step(_("Starting the web …"))
        try:
            self._children = [Child("web", WEB, when_orphaned=signal.SIGTERM)]
            self._announce()
            (settings.HOME / WORKER_STARTED).touch()
            # After the web, whose first answer somebody waits for. The database goes
            # with us, and a worker would wait for it in vain: so it is killed.
            self._children += [Child("worker", WORKER, when_orphaned=signal.SIGKILL)]
            while not self._asked_to_stop.wait(LOOK_EVERY_SECONDS):
                self._watch()
        finally:
            self._stop()

    def _on_signal(self, number: int, _frame: object) -> None:
        if self._asked_to_stop.is_set():
            for child in self._children:
                child.process.kill()
        self._stop_signal = number
        self._asked_to_stop.set()

    def _watch(self) -> None:
        if self._server and not self._server.is_alive():
            click.echo(_("The database ended; it is started again."), err=True)
            self._server.start()
        for child in self._children:
            child.watch()

    def _announce(self) -> None:
        deadline = time.monotonic() + FIRST_ANSWER_SECONDS
        while time.monotonic() < deadline and not self._asked_to_stop.is_set():
            if _web_answers():
                click.echo(welcome())
                return
            self._watch()
            time.sleep(0.1)
        if not self._asked_to_stop.is_set():
            click.echo(
                _("The web gives no answer yet; this is where it will be: %(address)s")
                % {"address": settings.PUBLIC_ORIGIN},
                err=True,
            )

    def _stop(self) -> None:
        """Tell that no more work is wanted, finish what is in hand, then end."""
        draining = settings.HOME / DRAINING
        draining.touch()
        if self._stop_signal == signal.SIGTERM:
            # A load balancer reads it at its next question; a person at the keyboard
            # need not wait.
            time.sleep(settings.DRAIN_SECONDS)
        enders = [
            threading.Thread(
                target=stop_group, args=(child.process,), kwargs={"wait": wait}
            )
            for child, wait in zip(
                self._children, (WEB_GRACE_SECONDS, WORKER_GRACE_SECONDS), strict=False
            )
        ]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()
        (settings.HOME / WORKER_STARTED).unlink(missing_ok=True)
        draining.unlink(missing_ok=True)


def welcome() -> str:
    """Return what the terminal shows once the web answers, in both languages."""
    lines = [
        "",
        "  关系 Guanxi 已启动  ·  Guanxi is running",
        "",
        f"  地址 Address    {settings.PUBLIC_ORIGIN}",
        *_login_lines(settings.HOME),
        f"  数据 Data       {settings.HOME}",
        "  停止 Stop       Ctrl-C",
        "",
    ]
    return "\n".join(lines)


def _login_lines(home: Path) -> list[str]:
    """Return the logins that still stand in the data folder."""
    lines = []
    if login := _login(home / FIRST_LOGIN):
        user, password = login
        note = "登录后请修改  ·  please change it after sign-in"
        lines += [
            f"  用户 User       {user}",
            f"  密码 Password   {password}  （{note}）",
        ]
    if login := _login(home / DEMO_LOGIN):
        lines.append("  演示 Demo       {}  /  {}".format(*login))
    return lines


def _login(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError(
                _(
                    "Guanxi already runs on the data folder %(folder)s: stop it, or set "
                    "GUANXI_HOME to another folder."
                )
                % {"folder": path.parent}
            ) from error
        yield


def _require_free_port() -> None:
    """The server shares its port among processes, so it would not notice a stranger."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise SetupError(_why_not(error)) from error


def _why_not(error: OSError) -> str:
    """Return why the address cannot be listened on, and the setting that mends it."""
    if error.errno == errno.EADDRINUSE:
        sentence = _(
            "Port %(port)s is in use: stop who uses it, or choose another with "
            "GUANXI_PORT."
        )
    elif error.errno == errno.EACCES:
        sentence = _(
            "Port %(port)s is kept for the administrator of this machine: choose one "
            "from 1024 with GUANXI_PORT."
        )
    else:
        sentence = _(
            "GUANXI_HOST=%(host)s cannot be listened on: it must be an address of this "
            "machine."
        )
    return sentence % {"port": settings.PORT, "host": settings.HOST}


@contextmanager
def _database() -> Iterator[Server | None]:
    if given_url():
        with ensure_running():
            yield None
    else:
        tell_step(_("Starting the database …"))
        with owned_server() as server:
            yield server


def _prepare() -> None:
    child = spawn([sys.executable, *PREPARE], when_orphaned=signal.SIGTERM)
    try:
        code = child.wait()
    except KeyboardInterrupt:
        stop_group(child, wait=5)
        raise
    if code:
        raise SetupError(_("The preparation failed; the reason is above."))


def _web_answers() -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104 -- compared, not bound
    asked = http.client.HTTPConnection(host, settings.PORT, timeout=2)
    try:
        asked.request("GET", "/healthz")
        asked.getresponse()
    except OSError:
        return False
    finally:
        asked.close()
    return True
