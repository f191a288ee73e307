"""Frequent sets and association rules."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.analytics.science.association import RuleSettings, association
from guanxi.analytics.science.baskets import Baskets, frequent_sets

BASKETS = st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=70)


def packed(baskets: list[set[int]]) -> Baskets:
    rows = [(at, item) for at, items in enumerate(baskets) for item in sorted(items)]
    owners = np.array([at for at, _item in rows], np.int64)
    items = np.array([item for _at, item in rows], np.int64)
    return Baskets.from_rows(owners, items, len(baskets))


def brute(baskets: list[set[int]], support: float) -> dict[tuple[int, ...], int]:
    found = {}
    for length in range(1, 8):
        for items in combinations(range(7), length):
            count = sum(set(items) <= basket for basket in baskets)
            if count and count >= support * len(baskets) - 1e-9:
                found[items] = count
    return found


@given(BASKETS, st.sampled_from([0.05, 0.2, 0.5]))
def test_given_any_baskets_when_counted_then_sets_are_those_of_plain_counting(
    baskets: list[set[int]], support: float
) -> None:
    assert frequent_sets(packed(baskets), support, 10) == brute(baskets, support)


@given(BASKETS)
def test_given_another_order_of_baskets_then_the_rules_are_the_same(
    baskets: list[set[int]],
) -> None:
    other = baskets[::-1]
    settings = RuleSettings(0.1, 0.2)
    assert association(packed(baskets), settings) == association(
        packed(other), settings
    )


def test_given_five_baskets_then_measures_are_by_hand() -> None:
    rules = association(
        packed([{0, 1}, {0, 1}, {0}, {1}, {2}]), RuleSettings(0.4, 0.1)
    ).rules
    assert [(rule.antecedent, rule.consequent) for rule in rules] == [
        ((0,), 1),
        ((1,), 0),
    ]
    rule = rules[0]
    assert (rule.count, rule.support) == (2, 0.4)
    assert rule.confidence == pytest.approx(2 / 3)
    assert rule.lift == pytest.approx(10 / 9)
    assert rule.leverage == pytest.approx(0.04)
    assert rule.conviction == pytest.approx(1.2)


def test_given_the_same_item_twice_when_counted_then_once() -> None:
    baskets = Baskets.from_rows(np.array([0, 0, 1]), np.array([0, 0, 0]), 2)
    assert frequent_sets(baskets, 0.5, 3) == {(0,): 2}


@pytest.mark.parametrize(
    "values", [{"support": 0.0}, {"confidence": 1.5}, {"min_length": 1}]
)
def test_given_impossible_settings_then_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|lengths"):
        RuleSettings(**values)  # type: ignore[arg-type]  # -- wrong values on purpose
