"""Who leaves: learning, trying, calibration, reasons and leakage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from guanxi.analytics.science.churn import ChurnSettings, churn_model
from guanxi.analytics.science.grouped import Flags, Ints
from guanxi.analytics.science.leakage import told_alone
from guanxi.analytics.science.learners import LINEAR, Linear, Matrix
from guanxi.analytics.science.quality import (
    brier,
    calibration,
    confusion,
    lift_table,
    log_loss,
    ranking,
)
from guanxi.analytics.science.reasons import contributions

QUICK = ChurnSettings(folds=3, learners=(LINEAR,))


def drawn(n: int = 1200, seed: int = 3) -> tuple[Matrix, Flags, Ints]:
    """Return a table whose first column and a category make customers leave."""
    rng = np.random.default_rng(seed)
    tenure, kind = rng.exponential(20, n), rng.integers(0, 3, n)
    noise = rng.normal(size=n)
    noise[rng.random(n) < 0.1] = np.nan
    odds = 0.5 - 0.08 * tenure + np.array([0.0, 1.0, -1.0])[kind]
    happened = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    matrix = np.stack([tenure, kind.astype(np.float64), noise], axis=1)
    return matrix, np.array([False, True, False]), happened


SCORES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=2, max_size=80
).filter(lambda rows: 0 < sum(one for one, _ in rows) < len(rows))


@given(SCORES)
def test_given_any_scores_when_ranked_then_auc_is_that_of_all_pairs(
    rows: list[tuple[int, int]],
) -> None:
    happened = np.array([one for one, _ in rows])
    scores = np.array([score / 20 for _, score in rows])
    found = ranking(happened, scores)
    assert found.auc == pytest.approx(roc_auc_score(happened, scores))
    assert found.low <= found.auc <= found.high
    table = lift_table(happened, scores)
    assert table.left.sum() == pytest.approx(happened.sum())
    shuffled = lift_table(happened[::-1], scores[::-1])
    assert table.left.tolist() == pytest.approx(shuffled.left.tolist())
    assert 0 <= calibration(happened, scores).error <= 1


def test_given_probabilities_when_judged_then_as_by_hand() -> None:
    happened, chance = np.array([1, 0, 1, 0]), np.array([0.75, 0.25, 0.25, 0.05])
    assert brier(happened, chance) == pytest.approx((0.0625 * 2 + 0.5625 + 0.0025) / 4)
    assert log_loss(happened, chance) == pytest.approx(0.5033, abs=1e-4)
    assert calibration(happened, chance).error == pytest.approx(
        (0.05 + 2 * 0.25 + 0.25) / 4
    )
    found = confusion(happened, chance, 0.25)
    assert (found.hits, found.false_alarms, found.missed, found.left_alone) == (
        2,
        1,
        0,
        1,
    )


def test_given_known_causes_when_learned_then_ranked_and_calibrated() -> None:
    matrix, is_category, happened = drawn(4000)
    model = churn_model(matrix, is_category, happened, ChurnSettings(folds=3))
    judged = happened[model.best.rows]
    assert ranking(judged, model.best.chance).auc > 0.75
    assert calibration(judged, model.best.chance).error < 0.03
    assert sorted(model.best.rows.tolist()) == list(range(4000))


def test_given_another_order_of_rows_when_learned_then_nothing_changes() -> None:
    matrix, is_category, happened = drawn()
    order = np.random.default_rng(0).permutation(len(happened))
    one = churn_model(matrix, is_category, happened, QUICK)
    other = churn_model(matrix[order], is_category, happened[order], QUICK)
    assert one.best.chance.tolist() == other.best.chance.tolist()
    assert one.chance(matrix)[order].tolist() == other.chance(matrix[order]).tolist()


def test_given_later_customers_when_tried_then_only_they_are_judged() -> None:
    matrix, is_category, happened = drawn()
    later = np.arange(len(happened)) >= 900
    model = churn_model(matrix, is_category, happened, QUICK, later)
    assert sorted(model.best.rows.tolist()) == list(range(900, 1200))


@pytest.mark.parametrize("left", [0, 19, 1200])
def test_given_too_few_of_one_outcome_then_refused(left: int) -> None:
    matrix, is_category, _ = drawn()
    happened = (np.arange(1200) < left).astype(np.int64)
    with pytest.raises(ValueError, match="too few"):
        churn_model(matrix, is_category, happened, QUICK)


def test_given_a_sum_of_columns_when_explained_then_weight_times_distance() -> None:
    matrix = np.array([[1.0, 0.0], [3.0, 1.0], [5.0, 1.0], [7.0, 0.0]])
    found = contributions(
        lambda rows: 2 * rows[:, 0] - 4 * rows[:, 1],
        matrix,
        matrix,
        np.array([False, False]),
    )
    assert found.added[:, 0].tolist() == pytest.approx([-6, -2, 2, 6])
    assert found.added[:, 1].tolist() == pytest.approx([2, -2, -2, 2])
    assert found.strongest(1).tolist() == [[0], [0], [0], [0]]
    assert found.importance.tolist() == pytest.approx([4, 2])


def test_given_a_column_known_afterwards_when_checked_then_it_is_told() -> None:
    matrix, is_category, happened = drawn()
    rng = np.random.default_rng(1)
    told = happened * 3 + rng.normal(size=len(happened))
    wide = np.column_stack([matrix, told])
    found = told_alone(wide, np.append(is_category, False), happened, seed=1)
    assert found.suspicious.tolist() == [False, False, False, True]
    assert not told_alone(matrix, is_category, happened, seed=1).suspicious.any()


def test_given_unknown_and_constant_columns_when_learned_then_scores_are_finite() -> (
    None
):
    matrix, is_category, happened = drawn()
    empty = np.full(len(matrix), np.nan)
    wide = np.column_stack([matrix, np.ones(len(matrix)), empty])
    kinds = np.append(is_category, [False, False])
    scores = Linear(kinds, 1).fit(wide, happened).score(wide)
    assert np.isfinite(scores).all()
