"""A Guanxi of its own to measure: its data folder, its processes, what they cost."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

# Kept between runs: a million customers take minutes to make.
HOME = Path(
    os.environ.get("GUANXI_BENCH_HOME", Path.home() / ".cache" / "guanxi-bench")
)
FIRST_ANSWER_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")
_PRELOAD = "shared_preload_libraries = 'pg_stat_statements'\n"


def enter() -> None:
    """Let this process and its children know no other data folder than ours."""
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "GUANXI_HOME": str(HOME),
        "GUANXI_DEMO": "0",
        "GUANXI_LANGUAGE": "zh-hans",
        # The limit itself is not what is measured; its bookkeeping is.
        "GUANXI_API_PER_MINUTE": "1000000",
    }
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whoever ends us ends what we started too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def count_statements() -> None:
    """Let the server count statements from its next start on."""
    conf = HOME / "postgres" / "postgresql.conf"
    if _PRELOAD not in conf.read_text():
        with conf.open("a") as lines:
            lines.write(_PRELOAD)


@dataclass(frozen=True)
class House:
    """A running Guanxi: the process to which all others belong, and its port."""

    pid: int
    port: int
    start_seconds: float

    def cpu_seconds(self) -> dict[str, float]:
        """Return the processor seconds used so far by ``web`` and by ``database``."""
        return {
            "web": sum(map(_used, self._tree("granian"))),
            "database": sum(map(_used, self._tree("postgres"))),
        }

    def token(self) -> str:
        """Return a new token of the first user, for programs."""
        name, _password = (HOME / "first-login.txt").read_text().split()
        command = ["token", "create", name, "--name", "bench", "--days", "1", "--json"]
        made = subprocess.run(
            [sys.executable, "-m", "guanxi.config", *command],
            check=True,
            capture_output=True,
        )
        text: str = json.loads(made.stdout)["token"]
        return text

    def memory_mb(self) -> dict[str, int]:
        """Return the megabytes of each part; what processes share counts once."""
        parts = {"web": "granian", "worker": "config.worker", "database": "postgres"}
        return {
            part: sum(map(_kilobytes, self._tree(word))) // 1024
            for part, word in parts.items()
        }

    @contextmanager
    def without_worker(self) -> Iterator[None]:
        """Let the worker rest, so that all that is used is used by pages."""
        workers = self._tree("config.worker")
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)

    def _tree(self, word: str) -> list[int]:
        """Return our children with ``word`` in their command line, and theirs."""
        children = _children()
        found = [pid for pid in children.get(self.pid, []) if word in _command(pid)]
        for pid in found:  # it grows while it is read
            found += children.get(pid, [])
        return found


@contextmanager
def running() -> Iterator[House]:
    """Start everything as ``guanxi run`` does; stop it at the end."""
    port = _free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "guanxi.config", "run"],
        env=os.environ | {"GUANXI_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for_answer(process, port)
        yield House(process.pid, port, round(time.perf_counter() - began, 2))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_answer(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + FIRST_ANSWER_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        asked = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            asked.request("GET", "/healthz")
            asked.getresponse()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            asked.close()
    raise SystemExit(f"Guanxi did not start on {HOME}")


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (facts := _facts(int(folder.name))):
            found.setdefault(int(facts[1]), []).append(int(folder.name))
    return found


def _used(pid: int) -> float:
    """Return user and system time of a process, and of its children that ended."""
    facts = _facts(pid)
    return sum(map(int, facts[11:15])) / TICKS if facts else 0.0


def _facts(pid: int) -> list[str]:
    """Return the fields of /proc/pid/stat from the state on; none if it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
