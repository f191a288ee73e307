"""RFM scores against the published tables, and their laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.analytics.analysis import read_purchases
from guanxi.analytics.science.rfm import (
    ABOUT_TO_CHURN,
    LOYAL,
    MOST_VALUABLE,
    TEN_SEGMENTS,
    CutPoints,
    RfmSettings,
    SegmentRule,
    quantile_cuts,
    rfm_scores,
    segment_table,
)
from guanxi.analytics.tests.purchases import day_of, published_orders

PUBLISHED = {  # customers, orders, revenue
    "about_to_sleep": (102, 283, 23_449),
    "at_risk": (28, 216, 22_227),
    "cannot_lose": (47, 274, 32_446),
    "champions": (35, 316, 31_646),
    "lost": (148, 393, 35_324),
    "loyal": (170, 799, 76_562),
    "need_attention": (10, 57, 4_562),
    "new": (104, 329, 28_837),
    "potential_loyalist": (342, 2_211, 204_856),
    "promising": (9, 28, 4_249),
    "others": (0, 0, 0),
}


def test_given_the_published_orders_when_scored_then_tables_are_equal() -> None:
    today = day_of("2006-12-31")
    customers = read_purchases(published_orders(), today)
    scores = rfm_scores(
        customers.silent_days(today),
        customers.order_counts,
        customers.totals / 100,
        RfmSettings(),
    )
    assert scores.cuts == CutPoints(
        recency=(115, 181, 297.4, 482),
        frequency=(4, 5, 6, 8),
        monetary=(255.8, 382, 506.4, 666),
    )
    found = {}
    for index, name in enumerate(scores.segment_names):
        members = scores.segment == index
        found[name] = (
            int(members.sum()),
            int(customers.order_counts[members].sum()),
            int(customers.totals[members].sum()) // 100,
        )
    assert found == PUBLISHED


def test_given_fixed_cuts_when_scored_then_the_upper_bound_is_exclusive() -> None:
    cuts = CutPoints(recency=(30, 90), frequency=(2, 5), monetary=(100, 500))
    scores = rfm_scores(
        np.array([29, 30, 90]),
        np.array([1, 2, 5]),
        np.array([99.99, 100.0, 500.0]),
        RfmSettings(bins=3, fixed=cuts),
    )
    assert scores.recency.tolist() == [3, 2, 1]
    assert scores.frequency.tolist() == [1, 2, 3]
    assert scores.monetary.tolist() == [1, 2, 3]


def test_given_overlapping_rules_when_mapped_then_the_first_wins() -> None:
    best = SegmentRule("best", (2, 2), (2, 2), (2, 2))
    recent = SegmentRule("recent", (2, 2), (1, 2), (1, 2))
    table = segment_table([best, recent], 2)
    assert table[2, 2, 2] == 0
    assert table[2, 1, 2] == 1
    assert table[1, 2, 2] == 2


def test_given_nobody_when_scored_then_there_are_no_cuts() -> None:
    nobody = np.zeros(0, np.int64)
    scores = rfm_scores(nobody, nobody, np.zeros(0), RfmSettings())
    assert len(scores.segment) == 0
    assert scores.cuts.recency == (0.0, 0.0, 0.0, 0.0)


def test_lists_name_segments_of_the_ten() -> None:
    ten = {rule.segment for rule in TEN_SEGMENTS}
    assert {*MOST_VALUABLE, *LOYAL, *ABOUT_TO_CHURN} <= ten


@pytest.mark.parametrize("bins", [1, 11])
def test_given_a_senseless_number_of_classes_then_it_is_refused(bins: int) -> None:
    with pytest.raises(ValueError, match="bins"):
        RfmSettings(bins=bins)


@pytest.mark.parametrize("wrong", [(1.0,), (2.0, 1.0)])
def test_given_wrong_cut_points_then_they_are_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        RfmSettings(bins=3, fixed=CutPoints((1, 2), (1, 2), wrong))


@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(2, 10))
def test_a_better_value_never_scores_lower(values: list[int], bins: int) -> None:
    amounts = np.sort(np.array(values))
    settings = RfmSettings(bins=bins)
    scores = rfm_scores(amounts, amounts, amounts.astype(np.float64), settings)
    assert (np.diff(scores.recency) <= 0).all()
    assert (np.diff(scores.monetary) >= 0).all()
    assert 1 <= scores.monetary.min() <= scores.monetary.max() <= bins
    assert list(quantile_cuts(amounts, bins)) == sorted(scores.cuts.frequency)
