"""Data folders and processes of their own, so that ending them harms nobody."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[..., "subprocess.Popen[str]"]
Guanxi = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home() -> Iterator[Path]:
    """Give an empty data folder with a short name that every account can reach."""
    # Not tmp_path: that is long, and closed to the account the server drops to.
    yield from _folder()


@pytest.fixture
def other_home() -> Iterator[Path]:
    """Give a second empty data folder."""
    yield from _folder()


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """Give the environment of an operator who uses ``home`` and a free port."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GUANXI_", "DJANGO_", "COV_"))
        and name != "DATABASE_URL"
    }
    return inherited | {
        "GUANXI_HOME": str(home),
        "GUANXI_PORT": str(_free_port()),
        "GUANXI_LANGUAGE": "en",
        "GUANXI_DEMO": "0",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Give a function that starts Python with arguments; all are ended at the end."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, **more: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment | more,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def guanxi(environment: dict[str, str]) -> Guanxi:
    """Give a function that runs the console command to its end."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "guanxi.config", *arguments],
            env=environment | more,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="guanxi-op-", dir="/tmp"))
    folder.chmod(0o711)  # for what lies deeper, too
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
