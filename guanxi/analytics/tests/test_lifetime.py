"""Models of purchases against published results, and the laws they must keep."""

from datetime import date
from math import lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1

from guanxi.analytics.laboratory.behavior import Behavior, read_behavior
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.science import bgnbd, dropout
from guanxi.analytics.science.bgnbd import BgNbd, fit_bgnbd
from guanxi.analytics.science.dropout import (
    GgNbd,
    ParetoNbd,
    fit_gg_nbd,
    fit_pareto_nbd,
)
from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.likelihood import NotIdentified
from guanxi.analytics.science.opportunities import fit_bgbb
from guanxi.analytics.science.spend import fit_gamma_gamma
from guanxi.analytics.science.tracking import by_frequency, tracking
from guanxi.analytics.tests.histories import (
    FOLDER,
    histories,
    needs_fixtures,
    positive,
    row,
    slopes,
    times,
)

YEAR = 52.0


def cdnow() -> Behavior:
    return read_behavior(
        Request(
            FOLDER / "CDNOW_sample.txt",
            header=False,
            delimiter=" ",
            customer="1",
            date="2",
            amount="4",
            cut_off=date(1997, 9, 30),
        )
    )


@needs_fixtures
def test_given_cdnow_when_bgnbd_is_fitted_then_it_is_as_published() -> None:
    behavior = cdnow()
    fit = fit_bgnbd(behavior.histories)
    assert fit.values == pytest.approx(
        [0.2425945, 4.4136019, 0.7929199, 2.4258881], abs=1e-4
    )
    assert fit.log_likelihood == pytest.approx(-9582.429, abs=0.01)
    model = BgNbd(*fit.values)
    best = row(26, 30.857, 31)
    assert model.alive(*best)[0] == pytest.approx(0.9688523, abs=1e-5)
    assert model.expected_given(*best, YEAR)[0] == pytest.approx(25.75659, rel=1e-4)


@needs_fixtures
def test_given_cdnow_when_pareto_nbd_is_fitted_then_it_is_as_published() -> None:
    fit = fit_pareto_nbd(cdnow().histories)
    assert fit.values == pytest.approx([0.553, 10.578, 0.606, 11.669], abs=5e-4)
    assert fit.log_likelihood == pytest.approx(-9594.976, abs=0.001)
    model = ParetoNbd(*fit.values)
    best = row(26, 30.857, 31)
    assert model.alive(*best)[0] == pytest.approx(0.997874, abs=1e-5)
    assert model.expected_given(*best, YEAR)[0] == pytest.approx(25.45647, rel=1e-4)
    assert model.expected(np.array([YEAR]))[0] == pytest.approx(1.473434, abs=1e-6)


@needs_fixtures
def test_given_cdnow_when_ggnbd_is_fitted_then_it_ends_in_pareto_nbd() -> None:
    fit = fit_gg_nbd(cdnow().histories)
    r, alpha, b, s, beta = fit.values
    assert fit.log_likelihood == pytest.approx(-9594.98, abs=0.01)
    assert [r, alpha, s, beta / b] == pytest.approx(
        [0.553, 10.578, 0.606, 11.669], rel=1e-3
    )


@needs_fixtures
def test_given_cdnow_when_tracked_then_bins_and_totals_are_as_published() -> None:
    behavior = cdnow()
    h = behavior.histories
    assert behavior.later is not None
    model = BgNbd(*fit_bgnbd(h).values)
    expected = model.expected_given(h.repeats, h.last, h.age, behavior.test_time)
    found = by_frequency(
        h.repeats,
        h.weights,
        {"actual": behavior.later.astype(float), "expected": expected},
    )
    assert found["customers"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert found["actual"] == pytest.approx(
        [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594], abs=5e-5
    )
    assert found["expected"] == pytest.approx(
        [0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570], abs=3e-4
    )
    assert behavior.purchases is not None
    path = tracking(behavior.purchases, behavior.until, 7.0, model.expected)
    assert len(path.ends) == 77  # whole weeks since the first of January
    assert path.actual[-1] == 2457 + 1882 - 24  # 24 on the last six days
    assert np.all(np.diff(path.expected) > 0)


@settings(deadline=None, max_examples=40)
@given(histories(), positive, positive, positive, positive)
def test_the_gradient_of_bgnbd_is_that_of_finite_differences(
    h: Histories, r: float, alpha: float, a: float, b: float
) -> None:
    objective = bgnbd.Likelihood(h)
    at = np.array([r, alpha, a, b])
    value, slope = objective(at)
    assert slope == pytest.approx(slopes(objective, at), rel=1e-4, abs=1e-3)
    direct = [
        _bgnbd_direct((r, alpha, a, b), *one)
        for one in zip(h.repeats, h.last, h.age, strict=True)
    ]
    assert value == pytest.approx(sum(direct), rel=1e-9, abs=1e-8)


def _bgnbd_direct(
    at: tuple[float, float, float, float], x: float, last: float, age: float
) -> float:
    """Return the log-likelihood of one customer as the paper writes it."""
    r, alpha, a, b = at
    common = lgamma(r + x) - lgamma(r) + r * log(alpha)
    common += lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
    stay = -(r + x) * log(alpha + age)
    if not x:
        return common + stay
    left = log(a) - log(b + x - 1) - (r + x) * log(alpha + last)
    return float(common + np.logaddexp(stay, left))


@settings(deadline=None, max_examples=30)
@given(
    h=histories(),
    values=st.lists(positive, min_size=5, max_size=5),
    sudden=st.booleans(),
)
def test_the_gradient_of_leaving_models_is_that_of_finite_differences(
    h: Histories, values: list[float], *, sudden: bool
) -> None:
    at = np.array(values[:5] if sudden else values[:4])
    if sudden:
        at[2] /= 50  # growth within weeks

    def objective(here: Floats) -> tuple[float, Floats]:
        model = GgNbd(*here) if sudden else ParetoNbd(*here)
        return dropout.log_likelihood(model, h)

    assert objective(at)[1] == pytest.approx(slopes(objective, at), rel=2e-4, abs=2e-3)


@settings(deadline=None, max_examples=40)
@given(positive, positive, positive, positive, st.integers(0, 40), times, times)
def test_pareto_nbd_equals_its_closed_form(
    r: float, alpha: float, s: float, beta: float, x: int, one: float, two: float
) -> None:
    last, age = (min(one, two) if x else 0.0), max(one, two)
    found, _slope = dropout.log_likelihood(
        ParetoNbd(r, alpha, s, beta), Histories.of(*row(x, last, age))
    )

    shift = min(alpha, beta)  # in ln(shift + τ) the integrand is smooth

    def logs(time: float) -> float:
        return -(r + x) * log(alpha + time) - (s + 1) * log(beta + time)

    def left(at: float) -> float:
        time = np.exp(at) - shift
        return float(np.exp(logs(time) - logs(last)) * (shift + time))

    area = quad(left, log(shift + last), log(shift + age), limit=400, full_output=1)[0]
    stayed = np.exp(-(r + x) * log(alpha + age) - s * log(beta + age) - logs(last))
    direct = lgamma(r + x) - lgamma(r) + r * log(alpha) + s * log(beta)
    assert found == pytest.approx(
        direct + logs(last) + log(stayed + s * area), rel=1e-6, abs=1e-6
    )


@settings(deadline=None, max_examples=40)
@given(histories(), st.lists(positive, min_size=4, max_size=4))
def test_given_any_model_when_asked_then_chances_are_chances_and_time_adds(
    h: Histories, values: list[float]
) -> None:
    r, alpha, s, b = values
    for model in (
        BgNbd(r, alpha, s, b),
        ParetoNbd(r, alpha, s, b),
        GgNbd(r, alpha, 0.05, s, b),
    ):
        alive = model.alive(h.repeats, h.last, h.age)
        assert np.all((alive >= 0) & (alive <= 1))
        soon = model.expected_given(h.repeats, h.last, h.age, 10.0)
        late = model.expected_given(h.repeats, h.last, h.age, 30.0)
        assert np.all((soon >= 0) & (late >= soon * (1 - 1e-9)))
        path = model.expected(np.array([0.0, 1.0, 5.0, 50.0]))
        assert path[0] == pytest.approx(0, abs=1e-12)
        assert path[1] > 0
        assert np.all(np.diff(path) >= -1e-12 * path[-1])


def simulated(n: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x, T (n,) in days of customers who behave as BG/NBD says."""
    rng = np.random.default_rng(seed)
    pace, leaving = rng.gamma(0.5, 1 / 30, n), rng.beta(0.8, 2.4, n)
    age = rng.integers(180, 270, n).astype(np.float64)
    x, last, now, here = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, np.bool_)
    while here.any():
        now += rng.exponential(1 / pace)
        here &= now <= age
        x, last = x + here, np.where(here, np.floor(now), last)
        here &= rng.random(n) > leaving
    return x, last, age


def test_given_the_same_customer_twice_when_weighted_then_nothing_changes() -> None:
    x, last, age = simulated(800, 3)
    counts = np.random.default_rng(1).integers(1, 4, 800)
    once = Histories.of(x, last, age, counts)
    many = Histories.of(*(np.repeat(each, counts) for each in (x, last, age)))
    assert fit_bgnbd(once).values == pytest.approx(fit_bgnbd(many).values, rel=1e-5)
    assert once.grouped().n == many.grouped().n == counts.sum()


def test_given_days_or_weeks_when_fitted_then_only_units_change() -> None:
    x, last, age = simulated(2000, 4)
    days = fit_bgnbd(Histories.of(x, last, age))
    weeks = fit_bgnbd(Histories.of(x, last / 7, age / 7, unit_days=7.0))
    assert weeks.values * [1, 7, 1, 1] == pytest.approx(days.values, rel=1e-4)
    assert weeks.log_likelihood - days.log_likelihood == pytest.approx(
        x.sum() * np.log(7), rel=1e-9
    )


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 99)), min_size=1, max_size=30)
)
def test_given_times_on_no_lattice_when_grouped_then_as_on_one(
    rows: list[tuple[int, int]],
) -> None:
    x, age = np.array(rows, np.float64).T
    last = np.where(x > 0, age / 2, 0)
    whole = Histories.of(x, last, age, unit_days=2.0).grouped()
    odd = Histories.of(x, last * np.pi, age * np.pi).grouped()
    assert whole.weights.tolist() == odd.weights.tolist()
    assert whole.repeats.tolist() == odd.repeats.tolist()
    assert whole.age * np.pi == pytest.approx(odd.age)


def test_given_extremes_when_asked_then_numbers_stay_finite() -> None:
    x, last, age = (
        np.array([0.0, 5000, 3, 1]),
        np.array([0.0, 700, 0.1, 9]),
        np.array([0.0, 700, 1e5, 9]),
    )
    for model in (
        BgNbd(0.2, 1e-3, 1.0, 0.1),
        ParetoNbd(0.2, 1e-3, 1.0, 1e3),
        GgNbd(0.2, 10.0, 2.0, 0.5, 1e-6),
    ):
        alive = model.alive(x, last, age)
        assert np.isfinite(alive).all()
        assert alive[1] == pytest.approx(1, abs=1e-3)  # bought until the last day
        assert np.isfinite(model.expected_given(x, last, age, 52.0)).all()


def test_given_a_near_one_when_expected_then_the_limit_is_smooth() -> None:
    time = np.array([1.0, 50.0])
    below, at, above = (
        BgNbd(0.3, 4, a, 2.0).expected(time) for a in (0.9999, 1.0, 1.0001)
    )
    assert at == pytest.approx((below + above) / 2, rel=1e-6)


def test_given_a_pole_of_the_series_when_expected_then_the_value_beside_it() -> None:
    time = np.array([0.0, 1.0, 50.0])
    for a, b in ((0.25, 0.75), (0.5, 0.5), (0.05, 5.0)):
        at = BgNbd(0.05, 0.05, a, b).expected(time)
        beside = BgNbd(0.05, 0.05, a, b * 1.0001).expected(time[1:])
        assert at[0] == pytest.approx(0, abs=1e-12)
        assert at[1:] == pytest.approx(beside, rel=1e-4)


def test_given_bgnbd_when_expected_then_as_the_paper_writes_it() -> None:
    r, alpha, a, b, x, age, time = 0.243, 4.414, 0.793, 2.426, 2, 38.86, 39.0
    z = time / (alpha + age + time)
    series = hyp2f1(r + x, b + x, a + b + x - 1, z)
    paper = (a + b + x - 1) / (a - 1)
    paper *= 1 - ((alpha + age) / (alpha + age + time)) ** (r + x) * series
    model = BgNbd(r, alpha, a, b)
    customer = row(x, 30.43, age)
    found = model.expected_given(*customer, time)[0]
    assert found == pytest.approx(paper * model.alive(*customer)[0], rel=1e-12)
    assert found == pytest.approx(1.226, abs=5e-4)  # the sheet of Hardie's note


@pytest.mark.parametrize(
    "model",
    [
        BgNbd(0.243, 4.414, 0.793, 2.426),
        ParetoNbd(0.553, 10.578, 0.606, 11.669),
        GgNbd(0.553, 10.578, 0.02, 0.606, 0.5),
    ],
)
def test_given_a_discount_when_summed_up_then_as_the_integral(
    model: BgNbd | ParetoNbd | GgNbd,
) -> None:
    customer, rate = row(2, 30.43, 38.86), 0.01

    def weighted(time: float) -> float:
        bought = model.expected_given(*customer, time)[0]
        return float(rate * np.exp(-rate * time) * bought)

    area = quad(weighted, 0, 4000, epsabs=1e-9, limit=400)[0]
    assert model.discounted(*customer, rate)[0] == pytest.approx(area, rel=1e-6)


def test_given_nobody_came_back_when_fitted_then_it_says_so() -> None:
    idle = Histories.of(np.zeros(9), np.zeros(9), np.arange(9.0) + 1)
    for fit in (fit_bgnbd, fit_pareto_nbd, fit_gg_nbd, fit_bgbb):
        with pytest.raises(NotIdentified):
            fit(idle)
    with pytest.raises(NotIdentified):
        fit_gamma_gamma(np.zeros(3), np.zeros(3))


def test_given_one_customer_when_fitted_then_it_says_so() -> None:
    with pytest.raises(NotIdentified):
        fit_bgnbd(Histories.of(*row(3, 20, 30)))
