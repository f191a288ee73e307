"""Cohorts and retention from period to period."""

from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guanxi.analytics.science.cohorts import cohorts, period_retention
from guanxi.analytics.science.periods import (
    Unit,
    last_complete,
    period_of,
    period_start,
)
from guanxi.analytics.science.purchases import Purchases

EPOCH = date(1970, 1, 1).toordinal()
ROWS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 200), st.integers(0, 999)),
    min_size=1,
    max_size=60,
)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def bought(rows: list[tuple[int, int, int]]) -> Purchases:
    ids, days, amounts = (
        np.array(column, np.int64) for column in zip(*rows, strict=True)
    )
    return Purchases.from_rows(ids, days, amounts)


HAND = bought(
    [
        (1, day("2025-01-05"), 10),
        (1, day("2025-02-05"), 20),
        (2, day("2025-01-20"), 30),
        (2, day("2025-03-01"), 40),
        (3, day("2025-02-11"), 50),
    ]
)


def test_given_three_customers_when_grouped_by_month_then_as_counted_by_hand() -> None:
    found = cohorts(HAND, day("2025-03-15"), "month")
    assert found.sizes.tolist() == [2, 1]
    assert found.active.tolist() == [[2, 1, 1], [1, 0, 0]]
    assert found.revenue.tolist() == [[40, 20, 40], [50, 0, 0]]
    assert found.complete.tolist() == [[True, True, False], [True, False, False]]
    assert np.isnan(found.retention[0, 2])
    assert found.retention[0, :2].tolist() == [1.0, 0.5]


def test_given_months_when_followed_then_kept_lost_new_and_returned_add_up() -> None:
    found = period_retention(HAND, day("2025-03-31"), "month")
    assert found.buyers.tolist() == [2, 2, 1]
    assert found.kept.tolist() == [0, 1, 0]
    assert found.lost.tolist() == [0, 1, 2]
    assert found.new.tolist() == [2, 1, 0]
    assert found.returned.tolist() == [0, 0, 1]
    assert found.complete.tolist() == [True, True, True]


@given(ROWS, st.sampled_from(["day", "week", "month"]))
def test_given_any_orders_then_retention_and_churn_make_one(
    rows: list[tuple[int, int, int]], unit: Unit
) -> None:
    assume(min(on for _, on, _ in rows) <= 150)
    purchases, again = bought(rows), bought(rows[::-1])
    found = period_retention(purchases, 150, unit)
    known = ~np.isnan(found.retention)
    assert (found.retention[known] + found.churn[known] == 1).all()
    assert (found.buyers == found.kept + found.new + found.returned).all()
    assert (found.returned >= 0).all()
    table, other = cohorts(purchases, 150, unit), cohorts(again, 150, unit)
    assert (table.active == other.active).all()
    assert (table.revenue == other.revenue).all()
    assert table.sizes.sum() == len({who for who, on, _ in rows if on <= 150})
    assert table.revenue.sum() == sum(amount for _, on, amount in rows if on <= 150)


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_given_periods_when_begun_then_their_first_day_is_theirs(unit: Unit) -> None:
    days = np.arange(-800, 20_000, 13)
    periods = period_of(days, unit)
    starts = period_start(periods, unit)
    assert (starts <= days).all()
    assert (period_of(starts, unit) == periods).all()
    assert (period_of(starts - 1, unit) == periods - 1).all()


def test_given_the_last_day_of_a_month_then_the_month_is_complete() -> None:
    assert last_complete(day("2025-03-31"), "month") == 663 - 1
    assert last_complete(day("2025-03-30"), "month") == 662 - 1


def test_given_a_cut_off_before_everybody_then_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        cohorts(HAND, day("2024-12-31"), "month")
