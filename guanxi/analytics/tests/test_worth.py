"""The law of lifetime value: hand-computed numbers, and sums of what the model expects."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from guanxi.analytics.analysis import analyse
from guanxi.analytics.cubes.snapshots import COSTS
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.ledger import Books, ledger_of
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.prediction import A_YEAR, rounded_money
from guanxi.analytics.science.bgnbd import BgNbd
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.worth import (
    Ledger,
    Usual,
    ValueSettings,
    present_values,
    usual_of,
    worth,
)
from guanxi.analytics.tests.factories import DAY

CDNOW = BgNbd(0.2425945, 4.4136019, 0.7929199, 2.4258881)


def ledger(**columns: list[int]) -> Ledger:
    count = len(next(iter(columns.values())))
    names = [
        "costed",
        "profit",
        "acquisition",
        "sales",
        "service",
        "retention",
        "purchases",
    ]
    return Ledger(**{name: np.array(columns.get(name, [0] * count)) for name in names})


def test_a_value_added_up_by_hand() -> None:
    books = ledger(
        costed=[100_000], profit=[40_000], acquisition=[9_000], sales=[1_000],
        service=[2_000], retention=[3_000], purchases=[4],
    )  # fmt: skip
    found = worth(books, Usual(0.3, 2_000), np.array([2.5]), np.array([20_000.0]))
    assert found.past.tolist() == [40_000 - 9_000 - 6_000]
    assert found.margin.tolist() == [0.4]
    assert found.upkeep.tolist() == [(6_000 + 2_000) / 5]
    # 2.5 purchases, each 200.00 at 40 % less 16.00 of upkeep.
    assert found.future.tolist() == [2.5 * (8_000 - 1_600)]


def test_who_has_no_costs_of_his_own_has_the_usual_ones() -> None:
    books = ledger(
        costed=[1_000, 0], profit=[300, 0], service=[60, 0], purchases=[2, 0]
    )
    usual = usual_of(books)
    assert usual == Usual(0.3, 30.0)
    found = worth(books, usual, np.ones(2), np.full(2, 500.0))
    assert found.margin.tolist() == [0.3, 0.3]
    assert found.upkeep.tolist() == [30.0, 30.0]


def test_where_no_cost_of_goods_is_known_nothing_is_foretold() -> None:
    books = ledger(purchases=[3])
    found = worth(books, usual_of(books), np.ones(1), np.full(1, 100.0))
    assert np.isnan(found.future).all()


def test_a_customer_may_be_worth_less_than_nothing() -> None:
    books = ledger(costed=[1_000], profit=[100], service=[900], purchases=[1])
    found = worth(books, Usual(0.1, 0.0), np.ones(1), np.full(1, 1_000.0))
    assert found.past.tolist() == [-800]
    assert found.future.tolist() == [100 - 450]
    assert rounded_money(np.array([-352.0, 0.0, np.nan]))[:2].tolist() == [-360.0, 0.0]


def test_a_year_is_discounted_from_its_middle() -> None:
    assert present_values(0.21, 2) == pytest.approx([1 / 1.1, 1 / 1.331])
    assert present_values(0.0, 3).tolist() == [1.0, 1.0, 1.0]


def test_purchases_at_present_value_are_the_sum_of_what_each_year_expects() -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(0, 12, 400).astype(np.float64)
    age = rng.integers(20, 150, 400).astype(np.float64)
    last = np.where(x > 0, rng.uniform(1, age), 0.0)
    values = present_values(0.12, 4)
    upto = [CDNOW.expected_given(x, last, age, A_YEAR * year) for year in range(1, 5)]
    years = np.diff(np.stack([np.zeros(400), *upto]), axis=0)
    found = CDNOW.present(x, last, age, A_YEAR, values)
    assert found == pytest.approx(values @ years)
    # Without a discount they are simply those of all years together.
    assert CDNOW.present(x, last, age, A_YEAR, np.ones(4)) == pytest.approx(upto[-1])


def test_yearly_discounting_is_near_the_continuous_one() -> None:
    one = np.array([6.0]), np.array([40.0]), np.array([52.0])
    rate = 0.1
    yearly = CDNOW.present(*one, A_YEAR, present_values(rate, 200))
    assert yearly == pytest.approx(
        CDNOW.discounted(*one, np.log(1 + rate) / A_YEAR), rel=0.01
    )


@pytest.mark.parametrize(("rate", "years"), [(-0.1, 5), (1.1, 5), (0.1, 0), (0.1, 31)])
def test_a_law_that_makes_no_sense_is_refused(rate: float, years: int) -> None:
    with pytest.raises(ValueError, match="rate"):
        ValueSettings(rate, years)


def scene(count: int) -> tuple[pa.Table, Books]:
    rng = np.random.default_rng(3)
    ids = np.sort(rng.integers(1, count + 1, 6 * count))
    days = int(np.datetime64(DAY).astype(int)) - rng.integers(0, 700, len(ids))
    amounts = rng.integers(1_000, 90_000, len(ids))
    days_on = pa.array(days.astype(np.int32)).cast(pa.date32())
    orders = pa.table(
        {"customer_id": ids, "ordered_on": days_on, "amount": amounts}, ORDER_SCHEMA
    )
    earned = pa.table(
        {"customer_id": ids, "ordered_on": days_on, "costed": amounts, "profit": amounts // 4}
    )  # fmt: skip
    spent = {
        "investment_id": [1, 2],
        "customer_id": [1, 1],
        "owner_id": [0, 0],
        "team_id": [0, 0],
        "spent_on": [DAY, DAY],
        "aim": ["acquisition", "service"],
        "spent": [700, 300],
    }
    return orders, Books(earned, pa.table(spent, COSTS))


def columns(table: pa.Table, row: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table.slice(row, 1).to_pylist()[0]
    return found


def test_the_analysis_tells_the_value_of_each_customer_and_its_parts() -> None:
    orders, books = scene(300)
    found = analyse(orders, as_of=DAY, settings=AnalysisSettings(), books=books)
    row = columns(found.table, 0)
    past = row["value_profit"] - 700 - 300
    assert row["value_acquisition"] == 700
    assert row["value_service"] == 300
    assert row["lifetime_value"] - row["future_value"] == past
    expected = row["value_to_come"] * (
        row["value_each"] * row["value_margin"] - row["value_upkeep"]
    )
    assert row["future_value"] == pytest.approx(expected, rel=0.06)
    assert found.parameters.usual
    assert found.parameters.usual.margin == pytest.approx(0.25, abs=0.001)


def test_without_books_nobody_has_a_value() -> None:
    orders, _books = scene(300)
    found = analyse(orders, as_of=DAY, settings=AnalysisSettings())
    assert "lifetime_value" not in found.table.column_names


def test_a_hundred_thousand_customers_are_valued_at_once() -> None:
    orders, books = scene(100_000)
    bought = Purchases.from_rows(
        orders.column("customer_id").to_numpy(),
        orders.column("ordered_on").cast(pa.int32()).to_numpy().astype(np.int64),
        orders.column("amount").to_numpy(),
    )
    began = time.perf_counter()
    found = ledger_of(books, bought)
    worth(found, usual_of(found), np.ones(len(bought)), np.ones(len(bought)))
    assert time.perf_counter() - began < 1.0
