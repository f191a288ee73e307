"""The retention value model, beside an independent implementation."""

import numpy as np
import pytest
from statsmodels.api import OLS, add_constant
from statsmodels.stats.outliers_influence import variance_inflation_factor

from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.retention_value import (
    LEAST,
    NotTold,
    TooFew,
    fit_retention_value,
)


def drawn(n: int = 300, seed: int = 7) -> tuple[Floats, Floats]:
    """Return customers whose intention is 1 + 0.5 a + 0.3 b + 0.1 c and unequal noise."""
    random = np.random.default_rng(seed)
    mood = random.normal(6, 2, n)
    determinants = np.column_stack(
        [mood, 0.6 * mood + random.normal(2, 1, n), random.normal(5, 2, n)]
    )
    noise = random.normal(0, 0.2 + 0.1 * np.abs(mood), n)
    return determinants, 1 + determinants @ [0.5, 0.3, 0.1] + noise


@pytest.mark.parametrize("n", [LEAST, 300, 5_000])
def test_given_customers_when_fitted_then_as_statsmodels_says(n: int) -> None:
    determinants, intention = drawn(n)
    design = add_constant(determinants)
    oracle = OLS(intention, design).fit(cov_type="HC3", use_t=True)
    found = fit_retention_value(determinants, intention)
    assert [found.intercept, *(e.value for e in found.effects)] == pytest.approx(
        oracle.params, rel=1e-9
    )
    assert [e.error for e in found.effects] == pytest.approx(oracle.bse[1:], rel=1e-8)
    assert [(e.low, e.high) for e in found.effects] == [
        pytest.approx(tuple(pair), rel=1e-7) for pair in oracle.conf_int()[1:]
    ]
    assert [e.p for e in found.effects] == pytest.approx(oracle.pvalues[1:], rel=1e-6)
    assert (found.r2, found.adjusted_r2) == pytest.approx(
        (oracle.rsquared, oracle.rsquared_adj)
    )
    assert [e.inflation for e in found.effects] == pytest.approx(
        [variance_inflation_factor(design, at) for at in (1, 2, 3)], rel=1e-9
    )


def test_given_many_customers_then_what_was_drawn_is_found() -> None:
    found = fit_retention_value(*drawn(20_000))
    assert [e.value for e in found.effects] == pytest.approx([0.5, 0.3, 0.1], abs=0.03)
    assert all(e.is_clear for e in found.effects)


def test_given_the_intervals_of_many_samples_then_they_hold_the_truth_as_often() -> (
    None
):
    held = 0
    for seed in range(400):
        one = fit_retention_value(*drawn(80, seed)).effects[0]
        held += one.low <= 0.5 <= one.high
    assert 0.92 <= held / 400 <= 0.98


def test_given_determinants_that_move_together_then_the_model_says_so() -> None:
    determinants, intention = drawn()
    random = np.random.default_rng(1)
    determinants[:, 1] = determinants[:, 0] + random.normal(0, 0.1, len(intention))
    found = fit_retention_value(determinants, intention)
    assert found.is_collinear
    assert not fit_retention_value(*drawn()).is_collinear


def test_given_too_few_or_nothing_that_differs_then_nothing_is_claimed() -> None:
    with pytest.raises(TooFew):
        fit_retention_value(*drawn(LEAST - 1))
    determinants, intention = drawn()
    with pytest.raises(NotTold) as same:
        fit_retention_value(determinants, np.full(len(intention), 7.0))
    assert same.value.column == -1
    determinants[:, 2] = 5
    with pytest.raises(NotTold) as constant:
        fit_retention_value(determinants, intention)
    assert constant.value.column == 2
    determinants[:, 2] = determinants[:, 0] + determinants[:, 1]
    with pytest.raises(NotTold):
        fit_retention_value(determinants, intention)
