"""Whoever may buy once a period (BG/BB), and what one spends (gamma-gamma)."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.analytics.science import opportunities, spend
from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.opportunities import BgBb, fit_bgbb
from guanxi.analytics.science.spend import GammaGamma, fit_gamma_gamma
from guanxi.analytics.tests.histories import (
    FOLDER,
    needs_fixtures,
    positive,
    row,
    slopes,
)


@needs_fixtures
def test_given_repeat_buyers_when_spend_is_fitted_then_it_is_as_published() -> None:
    table = np.genfromtxt(
        FOLDER / "cdnow_customers_summary_with_transactions.csv",
        delimiter=",",
        names=True,
    )
    fit = fit_gamma_gamma(table["x"], table["zbar"])
    assert fit.n == 946
    assert fit.values == pytest.approx([6.25, 3.74, 15.44], abs=0.008)
    assert fit.log_likelihood == pytest.approx(-4055.92, abs=0.01)


@needs_fixtures
def test_given_donors_when_bgbb_is_fitted_then_it_is_as_published() -> None:
    table = np.genfromtxt(FOLDER / "donations.csv", delimiter=",", names=True)
    histories = Histories.of(
        table["frequency"], table["recency"], table["periods"], table["weights"]
    )
    fit = fit_bgbb(histories)
    assert fit.n == 11_104
    assert fit.values == pytest.approx([1.2035, 0.7497, 0.6567, 2.7834], abs=1e-4)
    assert fit.log_likelihood == pytest.approx(-33225.58, abs=0.01)


@settings(deadline=None, max_examples=30)
@given(st.lists(positive, min_size=4, max_size=4))
def test_the_gradients_of_bgbb_and_spend_are_those_of_finite_differences(
    values: list[float],
) -> None:
    at = np.array(values)
    seasons = Histories.of(
        np.array([0, 1, 2, 6]), np.array([0.0, 4, 5, 6]), np.array([6.0, 6, 5, 6])
    )

    def donors(here: Floats) -> tuple[float, Floats]:
        return opportunities.log_likelihood(here, seasons)

    assert donors(at)[1] == pytest.approx(slopes(donors, at), rel=1e-4, abs=1e-3)
    amounts = spend.Likelihood(
        np.array([1.0, 2, 9]), np.array([3.0, 40, 7.5]), np.array([1.0, 2, 1])
    )
    assert amounts(at[:3])[1] == pytest.approx(
        slopes(amounts, at[:3]), rel=1e-4, abs=1e-3
    )


def test_given_bgbb_when_summed_over_all_histories_then_chances_add_to_one() -> None:
    model = BgBb(1.2, 0.75, 0.66, 2.78)
    rows = [(0, 0, 1)] + [
        (x, last, ways)
        for last in range(1, 7)
        for x in range(1, last + 1)
        for ways in [_choose(last - 1, x - 1)]
    ]
    x, last, ways = np.array(rows, np.float64).T
    age = np.full(len(x), 6.0)
    logs = [
        opportunities.log_likelihood(
            np.array([1.2, 0.75, 0.66, 2.78]), Histories.of(*row(*one))
        )[0]
        for one in zip(x, last, age, strict=True)
    ]
    assert np.exp(logs) @ ways == pytest.approx(1, rel=1e-12)
    alive = model.alive(x, last, age)
    assert np.all((alive > 0) & (alive <= 1))
    assert model.expected(np.array([1.0, 5.0]))[0] < model.expected(np.array([5.0]))[0]


def _choose(n: int, k: int) -> int:
    return comb(n, k)


def test_given_many_purchases_when_spend_is_expected_then_it_is_the_own_mean() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    expected = model.expected(np.array([0.0, 1e6]), np.array([0.0, 80.0]))
    assert expected[0] == pytest.approx(model.mean)
    assert expected[1] == pytest.approx(80, rel=1e-4)
