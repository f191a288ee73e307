"""Own rhythm, and the silence that is long for a customer."""

from math import log

import numpy as np
import pytest

from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.rhythm import RhythmSettings, rhythm
from guanxi.analytics.tests.purchases import bought, on_days

SETTINGS = RhythmSettings()


def simulated(rng: np.random.Generator, customers: int, days: int) -> Purchases:
    """Return log-normal buyers: level ln 30 ± 0.5, own regularity 0.4."""
    level = rng.normal(log(30), 0.5, customers)
    gaps = np.exp(level[:, None] + rng.normal(0, 0.4, (customers, days - 1)))
    gaps = np.maximum(np.rint(gaps), 1).astype(np.int64)
    bought_on = np.concatenate([np.zeros((customers, 1), np.int64), gaps], axis=1)
    ids = np.repeat(np.arange(customers), days)
    amounts = np.full(customers * days, 100)
    return Purchases.from_rows(ids, bought_on.cumsum(axis=1).ravel(), amounts)


def test_given_gaps_when_described_then_median_mean_sd_and_last_are_own() -> None:
    found = rhythm(bought(on_days(0, 10, 20, 60)), SETTINGS)
    assert found.typical.tolist() == [10.0]
    assert found.mean.tolist() == [20.0]
    assert found.sd.tolist() == [pytest.approx(17.3205, abs=1e-4)]
    assert found.last.tolist() == [40.0]
    assert found.gap_count.tolist() == [3]


def test_given_known_buyers_when_estimated_then_the_population_is_found() -> None:
    found = rhythm(simulated(np.random.default_rng(1), 4000, 6), SETTINGS).population
    assert found.typical_gap_days == pytest.approx(30, rel=0.03)
    assert found.between == pytest.approx(0.25, rel=0.1)
    assert found.within == pytest.approx(0.16, rel=0.05)


@pytest.mark.parametrize("days", [3, 6, 20])
def test_given_known_buyers_when_they_go_on_then_one_in_twenty_passes_the_limit(
    days: int,
) -> None:
    whole = simulated(np.random.default_rng(days), 8000, days + 1)
    rows = np.arange(len(whole.days)) % (days + 1) < days
    past = Purchases.from_rows(
        whole.customer_ids[whole.owners][rows], whole.days[rows], whole.amounts[rows]
    )
    next_gaps = whole.gaps[whole.gap_offsets[1:] - 1]
    limit = rhythm(past, SETTINGS).limit
    assert (next_gaps > limit).mean() == pytest.approx(0.05, abs=0.012)


def test_given_random_buyers_when_estimated_then_the_tail_is_theirs() -> None:
    rng = np.random.default_rng(4)
    gaps = np.maximum(np.rint(rng.exponential(100, (6000, 9))), 1).astype(np.int64)
    ids = np.repeat(np.arange(6000), 9)
    days = gaps.cumsum(axis=1).ravel()
    whole = Purchases.from_rows(ids, days, np.ones_like(days))
    found = rhythm(whole, SETTINGS)
    assert found.population.tail < 1.5  # random gaps have a shorter tail than 1.64
    next_gap = rng.exponential(100, 6000)
    assert (next_gap > found.limit).mean() == pytest.approx(0.05, abs=0.012)


def test_given_equal_means_when_one_is_regular_then_its_limit_is_shorter() -> None:
    regular = on_days(*range(0, 300, 30))
    moody = on_days(0, 5, 65, 75, 150, 155, 200, 210, 265, 270)
    found = rhythm(bought(regular, moody), SETTINGS)
    assert found.mean.tolist() == [30.0, 30.0]
    assert found.limit[0] < found.limit[1]


def test_given_one_gap_when_judged_then_the_population_speaks() -> None:
    others = [on_days(0, 20, 45, 60), on_days(0, 30, 70)]
    singles = [on_days(0, 3), on_days(0, 99), on_days(0)]
    found = rhythm(bought(*others, *singles), SETTINGS)
    assert found.is_own.tolist() == [True, True, False, False, False]
    assert found.limit[2] == found.limit[3]
    assert found.limit[4] == 57.0  # the usual return, in whole days
    assert found.typical[2] == found.population.typical_gap_days
    assert np.isnan(found.mean[4])
    assert np.isnan(found.last[4])
    assert np.isnan(found.sd[2])


def test_given_nobody_returned_when_judged_then_the_default_gap_counts() -> None:
    found = rhythm(bought(on_days(5), on_days(9)), SETTINGS)
    assert found.population.typical_gap_days == 90.0
    assert found.population.usual_return_days == pytest.approx(161.3, abs=0.1)
    assert found.limit[0] == 161.0
    assert found.population.tail == pytest.approx(1.644854)


def test_given_only_single_gaps_when_estimated_then_variance_is_assumed() -> None:
    found = rhythm(bought(on_days(0, 30), on_days(0, 30)), SETTINGS)
    assert found.population.within == pytest.approx(log(2) ** 2)
    assert found.population.between == 0.0


def test_given_clockwork_customers_when_judged_then_any_later_day_is_late() -> None:
    found = rhythm(bought(on_days(0, 30, 60), on_days(7, 37, 67)), SETTINGS)
    assert found.limit.tolist() == [30.0, 30.0]


def test_given_daily_buyers_when_judged_then_the_limit_has_a_floor() -> None:
    found = rhythm(bought(on_days(*range(20))), SETTINGS)
    assert found.limit.tolist() == [7.0]


def test_given_first_gaps_when_asked_then_four_in_five_returned_by_then() -> None:
    firsts = (10, 20, 30, 40, 50, 60)
    found = rhythm(bought(*(on_days(0, gap, 500) for gap in firsts)), SETTINGS)
    assert found.population.usual_return_days == 50.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantile": 0.5},
        {"return_quantile": 1.0},
        {"own_gaps": 0},
        {"default_gap_days": 0},
        {"prior_gaps": 0.0},
    ],
)
def test_given_senseless_settings_then_they_are_refused(
    wrong: dict[str, float],
) -> None:
    with pytest.raises(ValueError, match="must"):
        RhythmSettings(**wrong)  # type: ignore[arg-type] # -- wrong on purpose
