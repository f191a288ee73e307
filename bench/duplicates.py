"""
The search for duplicates: how right it is, how long it takes, how much memory, as JSON.

Right: on the Febrl sets (where they are at hand) and on Chinese customers doubled by an
error model of our own, both without labels. Long: on the world, read as the house reads it.
"""

import argparse
import csv
import json
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from bench import house, world
from bench.doubles import doubled
from guanxi.analytics.extract import PostgresSource
from guanxi.analytics.linkage.link import linked
from guanxi.config.postgres import ensure_running
from guanxi.config.prepare import set_up_django

FEBRL = Path(__file__).resolve().parent.parent.parent / "shared" / "fixtures" / "febrl"
SETS = ("dataset1", "dataset3")


def main() -> None:
    """Print the figures."""
    options = _options()
    found: dict[str, object] = {name: _febrl(name) for name in SETS}
    raw, who = doubled(options.chinese)
    found["chinese"] = _judged(raw, who)
    if options.customers:
        found["run"] = _run(options.customers)
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(found, sys.stdout)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--chinese", type=int, default=20_000)
    return parser.parse_args()


def _febrl(name: str) -> dict[str, object]:
    path = FEBRL / f"{name}.csv"
    if not path.exists():
        return {"skipped": f"{path.name} is not at hand"}
    with path.open() as lines:
        rows = [
            {key.strip(): value.strip() for key, value in row.items()}
            for row in csv.DictReader(lines)
        ]
    numbers = [re.findall(r"\d+", row["rec_id"])[0] for row in rows]
    return _judged(_mapped(rows), [int(number) for number in numbers])


def _mapped(rows: Sequence[dict[str, str]]) -> pa.Table:
    """Return the rows of the set by the names of our columns."""
    empty = [""] * len(rows)
    none = dict.fromkeys(("phones", "emails", "wechat", "source", "external_id"), empty)
    street = ("street_number", "address_1", "address_2")
    return pa.table(
        {
            "id": pa.array(range(len(rows)), pa.int64()),
            "form": ["person"] * len(rows),
            "name": [f"{r['given_name']} {r['surname']}".strip() for r in rows],
            "id_number": [r["soc_sec_id"] for r in rows],
            "birth_on": [_day(r["date_of_birth"]) for r in rows],
            "street": [" ".join(r[part] for part in street) for r in rows],
            "city": [r["suburb"] for r in rows],
            "postcode": [r["postcode"] for r in rows],
            **none,
        }
    )


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else ""


def _judged(raw: pa.Table, who: Sequence[int]) -> dict[str, object]:
    began = time.perf_counter()
    pairs = linked(raw).pairs
    seconds = time.perf_counter() - began
    ends = (pairs.column(name).to_pylist() for name in ("one_id", "other_id"))
    right = sum(who[one] == who[other] for one, other in zip(*ends, strict=True))
    there = sum(n * (n - 1) // 2 for n in Counter(who).values())
    precision, recall = right / max(pairs.num_rows, 1), right / there
    return {
        "rows": raw.num_rows,
        "pairs": there,
        "found": pairs.num_rows,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / (precision + recall or 1), 4),
        "seconds": round(seconds, 1),
    }


def _run(customers: int) -> dict[str, object]:
    """Return what it costs to read and to compare so many customers of the world."""
    house.enter()
    with ensure_running() as url:
        if not (house.HOME / "world.json").exists():
            world.made(url, customers, 0)
        set_up_django()
        from guanxi.customers.queries import duplicate_pair  # noqa: PLC0415 -- needs Django

        began = time.perf_counter()
        sql = f"{duplicate_pair.customer_facts()} AND c.id <= {customers}"
        with PostgresSource(url).read(sql) as reader:
            raw = reader.read_all()
    read = time.perf_counter()
    pairs = linked(raw).pairs
    return {
        "customers": raw.num_rows,
        "pairs": pairs.num_rows,
        "read_s": round(read - began, 1),
        "link_s": round(time.perf_counter() - read, 1),
    }


if __name__ == "__main__":
    main()
