"""The embedded server: it starts anywhere, dies with its owner, and loses no row."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psycopg
import pytest

from guanxi.config import cluster
from guanxi.config.cluster import LONGEST_SOCKET_FOLDER, Cluster, socket_folder
from guanxi.config.postgres import ensure_running
from guanxi.config.problems import SetupError

from .conftest import Start

# Tells its server's process id, then every row the server has acknowledged.
WRITER = """
import psycopg
from guanxi.config.postgres import embedded_url, owned_server
with owned_server() as server:
    print(server.pid)
    with psycopg.connect(embedded_url(server.home), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        for number in range(1_000_000):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
            print(number)
"""
# Opens the house for as long as its input stays open.
VISITOR = """
import sys
from guanxi.config.postgres import ensure_running
with ensure_running() as url:
    print("open")
    sys.stdin.read()
"""


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make ``home`` the data folder of this very process."""
    monkeypatch.setenv("GUANXI_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return home


def test_given_owner_killed_when_started_again_then_acknowledged_rows_are_there(
    here: Path, start: Start
) -> None:
    writer = start("-c", WRITER)
    server, rows = _read_numbers(writer.stdout, count=200)

    os.kill(writer.pid, signal.SIGKILL)

    _wait_until(lambda: not _lives(server))
    assert _kept_rows() >= rows


def test_given_server_killed_when_started_again_then_acknowledged_rows_are_there(
    here: Path, start: Start
) -> None:
    writer = start("-c", WRITER)
    server, rows = _read_numbers(writer.stdout, count=200)

    os.kill(server, signal.SIGKILL)
    writer.wait(timeout=30)

    assert _kept_rows() >= rows


def test_given_running_server_when_another_command_comes_then_they_share_it(
    here: Path, start: Start
) -> None:
    first = start("-c", VISITOR)
    assert first.stdout
    assert first.stdout.readline() == "open\n"
    before = Cluster.prepare(here).pid()

    with ensure_running():
        assert Cluster.prepare(here).pid() == before


def test_given_foreign_process_with_the_number_in_the_lock_then_the_server_starts(
    here: Path,
) -> None:
    with ensure_running():
        pass
    lock = here / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{here / 'postgres'}\n0\n5432\n\n\n\nready\n")

    with ensure_running() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_given_long_data_folder_then_the_socket_is_elsewhere_and_private(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = home / ("客户" * 30) / ("关系" * 30)
    monkeypatch.setenv("GUANXI_HOME", str(deep))

    with ensure_running() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        folder = socket_folder(deep)
        assert len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_given_folder_closed_to_the_account_then_its_data_are_kept_elsewhere(
    home: Path, other_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home / "private"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(cluster, "SHARED", other_home / "shared")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("GUANXI_HOME", str(closed / "home"))
    before = os.umask(0o077)
    try:
        with ensure_running() as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        os.umask(before)
    assert (closed / "home" / "postgres").readlink().parent == other_home / "shared"


def test_given_data_of_an_absent_version_then_the_refusal_names_it(here: Path) -> None:
    with ensure_running():
        pass
    (here / "postgres" / "PG_VERSION").write_text("12\n")

    with pytest.raises(SetupError, match="PostgreSQL 12"):
        Cluster.prepare(here)


def test_given_unreachable_database_url_then_the_refusal_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(SetupError, match="DATABASE_URL"), ensure_running():
        pass


def _read_numbers(output: IO[str] | None, *, count: int) -> tuple[int, int]:
    """Return the first number, and how many followed when ``count`` had come."""
    assert output
    lines = iter(output)
    server = int(next(lines))
    for _number in range(count):
        next(lines)
    return server, count


def _kept_rows() -> int:
    with ensure_running() as url, psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        return row[0] if row else 0


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _wait_until(happens: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.05)
