"""
What dashboards cost on the world of `bench.world`, asked of the real server, as JSON.

Milliseconds from asking for the page until its last tile is there, six tiles at a time as
browsers ask: first after a start and then again and again, for the first user and, with
``--login``, for another. The analysis must have loaded the cubes (`bench.explore` does).
"""

import argparse
import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import house
from bench.browser import Browser

BOARDS = ("sales", "customers", "teams")
AT_A_TIME = 6
ROUNDS = 10
_MOMENT = re.compile(r'"X-Moment": "([^"]+)"')
_TILE = re.compile(r'hx-get="(/insight/dashboards/[^"]+/tiles/[^"]+)"')


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--login", default="", help="of another than the first user")
    options = parser.parse_args()
    house.enter()
    first = (house.HOME / "first-login.txt").read_text().strip()
    found: dict[str, Any] = {"first": _measured(first)}
    if options.login:
        found["other"] = _measured(options.login)
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _measured(login: str) -> dict[str, Any]:
    """Measure with a house that has just started."""
    with house.running() as running, running.without_worker():
        browsers = [Browser(running.port)]
        browsers[0].sign_in(*login.split())
        cookies = browsers[0].cookies
        browsers += [Browser(running.port, cookies) for _one in range(AT_A_TIME - 1)]
        return {board: _times(browsers, board) for board in BOARDS}


def _times(browsers: list[Browser], board: str) -> dict[str, Any]:
    cold = _opened(browsers, board)
    warm = sorted(_opened(browsers, board) for _round in range(ROUNDS))
    return {
        "cold_ms": round(cold),
        "warm_p50_ms": round(warm[len(warm) // 2]),
        "warm_worst_ms": round(warm[-1]),
    }


def _opened(browsers: list[Browser], board: str) -> float:
    """Return the milliseconds until the page and all its tiles are there."""
    began = time.perf_counter()
    page = browsers[0].get(f"/insight/dashboards/{board}/").text
    tiles = _TILE.findall(page)
    if not tiles:
        raise SystemExit(f"{board} has no tiles: has an analysis loaded the cubes?")

    (moment,) = _MOMENT.findall(page)

    def fetch(number: int) -> None:
        for url in tiles[number::AT_A_TIME]:
            answer = browsers[number].get(url, {"X-Moment": moment})
            if answer.status != 200:
                raise SystemExit(f"{url} answered {answer.status}")

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(fetch, range(AT_A_TIME)))
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
