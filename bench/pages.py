"""
What pages cost on the world of `bench.world`, asked of the real server, as JSON.

Of each kind of visit: milliseconds at 1 and at 16 clients (who share the machine),
processor milliseconds of web and database together, statements, kilobytes.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import psycopg

from bench import house
from bench.browser import Browser
from bench.visits import Goal, Page, pages
from guanxi.config.postgres import embedded_url

CLIENTS = 16
# Each thread of each process has a connection, which learns a statement in six visits.
WARM_UP = 60
ROUNDS = 5
FEWEST_VISITS = 40
COUNTED_VISITS = 4
LONGEST_WAIT_SECONDS = 600
# What the worker asks by itself, and what we ask about statements.
_OTHERS = "fetch_job|heartbeat|prune|LISTEN|pg_stat|_worker"


def main() -> None:
    """Measure all pages, or those named."""
    options = _options()
    house.enter()
    with house.running() as running:
        url = embedded_url(house.HOME)
        with psycopg.connect(url, autocommit=True) as database:
            report = _report(running, database, options)
    json.dump(report, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--only", nargs="*", help="names of pages")
    parser.add_argument("--login", default="", help="of another than the first user")
    return parser.parse_args()


def _report(
    running: house.House,
    database: "psycopg.Connection[Any]",
    options: argparse.Namespace,
) -> dict[str, object]:
    database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    # The analysis wrote every row anew; by the next morning the server has tidied up.
    database.execute("VACUUM (ANALYZE) customers_traits")
    _wait_for_jobs(database)
    cookies = _signed_in(running, options.login)
    clock = Clock(running, database, cookies, options.seconds)
    wanted = [
        page
        for page in pages(database, running.token())
        if not options.only or page.name in options.only
    ]
    with running.without_worker():
        found = {page.name: clock.measure(page) for page in wanted}
    return {
        "start_seconds": running.start_seconds,
        "loop_us": _loop_us(),
        "pages": found,
        "memory_mb": running.memory_mb(),
    }


def _wait_for_jobs(database: "psycopg.Connection[Any]") -> None:
    """Let the worker finish what the analysis or the entries before have left to do."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < deadline:
        row = database.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' "
            "OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
        ).fetchone()
        if row == (0,):
            return
        time.sleep(1)


def _loop_us() -> float:
    """Return what a loop of 1,000 additions takes."""
    times = []
    for _run in range(2000):
        began = time.thread_time_ns()
        sum(range(1000))
        times.append(time.thread_time_ns() - began)
    return round(median(times) / 1000, 1)


def _signed_in(running: house.House, login: str) -> dict[str, str]:
    browser = Browser(running.port)
    first = (house.HOME / "first-login.txt").read_text()
    name, password = (login or first).split()
    browser.sign_in(name, password)
    return browser.cookies


@dataclass(frozen=True)
class Round:
    """Some visits in a row: seconds of each, processor milliseconds of one."""

    times: Sequence[float]
    cpu_ms: Mapping[str, float]


@dataclass(frozen=True)
class Clock:
    """Measures visits of the running house; ``seconds`` is the length of each look."""

    running: house.House
    database: "psycopg.Connection[Any]"
    cookies: dict[str, str]
    seconds: float

    def measure(self, page: Page) -> dict[str, object]:
        """Return what visits of ``page`` cost, and which goals they miss."""
        sizes = [page.visit(self._browser(), i) for i in range(WARM_UP)]
        rounds = [self._round(page) for _turn in range(ROUNDS)]
        cpu = _median_cpu(rounds)
        queries = self._queries(page)
        kilobytes = round(max(sizes) / 1000, 1)
        return {
            **_spread([seconds for one in rounds for seconds in one.times]),
            "cpu_ms": cpu,
            "cpu_ms_best": min(sum(one.cpu_ms.values()) for one in rounds),
            "queries": queries,
            "kb": kilobytes,
            "visits": sum(len(one.times) for one in rounds),
            "clients_16": self._many_clients(page),
            "missed": _missed(page.goal, sum(cpu.values()), queries, kilobytes),
        }

    def _browser(self) -> Browser:
        return Browser(self.running.port, self.cookies)

    def _round(self, page: Page) -> Round:
        """Visit ``page`` as one client for a share of the time."""
        browser, times = self._browser(), list[float]()
        before = self.running.cpu_seconds()
        until = time.monotonic() + self.seconds / ROUNDS
        while time.monotonic() < until or len(times) < FEWEST_VISITS / ROUNDS:
            times.append(_seconds(page, browser, WARM_UP + len(times)))
        after = self.running.cpu_seconds()
        cpu = {
            part: round((after[part] - before[part]) / len(times) * 1000, 1)
            for part in before
        }
        return Round(times, cpu)

    def _many_clients(self, page: Page) -> dict[str, float]:
        times = list[float]()
        until = time.monotonic() + self.seconds

        def come(client: int) -> None:
            browser, i = self._browser(), client * 1000
            while time.monotonic() < until:
                times.append(_seconds(page, browser, i))
                i += 1

        threads = [threading.Thread(target=come, args=(n,)) for n in range(CLIENTS)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = len(times) / (time.perf_counter() - began)
        return {**_spread(times), "per_second": round(rate, 1)}

    def _queries(self, page: Page) -> float:
        """Return the statements of one visit, as the database counts them."""
        browser = self._browser()
        self.database.execute("SELECT pg_stat_statements_reset()")
        for i in range(COUNTED_VISITS):
            page.visit(browser, i)
        row = self.database.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query !~ %s",
            [_OTHERS],
        ).fetchone()
        return round(float(row[0]) / COUNTED_VISITS, 1) if row else 0.0


def _seconds(page: Page, browser: Browser, i: int) -> float:
    began = time.perf_counter()
    page.visit(browser, i)
    return time.perf_counter() - began


def _median_cpu(rounds: Sequence[Round]) -> Mapping[str, float]:
    """Return the round in the middle: the machine has good and bad moments."""
    ordered = sorted(rounds, key=lambda one: sum(one.cpu_ms.values()))
    return ordered[len(ordered) // 2].cpu_ms


def _spread(times: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    return {
        "p50_ms": round(median(times) * 1000, 1),
        "p95_ms": round(quantiles(times, n=20)[-1] * 1000, 1),
    }


def _missed(goal: Goal, cpu: float, queries: float, kilobytes: float) -> list[str]:
    pairs = {
        "cpu_ms": (cpu, goal.cpu_ms),
        "queries": (queries, goal.queries),
        "kb": (kilobytes, goal.kb),
    }
    return [name for name, (is_, most) in pairs.items() if most and is_ > most]


if __name__ == "__main__":
    main()
