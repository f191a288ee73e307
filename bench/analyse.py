"""
Orders to scores: seconds for 5,000,000 orders of 1,000,000 customers, as JSON.

Beside each run stands one plain GROUP BY of DuckDB over the same file in the same run.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

from guanxi.analytics.analysis import analyse
from guanxi.analytics.extract import (
    ORDER_SCHEMA,
    LoadCounts,
    PostgresSource,
    cleaned,
)
from guanxi.analytics.marts.customer import customer_metrics
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.warehouse import Warehouse

BOUGHT = "bought"
AS_OF = date(2023, 12, 31)
_LAST_DAY = (AS_OF - date(1970, 1, 1)).days


def main() -> None:
    """Print the figures of ``--runs`` runs."""
    options = _options()
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        found = _fill(warehouse, options)
        path = warehouse.path(BOUGHT)
        found |= {
            "analyse_s": _seconds(lambda: _analyse(path), options.runs),
            "raw_group_by_s": _seconds(lambda: _group_by(warehouse), options.runs),
        }
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(found, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--url", help="read from this PostgreSQL instead")
    parser.add_argument("--sql", help="the query of the orders there")
    return parser.parse_args()


def _fill(warehouse: Warehouse, options: argparse.Namespace) -> dict[str, object]:
    began = time.perf_counter()
    if options.url:
        with PostgresSource(options.url).read(options.sql) as rows:
            batches = cleaned(BOUGHT, rows, ORDER_SCHEMA, LoadCounts())
            count = warehouse.publish(BOUGHT, ORDER_SCHEMA, batches)
        seconds = round(time.perf_counter() - began, 3)
        return {"orders": count, "extract_s": seconds}
    table = generated_orders(options.orders, options.customers)
    began = time.perf_counter()
    warehouse.publish(BOUGHT, ORDER_SCHEMA, table.to_batches(max_chunksize=1 << 18))
    seconds = round(time.perf_counter() - began, 3)
    return {
        "orders": options.orders,
        "customers": options.customers,
        "write_s": seconds,
    }


def generated_orders(orders: int, customers: int) -> pa.Table:
    """
    Return orders of customers who differ in how often and how much they buy.

    Rates are gamma, amounts log-normal, dates within four years; the same every time.
    """
    rng = np.random.default_rng(7)
    weight = rng.gamma(0.8, 1.0, customers) + 0.02
    counts = rng.multinomial(orders - customers, weight / weight.sum()) + 1
    ids = np.repeat(np.arange(1, customers + 1), counts)
    usual = np.repeat(rng.normal(9.5, 0.7, customers), counts)
    shuffled = rng.permutation(orders)
    days = rng.integers(_LAST_DAY - 4 * 365, _LAST_DAY + 1, orders).astype(np.int32)
    amounts = np.rint(np.exp(usual + rng.normal(0, 0.5, orders))).astype(np.int64)
    columns = [ids[shuffled], pa.array(days, pa.date32()), amounts[shuffled]]
    return pa.table(columns, schema=ORDER_SCHEMA)


def _analyse(path: Path) -> None:
    analyse(path, as_of=AS_OF, settings=AnalysisSettings())


def _group_by(warehouse: Warehouse) -> None:
    connection = warehouse.connect()
    orders = connection.table(BOUGHT)
    connection.to_pyarrow(customer_metrics(orders, as_of=AS_OF))


def _seconds(run: Callable[[], None], runs: int) -> dict[str, float]:
    """Return wall seconds, and the processor seconds that other load hardly moves."""
    wall, cpu = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        run()
        wall.append(round(time.perf_counter() - began, 3))
        cpu.append(round(time.process_time() - used, 3))
    return {
        "median": median(wall),
        "min": min(wall),
        "max": max(wall),
        "cpu": median(cpu),
    }


if __name__ == "__main__":
    main()
