"""The same definitions on the distributed engine: every metric by every side, both engines."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

import ibis
import numpy as np
import pyarrow as pa
import pytest
from chdb import session

from guanxi.analytics.cubes.asking import Question, Sight, facts_of
from guanxi.analytics.cubes.declared import GrowingSides
from guanxi.analytics.cubes.histories import (
    HISTORIES,
    SNAPSHOTS,
)
from guanxi.analytics.cubes.sales import SALES
from guanxi.analytics.cubes.snapshots import (
    COSTS,
    DAYS,
)
from guanxi.analytics.warehouse import Warehouse

# ibis 12 still calls DuckDB by an old name
pytestmark = pytest.mark.filterwarnings(
    "ignore:fetch_arrow_table:DeprecationWarning",
)
LINES, CUSTOMERS, PRODUCTS, ORDERS, SPENDINGS = 4_000, 300, 12, 1_500, 400
SCHEMAS = {**{name: kept.schema for name, kept in HISTORIES.items()}, "days": DAYS}
SCHEMAS |= {"costs": COSTS, **SNAPSHOTS}
ASKED = ("sales", "products", "classes")
# Those that a house adds are known when there is one.
SIDES = cast("GrowingSides", SALES.dimensions).declared
SPAN = date(2025, 3, 1), date(2026, 2, 28)


class Tables:
    """The snapshots as ibis knows them before any engine does."""

    def table(self, name: str) -> Any:
        """Return the table of a snapshot."""
        return ibis.table(ibis.Schema.from_pyarrow(SCHEMAS[name]), name=name)


def words(rng: np.random.Generator, count: int, *choices: str) -> pa.Array:
    return pa.array([choices[at] for at in rng.integers(0, len(choices), count)])


def published(folder: Path) -> Warehouse:
    """Publish made-up snapshots; of every tenth customer no class is known."""
    rng, kept = np.random.default_rng(11), Warehouse(folder)
    of_order = rng.integers(1, CUSTOMERS + 1, ORDERS)
    order = np.sort(rng.integers(0, ORDERS, LINES))
    days = rng.integers(20_000, 20_600, ORDERS)
    amount = rng.integers(-5_000, 900_000, LINES)
    tables = {
        "sales": {
            "order_id": order + 1,
            "customer_id": of_order[order],
            "ordered_on": pa.array(days[order].astype(np.int32)).cast(pa.date32()),
            "channel": words(rng, LINES, "shop", "online", "phone"),
            "owner_id": rng.integers(0, 9, LINES),
            "team_id": rng.integers(0, 4, LINES),
            "product_id": rng.integers(1, PRODUCTS + 3, LINES),
            "quantity": rng.integers(1, 9_000, LINES),
            "amount": amount,
            "costed": np.where(rng.random(LINES) < 0.7, amount, 0),
            "profit": rng.integers(-9_000, 90_000, LINES),
            "is_first": (np.diff(order, prepend=-1) != 0).astype(np.int64),
        },
        "products": {
            "product_id": np.arange(1, PRODUCTS + 1),
            "category": words(rng, PRODUCTS, "沙发", "灯具", ""),
        },
    }
    known = np.array([pk for pk in range(1, CUSTOMERS + 1) if pk % 10])
    tables["classes"] = {
        field.name: known
        if field.name == "customer_id"
        else words(rng, len(known), "", "甲", "乙")
        if pa.types.is_string(field.type)
        else rng.integers(0, 6, len(known))
        for field in SCHEMAS["classes"]
    }
    for name, columns in tables.items():
        schema = SCHEMAS[name]
        arrays = [pa.array(columns[one.name]).cast(one.type) for one in schema]
        batch = pa.record_batch(arrays, schema=schema)
        kept.history(name).append(1, [batch])
    spent = {
        "investment_id": np.arange(1, SPENDINGS + 1),
        "customer_id": rng.integers(1, CUSTOMERS + 1, SPENDINGS),
        "owner_id": rng.integers(0, 9, SPENDINGS),
        "team_id": rng.integers(0, 4, SPENDINGS),
        "spent_on": pa.array(
            rng.integers(20_000, 20_600, SPENDINGS).astype(np.int32)
        ).cast(pa.date32()),
        "aim": words(rng, SPENDINGS, "acquisition", "sales", "service", "retention"),
        "spent": rng.integers(1, 90_000, SPENDINGS),
    }
    kept.publish("costs", COSTS, pa.table(spent, schema=COSTS).to_batches())
    schema = SCHEMAS["memberships"]
    pairs = [rng.integers(1, top, 400) for top in (CUSTOMERS + 1, 5)]
    kept.publish("memberships", schema, [pa.record_batch(pairs, schema=schema)])
    every = np.arange(20_000, 20_500, dtype=np.int32)  # of some days nothing is known
    days_off = pa.array(np.where(every % 7 < 5, 1, 0))
    dates = pa.array(every).cast(pa.date32())
    kept.publish("days", DAYS, [pa.record_batch([dates, days_off], schema=DAYS)])
    return kept


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Warehouse, Any]]:
    """The snapshots, for DuckDB, and a ClickHouse within the process that reads them."""
    folder = tmp_path_factory.mktemp("warehouse")
    kept = published(folder)
    clickhouse: Any = cast("Any", session).Session()
    # As ibis asks its own connections for it: what does not join is nothing, not zero.
    clickhouse.query("SET join_use_nulls = 1")
    for name in ASKED:
        (path,) = (folder / name).glob("*.parquet")
        _show(clickhouse, name, path)
    _show(clickhouse, "days", kept.path("days"))
    for name in ("costs", "memberships"):
        _show(clickhouse, name, kept.path(name))
    yield kept, clickhouse
    clickhouse.close()


def _show(clickhouse: Any, name: str, path: Path) -> None:
    columns = ", ".join(SCHEMAS[name].names)
    clickhouse.query(
        f"CREATE VIEW {name} AS SELECT {columns} FROM file('{path}', Parquet)"
    )


def told(rows: pa.Table) -> Mapping[tuple[str, str], tuple[Any, ...]]:
    """Return the figures by the keys of row and column, as numbers both engines write."""
    return {
        (_key(one.pop("row")), _key(one.pop("column", ""))): tuple(
            None if value is None else float(value) for value in one.values()
        )
        for one in rows.to_pylist()
    }


def _key(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else str(value)[:10]


def asked(rows: str, columns: str, engine: Any) -> Any:
    """Return the expression of all metrics by two sides."""
    question = Question(tuple(SALES.metrics), *SPAN, rows, columns)
    facts = facts_of(SALES, question, engine, Sight())
    by = ["row", *(["column"] if columns else [])]
    return facts.group_by(by).aggregate(
        **{key: one.value(facts) for key, one in SALES.metrics.items()}
    )


@pytest.mark.parametrize(
    ("rows", "columns"),
    [*((key, "") for key in SIDES), ("province", "month"), ("tier", "team")],
)
def test_both_engines_tell_the_same(
    engines: tuple[Warehouse, Any], rows: str, columns: str
) -> None:
    kept, clickhouse = engines
    here = told(asked(rows, columns, kept.connect()).to_pyarrow())
    sql = str(ibis.to_sql(asked(rows, columns, Tables()), dialect="clickhouse"))
    answer = clickhouse.query(sql, "Arrow")
    with pa.ipc.open_file(pa.py_buffer(answer.bytes())) as reader:
        there = told(reader.read_all())
    assert here
    assert there.keys() == here.keys()
    for key, figures in here.items():
        assert there[key] == pytest.approx(figures, nan_ok=True), key
