"""From orders to scores: one row per customer, the same whatever the order of rows."""

from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.analytics.analysis import CustomerScores, analyse
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.marts.customer import customer_metrics
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.science.pyramid import THREE_TIERS, PyramidSettings
from guanxi.analytics.tests.purchases import cdnow_orders, orders, published_orders
from guanxi.analytics.warehouse import Warehouse

# ibis 12 still calls DuckDB by an old name
ibis_warns = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
AS_OF = date(2024, 6, 30)
SETTINGS = AnalysisSettings()
METRICS = (
    "customer_id",
    "first_order_on",
    "last_order_on",
    "order_count",
    "purchase_days",
    "order_total",
)

some_orders = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.dates(date(2022, 1, 1), date(2024, 12, 31)).map(date.isoformat),
        st.integers(0, 10**9),
    ),
    max_size=40,
)


def scored(*rows: tuple[int, str, int]) -> CustomerScores:
    return analyse(orders(*rows), as_of=AS_OF, settings=SETTINGS)


def test_given_one_customer_when_analyzed_then_each_metric_is_his() -> None:
    found = scored(
        (7, "2024-05-31", 1_001),
        (7, "2024-04-01", 2_000),
        (7, "2024-05-01", 3_000),
        (7, "2024-05-31", 1_000),
        (7, "2024-07-01", 9_999),
    )
    row = found.table.to_pylist()[0]
    expected = {
        "customer_id": 7,
        "first_order_on": date(2024, 4, 1),
        "last_order_on": date(2024, 5, 31),
        "order_count": 4,
        "purchase_days": 3,
        "order_total": 7_001,
        "order_mean": 1_750,
        "gap_days": 30.0,
        "next_order_on": date(2024, 6, 30),
        "silent_days": 30,
        "silent_ratio": 1.0,
        "tier": "vital",
        "tier_rank": 1,
        "tier_value": 7_001,
        "purchase_state": "repeat",
        "life_stage": "stage_formation",
        "volume_usual": None,
        "amount_trend": None,
        "first_return_overdue": False,
    }
    assert {name: row[name] for name in expected} == expected
    assert (found.merged, found.refreshed) == (1, 1)


def test_given_first_time_buyers_when_late_then_they_are_overdue() -> None:
    found = scored(
        (1, "2024-01-01", 100),
        (1, "2024-01-31", 100),
        (2, "2024-05-30", 100),
        (3, "2024-05-31", 100),
    ).table
    assert found["first_return_overdue"].to_pylist() == [False, True, False]
    assert found["purchase_state"].to_pylist() == ["repeat", "first_time", "first_time"]
    assert found["next_order_on"].to_pylist() == [None, None, None]


def test_given_no_orders_when_analyzed_then_the_table_is_empty() -> None:
    found = scored()
    assert found.refreshed == 0
    assert found.parameters.customers == 0


def test_given_three_tiers_when_analyzed_then_no_code_changes() -> None:
    settings = AnalysisSettings(pyramid=PyramidSettings(tiers=THREE_TIERS))
    table = orders(*((i, "2024-06-01", i) for i in range(1, 201)))
    tiers = analyse(table, as_of=AS_OF, settings=settings).table["tier"].to_pylist()
    counts = {tier: tiers.count(tier) for tier in ("vital", "normal", "small")}
    assert counts == {"vital": 2, "normal": 98, "small": 100}


def test_given_cdnow_when_analyzed_then_every_customer_has_every_class() -> None:
    found = analyse(cdnow_orders(), as_of=date(1998, 6, 30), settings=SETTINGS)
    assert found.refreshed == 2_357
    assert found.merged == 223
    tiers = found.table["tier"].to_pylist()
    assert tiers.count("vital") == 24
    assert tiers.count("major") == 448
    states = found.table["purchase_state"].to_pylist()
    once = np.array(found.table["purchase_days"].to_pylist()) == 1
    # all joined in the first quarter of 1997: who never came back is lost by now
    assert {state for state, is_once in zip(states, once, strict=True) if is_once} == {
        "lost"
    }
    assert int(once.sum()) == 1_218


def test_given_the_published_orders_when_analyzed_then_cut_points_are_kept() -> None:
    found = analyse(published_orders(), as_of=date(2006, 12, 31), settings=SETTINGS)
    assert found.parameters.cuts.monetary == (255.8, 382, 506.4, 666)
    assert found.table["rfm_segment"].to_pylist().count("champions") == 35


@given(some_orders, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    rows: list[tuple[int, str, int]], random: Random
) -> None:
    shuffled = [*rows]
    random.shuffle(shuffled)
    assert scored(*shuffled).table.equals(scored(*rows).table)


@ibis_warns
@pytest.mark.parametrize("as_of", [date(1997, 12, 31), date(1998, 6, 30)])
def test_given_a_snapshot_when_read_by_the_mart_then_both_agree(
    tmp_path: Path, as_of: date
) -> None:
    warehouse = Warehouse(tmp_path)
    table = cdnow_orders()
    warehouse.publish("bought", ORDER_SCHEMA, table.to_batches())
    connection = warehouse.connect()
    mart = connection.to_pyarrow(
        customer_metrics(connection.table("bought"), as_of=as_of)
    )
    found = analyse(warehouse.path("bought"), as_of=as_of, settings=SETTINGS).table
    for name in METRICS:
        assert mart[name].to_pylist() == found[name].to_pylist()


def test_given_a_table_or_its_file_when_analyzed_then_scores_are_equal(
    tmp_path: Path,
) -> None:
    table = published_orders()
    warehouse = Warehouse(tmp_path)
    warehouse.publish("bought", ORDER_SCHEMA, table.to_batches())
    from_file = analyse(warehouse.path("bought"), as_of=AS_OF, settings=SETTINGS)
    from_table = analyse(table, as_of=AS_OF, settings=SETTINGS)
    assert from_file.table.equals(from_table.table)
