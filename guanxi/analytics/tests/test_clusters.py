"""Segments by likeness, and what they have in common."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from guanxi.analytics.science.clusters import ClusterSettings, clusters
from guanxi.analytics.science.commonality import common, properties
from guanxi.analytics.science.grouped import Flags, Ints
from guanxi.analytics.science.learners import Matrix


def three_groups(n: int = 600) -> tuple[Matrix, Flags, Ints]:
    rng = np.random.default_rng(8)
    truth = np.repeat([0, 1, 2], [n // 2, n // 3, n - n // 2 - n // 3])
    spend = np.array([10.0, 50.0, 90.0])[truth] + rng.normal(0, 3, n)
    visits = np.array([2.0, 9.0, 2.0])[truth] + rng.normal(0, 0.5, n)
    kind = np.where(truth == 2, 1.0, 0.0)
    visits[rng.random(n) < 0.02] = np.nan
    return (
        np.stack([spend, visits, kind], axis=1),
        np.array([False, False, True]),
        truth,
    )


def test_given_three_groups_then_they_are_found_the_largest_first() -> None:
    matrix, is_category, truth = three_groups()
    found = clusters(matrix, is_category, ClusterSettings())
    assert found.sizes.tolist() == [300, 200, 100]
    assert (found.segments == truth).mean() > 0.99
    assert max(found.silhouettes, key=lambda k: found.silhouettes[k]) == 3
    assert found.within < found.between
    assert 0.8 < found.explained < 1


def test_given_another_order_of_rows_then_the_segments_are_the_same() -> None:
    matrix, is_category, _ = three_groups()
    order = np.random.default_rng(1).permutation(len(matrix))
    one = clusters(matrix, is_category, ClusterSettings())
    other = clusters(matrix[order], is_category, ClusterSettings())
    assert one.segments[order].tolist() == other.segments.tolist()


def test_given_a_number_of_segments_then_so_many() -> None:
    matrix, is_category, _ = three_groups()
    found = clusters(matrix, is_category, ClusterSettings(count=5))
    assert len(found.sizes) == 5
    assert found.sizes.sum() == 600


def test_given_equal_customers_then_refused() -> None:
    with pytest.raises(ValueError, match="too few different"):
        clusters(np.ones((50, 2)), np.array([False, False]), ClusterSettings())


def test_given_one_table_then_the_chance_is_near_that_of_fisher() -> None:
    has = np.array([[True]] * 9 + [[False]] * 3 + [[True]] * 5 + [[False]] * 23)
    segments = np.repeat([0, 1], [12, 28])
    found = common(has, segments, 2)
    assert found.share.tolist() == [[0.75], [pytest.approx(5 / 28)]]
    assert found.base.tolist() == [0.35]
    assert found.lift[0, 0] == pytest.approx(0.75 / 0.35)
    one_sided = fisher_exact([[9, 3], [5, 23]], alternative="greater").pvalue
    assert found.chance[0, 0] == pytest.approx(2 * one_sided)


def test_given_chance_only_then_hardly_anything_is_over_represented() -> None:
    rng = np.random.default_rng(3)
    found = common(rng.random((3000, 60)) < 0.3, rng.integers(0, 4, 3000), 4)
    assert (found.chance < 0.05).mean() < 0.02


def test_given_columns_then_levels_and_thirds_are_properties() -> None:
    matrix = np.array([[float(x), float(x % 2)] for x in range(9)] + [[np.nan, 0.0]])
    found, has = properties(matrix, np.array([False, True]))
    assert [(one.low, one.high) for one in found[:3]] == [(0, 2), (3, 5), (6, 8)]
    assert [one.level for one in found[3:]] == [0, 1]
    assert has.sum(axis=0).tolist() == [3, 3, 3, 6, 4]
