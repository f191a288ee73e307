"""
What the explorer costs beside DuckDB's bare group-by of the same rows, as JSON.

The cubes are loaded from the world; then each question is asked in turn, by somebody who
sees all orders and by one who sees those of a team. Times are milliseconds.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from bench import house, world
from guanxi.config.prepare import set_up_django

if TYPE_CHECKING:
    from guanxi.foundation.actor import Actor

ROUNDS = 7
# Rows, columns, figures, and the bare question that reads as many columns.
QUESTIONS = [
    ("month", "", ["revenue"], "date_trunc('month', ordered_on), sum(amount)"),
    ("channel", "year", ["revenue"], "channel, sum(amount)"),
    ("weekday", "", ["orders"], "dayofweek(ordered_on), count(DISTINCT order_id)"),
    (
        "month",
        "",
        ["buyers"],
        "date_trunc('month', ordered_on), count(DISTINCT customer_id)",
    ),
    (
        "owner",
        "",
        ["revenue", "orders", "mean_order"],
        "owner_id, sum(amount), count(DISTINCT order_id)",
    ),
    ("province", "tier", ["revenue"], "customer_id, sum(amount)"),
]


def main() -> None:
    """Print the figures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    house.enter()
    set_up_django()
    from guanxi.config.session import house_open  # noqa: PLC0415 -- after the settings

    with house_open():
        found = _measured()
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _measured() -> dict[str, Any]:
    from django.db import transaction  # noqa: PLC0415 -- after the settings

    from guanxi.analytics import exploring  # noqa: PLC0415 -- needs Django
    from guanxi.analytics.loading import (  # noqa: PLC0415 -- needs Django
        load_dimensions,
        load_facts,
    )
    from guanxi.foundation.actor import Depth, System  # noqa: PLC0415 -- needs Django
    from guanxi.identity.models import Role, User  # noqa: PLC0415 -- needs Django

    began = time.perf_counter()
    load_facts(is_whole=True)
    load_dimensions(is_whole=True)
    loaded = time.perf_counter() - began
    view = exploring.warehouse().history("sales").view_sql()
    bare = duckdb.connect()
    bare.execute(f"CREATE VIEW sales AS {view}")
    (rows,) = bare.execute("SELECT count(*) FROM sales").fetchone() or (0,)
    with transaction.atomic():
        depths = {"customer.read": int(Depth.TEAM), "order.read": int(Depth.TEAM)}
        seller = User.objects.get(pk=world.FIRST_USER)
        seller.roles.set([Role.objects.create(name="bench team", depths=depths)])
        viewers = {"all": System("bench"), "team": seller}
        asked = [_asked(viewers, bare, *one) for one in QUESTIONS]
        transaction.set_rollback(True)
    return {"rows": rows, "load_s": round(loaded, 1), "questions": asked}


def _asked(
    viewers: "dict[str, Actor]",
    bare: duckdb.DuckDBPyConnection,
    rows: str,
    columns: str,
    metrics: list[str],
    plain: str,
) -> dict[str, Any]:
    from guanxi.analytics import exploring, kept_answers  # noqa: PLC0415 -- as above
    from guanxi.analytics.cubes.asking import Question  # noqa: PLC0415 -- the engine

    last = datetime.now(UTC).date()
    question = Question(tuple(metrics), date(2000, 1, 1), last, rows, columns)
    acts: dict[str, Callable[[], object]] = {
        name: lambda viewer=viewer: exploring.explored(viewer, question)
        for name, viewer in viewers.items()
    }
    acts["bare"] = lambda: bare.execute(
        f"SELECT {plain} FROM sales GROUP BY 1"
    ).fetchall()
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _round in range(ROUNDS):
        for name, act in acts.items():
            kept_answers._kept.clear()  # what is remembered costs nothing
            began = time.perf_counter()
            act()
            taken[name].append((time.perf_counter() - began) * 1000)
    told = {f"{name}_ms": round(sorted(ms)[ROUNDS // 2]) for name, ms in taken.items()}
    worst = {f"{name}_worst_ms": round(max(ms)) for name, ms in taken.items()}
    ratio = round(told["all_ms"] / max(1, told["bare_ms"]), 1)
    return {"rows": rows, "columns": columns, **told, **worst, "times": ratio}


if __name__ == "__main__":
    main()
