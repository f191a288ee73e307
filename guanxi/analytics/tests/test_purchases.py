"""Grouping of orders by customer and day."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from guanxi.analytics.analysis import read_purchases
from guanxi.analytics.science.grouped import group_median, group_total, sorted_rows
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.tests.purchases import bought, cdnow_orders, day_of

_INTS = st.integers(-(2**62), 2**62)


def test_given_unsorted_orders_when_grouped_then_same_day_counts_once() -> None:
    found = Purchases.from_rows(
        np.array([7, 3, 7, 7, 3]),
        np.array([20, 5, 10, 20, 4]),
        np.array([100, 1, 10, 200, 2]),
    )
    assert found.customer_ids.tolist() == [3, 7]
    assert found.offsets.tolist() == [0, 2, 4]
    assert found.days.tolist() == [4, 5, 10, 20]
    assert found.amounts.tolist() == [2, 1, 10, 300]
    assert found.orders.tolist() == [1, 1, 1, 2]
    assert found.totals.tolist() == [3, 310]
    assert found.order_counts.tolist() == [2, 3]


def test_given_orders_when_grouped_then_gaps_belong_to_their_customers() -> None:
    found = bought([(0, 1), (3, 1), (10, 1)], [(5, 1)], [(1, 1), (2, 1)])
    assert found.gaps.tolist() == [3, 7, 1]
    assert found.gap_offsets.tolist() == [0, 2, 2, 3]
    assert found.gap_owners.tolist() == [0, 0, 2]
    assert found.silent_days(12).tolist() == [2, 7, 10]


def test_given_no_orders_when_grouped_then_nobody_is_there() -> None:
    found = bought()
    assert len(found) == 0
    assert found.gaps.tolist() == []
    assert found.totals.tolist() == []


def test_given_a_span_when_summed_then_its_first_day_is_out_and_its_last_in() -> None:
    found = bought([(1, 1), (2, 10), (3, 100), (4, 1000)])
    assert found.amounts_between(np.array([1]), np.array([3])).tolist() == [110]


def test_given_cdnow_when_calibrated_then_counts_are_the_published_ones() -> None:
    table = cdnow_orders()
    calibration = read_purchases(table, day_of("1997-09-30"))
    whole = read_purchases(table, day_of("1998-06-30"))
    assert table.num_rows == 6_919
    assert len(whole) == 2_357
    assert int((calibration.day_counts - 1).sum()) == 2_457
    assert int((calibration.day_counts == 1).sum()) == 1_411
    assert len(whole.days) - len(calibration.days) == 1_882


@given(st.lists(st.tuples(_INTS, _INTS)))
def test_sorted_rows_agree_with_a_stable_sort(keys: list[tuple[int, int]]) -> None:
    table = np.array(keys, np.int64).reshape(-1, 2)
    expected = sorted(range(len(keys)), key=lambda row: keys[row])
    assert sorted_rows(table[:, 0], table[:, 1]).tolist() == expected


def test_given_groups_when_reduced_then_an_empty_one_has_no_median() -> None:
    values, offsets = np.array([5, 1, 3, 4, 2]), np.array([0, 3, 3, 5])
    medians = group_median(values, np.array([0, 0, 0, 2, 2]), offsets)
    assert medians[[0, 2]].tolist() == [3.0, 3.0]
    assert np.isnan(medians[1])
    assert group_total(values, np.array([0, 3, 5])).tolist() == [9, 6]
