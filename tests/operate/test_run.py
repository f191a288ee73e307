"""``guanxi run``: an address, a login, a clean end, and nothing left behind."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg

from guanxi.config.postgres import embedded_url

from .conftest import Guanxi, Start


def test_given_empty_folder_when_run_then_it_prints_a_login_and_ends_cleanly(
    home: Path, start: Start, guanxi: Guanxi, environment: dict[str, str]
) -> None:
    port = environment["GUANXI_PORT"]
    run = start("-m", "guanxi.config", "run")
    shown = _until(run, "Ctrl-C")
    steps = [line for line in shown.splitlines() if line.endswith(" …")]
    assert steps == [
        "Starting the database …",
        "Preparing the database …",
        "Collecting the static files …",
        "Starting the web …",
    ]
    password = (home / "first-login.txt").read_text().split()[1]
    assert f"http://localhost:{port}" in shown
    assert f"admin\n  密码 Password   {password}" in shown
    assert (home / "first-login.txt").stat().st_mode & 0o777 == 0o600
    assert _status(port, "healthz") == 200
    assert _status(port, "readyz") == 200

    # A second one on the same folder is refused, and harms nothing.
    second = guanxi("run", GUANXI_PORT="1")
    assert second.returncode == 2
    assert str(home) in second.stderr

    run.send_signal(signal.SIGTERM)
    assert _status_becomes(port, "readyz", 503)
    assert run.wait(timeout=40) == 0
    assert _processes_of(home) == []

    # Killed without a word, it leaves nobody behind and loses no row.
    again = start("-m", "guanxi.config", "run")
    assert password in _until(again, "Ctrl-C")
    with psycopg.connect(embedded_url(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    again.kill()
    _wait_for_nobody(home)

    # A first password that was changed is shown no more.
    assert guanxi("user", "password", "admin").returncode == 0
    third = start("-m", "guanxi.config", "run")
    assert password not in _until(third, "Ctrl-C")
    with psycopg.connect(embedded_url(home)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
    third.send_signal(signal.SIGINT)
    assert third.wait(timeout=40) == 0
    assert _processes_of(home) == []


def test_given_taken_port_then_one_sentence_says_so(
    guanxi: Guanxi, environment: dict[str, str]
) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", int(environment["GUANXI_PORT"])))
        stranger.listen()

        ended = guanxi("run")

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "GUANXI_PORT" in ended.stderr


def test_given_a_web_process_that_is_starting_when_told_to_end_then_it_ends(
    start: Start,
) -> None:
    """It inherits the handler of its main process, which only takes note there."""
    starting = start(
        "-c",
        "import signal; signal.signal(signal.SIGTERM, lambda *_: None)\n"
        "import guanxi.config.wsgi; print('loaded', flush=True); signal.pause()",
        GUANXI_SUPERVISED="1",
    )
    _until(starting, "loaded")

    starting.send_signal(signal.SIGTERM)

    assert starting.wait(timeout=10) == -signal.SIGTERM


def _until(process: "subprocess.Popen[str]", word: str) -> str:
    """Return what ``process`` prints up to the line with ``word``."""
    lines: list[str] = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if word in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def _status(port: str, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def _status_becomes(port: str, path: str, wanted: int) -> bool:
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if _status(port, path) == wanted:
            return True
        time.sleep(0.05)
    return False


def _processes_of(home: Path) -> list[str]:
    """Return the command lines of all that work in or for the data folder."""
    mark = f"GUANXI_HOME={home}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "environ").read_bytes().split(b"\0")
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            continue
        if int(process.name) != os.getpid() and (
            mark in words or str(home).encode() in line
        ):
            found.append(line.decode())
    return found


def _wait_for_nobody(home: Path) -> None:
    deadline = time.monotonic() + 30
    while left := _processes_of(home):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
