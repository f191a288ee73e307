"""A running house and a browser for the stories."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class House:
    """A running installation: where it answers, and where its data is."""

    url: str
    home: Path

    def login(self) -> tuple[str, str]:
        """Return name and password that the start printed."""
        user, password = (self.home / "first-login.txt").read_text().split()
        return user, password


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Start the product as a newcomer does, without demo data; stop it at the end."""
    home = tmp_path_factory.mktemp("house")
    port = _free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GUANXI_")}
    env = kept | {
        "GUANXI_HOME": str(home),
        "GUANXI_PORT": str(port),
        "GUANXI_DEMO": "0",
    }
    env.pop("DATABASE_URL", None)
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "guanxi.config", "run"]
    with (home / "run.log").open("w") as log:
        running = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            url = f"http://localhost:{port}"
            _wait_until_ready(url, running, home / "run.log")
            yield House(url, home)
        finally:
            running.terminate()
            running.wait(60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: run `make system-packages`.")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield found
        found.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(url: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except (URLError, OSError):
            if running.poll() is not None:
                break
            time.sleep(0.5)
    pytest.fail(f"the house did not start: {log.read_text()[-2000:]}")
