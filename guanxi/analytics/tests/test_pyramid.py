"""The pyramid: tiers by percentile."""

from decimal import Decimal
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.analytics.science.pyramid import (
    FOUR_TIERS,
    THREE_TIERS,
    Pyramid,
    PyramidSettings,
    Tier,
    pyramid,
)


def ranked(values: list[int], tiers: tuple[Tier, ...] = FOUR_TIERS) -> Pyramid:
    amounts = np.array(values, np.int64)
    return pyramid(amounts, np.arange(len(values)), tiers)


def test_given_a_thousand_customers_when_cut_then_tiers_hold_1_19_30_50_percent() -> (
    None
):
    found = ranked(list(range(1, 1001)))
    assert np.bincount(found.tier).tolist() == [10, 190, 300, 500]
    assert found.last_ranks == (10, 200, 500, 1000)
    assert found.boundaries == (991, 801, 501, 1)


def test_given_700_customers_when_cut_then_one_percent_is_exactly_seven() -> None:
    assert ranked(list(range(1, 701))).last_ranks == (7, 140, 350, 700)


def test_given_three_tiers_when_cut_then_there_is_no_major() -> None:
    found = ranked(list(range(1, 201)), THREE_TIERS)
    assert np.bincount(found.tier).tolist() == [2, 98, 100]


def test_given_one_customer_when_cut_then_it_is_vital() -> None:
    found = ranked([5])
    assert found.tier.tolist() == [0]
    assert found.boundaries == (5, None, None, None)


def test_given_equal_values_when_ranked_then_the_smaller_id_leads() -> None:
    found = pyramid(np.array([5, 5, 9]), np.array([8, 2, 4]), FOUR_TIERS)
    assert found.rank.tolist() == [3, 2, 1]


def test_given_customers_without_value_when_cut_then_they_are_small() -> None:
    found = ranked([0, -3, 0, 7])
    assert found.tier.tolist() == [3, 3, 3, 0]
    assert found.rank.tolist() == [2, 4, 3, 1]


def test_given_nobody_when_cut_then_nothing_breaks() -> None:
    found = ranked([])
    assert found.last_ranks == (0, 0, 0, 0)
    assert found.boundaries == (None, None, None, None)


@pytest.mark.parametrize(
    "ends", [(), (0, 100), (10, 10, 100), (50, 20, 100), (1, 20, 99)]
)
def test_given_tiers_that_do_not_climb_to_100_then_they_are_refused(
    ends: tuple[int, ...],
) -> None:
    with pytest.raises(ValueError, match="100 percent"):
        PyramidSettings(tiers=[Tier(str(end), Decimal(end)) for end in ends])


def test_given_nothing_is_set_then_a_year_is_cut_into_four() -> None:
    assert PyramidSettings() == PyramidSettings(tiers=FOUR_TIERS, period_days=365)


def test_given_an_empty_period_then_it_is_refused() -> None:
    with pytest.raises(ValueError, match="period"):
        PyramidSettings(period_days=0)


@given(st.lists(st.integers(-50, 50)), st.randoms(use_true_random=False))
def test_every_customer_has_one_rank_whatever_the_order(
    values: list[int], random: Random
) -> None:
    amounts, ids = np.array(values, np.int64), np.arange(len(values))
    shuffled = ids.tolist()
    random.shuffle(shuffled)
    found = pyramid(amounts, ids, FOUR_TIERS)
    again = pyramid(amounts[shuffled], ids[shuffled], FOUR_TIERS)
    assert sorted(found.rank.tolist()) == list(range(1, len(values) + 1))
    assert again.rank.tolist() == found.rank[shuffled].tolist()
    assert again.tier.tolist() == found.tier[shuffled].tolist()
    by_rank = found.tier[np.argsort(found.rank)]
    assert (np.diff(by_rank) >= 0).all()
