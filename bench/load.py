"""
Load a day of 100,000 orders into a warehouse of 1 to 50 million, and ask it before and after.

``python -m bench.load`` makes the histories up; ``--house`` takes the house of
``bench.world`` instead, lists 100,000 of its orders as changed, and loads them from
PostgreSQL. JSON on standard output.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from bench import house
from guanxi.analytics.cubes.histories import ORDERS, SALES, history_of
from guanxi.analytics.history import History
from guanxi.config.prepare import set_up_django

LINES, DAY, LATE = 2, 100_000, 2_000
CUSTOMERS, PRODUCTS, FIRST_DAY, DAYS = 2_000_000, 500, 19_000, 1_100
_CHUNK = 250_000


def main() -> None:
    """Print the figures of each size, or of the house."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=int, nargs="*", default=[1, 5, 10, 50])
    parser.add_argument("--house", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = (
        _of_house() if options.house else {"sizes": list(map(_sized, options.millions))}
    )
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(found, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _sized(millions: int) -> dict[str, Any]:
    count = millions * 1_000_000
    with TemporaryDirectory() as folder:
        kept = {name: history_of(Path(folder), name) for name in (ORDERS, SALES)}
        base = _seconds(lambda: _append(kept, 1, np.arange(1, count + 1)))
        asked = _asked(kept[SALES])
        late = np.random.default_rng(7).choice(count, LATE, replace=False) + 1
        day = np.concatenate([np.sort(late), count + 1 + np.arange(DAY - LATE)])
        loaded = _seconds(lambda: _append(kept, 2, day))
        size = sum(path.stat().st_size for path in Path(folder).glob("**/*.parquet"))
        return {
            "orders": count,
            "base_s": base,
            "day_s": loaded,
            "ask_before_s": asked,
            "ask_after_s": _asked(kept[SALES]),
            "disk_mb": size // 1_000_000,
        }


def _append(
    kept: dict[str, History], load: int, orders: "np.ndarray[Any, Any]"
) -> None:
    for name, history in kept.items():
        history.append(
            load, _batches(history.schema, orders, 1 if name == ORDERS else LINES)
        )


def _batches(
    schema: pa.Schema, orders: "np.ndarray[Any, Any]", lines: int
) -> Iterator[pa.RecordBatch]:
    for at in range(0, len(orders), _CHUNK):
        ids = np.repeat(orders[at : at + _CHUNK], lines)
        rng = np.random.default_rng(at)
        yield pa.RecordBatch.from_arrays(
            [_column(field, ids, rng) for field in schema], schema=schema
        )


def _column(field: pa.Field, ids: "np.ndarray[Any, Any]", rng: Any) -> pa.Array:
    n = len(ids)
    if field.name == "order_id":
        return pa.array(ids)
    if pa.types.is_date(field.type):
        days = FIRST_DAY + np.minimum(ids * DAYS // 50_000_000, DAYS)
        return pa.array(days.astype(np.int32)).cast(field.type)
    if pa.types.is_string(field.type):
        words = pa.array(["shop", "online", "phone"])
        return words.take(pa.array(rng.integers(0, 3, n)))
    tops = {"customer_id": CUSTOMERS, "product_id": PRODUCTS, "is_first": 2}
    return pa.array(rng.integers(0, tops.get(field.name, 100_000), n))


def _asked(history: History) -> float:
    """Return the least seconds of three to sum up by month and product."""
    with duckdb.connect() as engine:
        engine.execute(f"CREATE VIEW sales AS {history.view_sql()}")
        question = (
            "SELECT date_trunc('month', ordered_on), product_id, sum(amount)"
            " FROM sales GROUP BY ALL"
        )
        return min(
            _seconds(lambda: engine.execute(question).fetchall()) for _ in range(3)
        )


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return round(time.perf_counter() - began, 2)


def _of_house() -> dict[str, Any]:
    house.enter()
    set_up_django()
    from guanxi.config.session import house_open  # noqa: PLC0415 -- after the settings

    with house_open():
        return _loaded()


def _loaded() -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415 -- after the settings

    from guanxi.analytics.loading import load_facts  # noqa: PLC0415 -- needs Django

    whole = _seconds(lambda: load_facts(is_whole=True))
    rest = DAY - LATE
    with connection.cursor() as cursor:
        # The latest ones, and some of all others: no value of theirs becomes another.
        cursor.execute(
            "UPDATE sales_order SET version = version WHERE id IN (SELECT id FROM"
            " sales_order ORDER BY id DESC LIMIT %s) OR id %% 2500 = 7",
            [rest],
        )
    return {"whole_s": whole, "day_s": _seconds(load_facts)}


if __name__ == "__main__":
    main()
