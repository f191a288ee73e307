"""Contracts that are renewed or not: the shifted-beta-geometric model."""

import numpy as np
import pytest

from guanxi.analytics.science.contracts import Contracts, fit_contracts


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "likelihood"),
    [
        ([1000, 869, 743, 653, 593, 551, 517, 491], 0.668, 3.806, -1611.2),
        ([1000, 631, 468, 382, 326, 289, 262, 241], 0.704, 1.182, -1680.3),
    ],
)
def test_given_the_published_cohorts_when_fitted_then_as_published(
    survivors: list[int], alpha: float, beta: float, likelihood: float
) -> None:
    kept = np.array(survivors, np.float64)
    fit = fit_contracts(
        np.append(np.ones(7), 0),
        np.append(np.arange(1.0, 8), 7),
        np.append(-np.diff(kept), kept[-1]),
    )
    assert fit.values == pytest.approx([alpha, beta], abs=5e-4)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=0.05)


def test_given_renewals_when_survival_is_asked_then_retention_makes_it() -> None:
    model = Contracts(0.668, 3.806)
    periods = np.arange(1.0, 20)
    made = np.cumprod(model.retention(periods))
    assert model.survival(periods) == pytest.approx(made, rel=1e-12)
    later = model.survival(np.arange(3.0, 4000)) / model.survival(np.array([2.0]))
    summed = (later * 1.1 ** -np.arange(len(later))).sum()
    assert model.residual(np.array([3.0]), 0.1)[0] == pytest.approx(summed, rel=1e-9)
