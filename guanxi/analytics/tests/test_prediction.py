"""The model of purchases each night: against a made-up truth, and where it cannot tell."""

import numpy as np
import pytest

from guanxi.analytics.prediction import FEWEST, marks, predicted
from guanxi.analytics.science.bgnbd import BgNbd
from guanxi.analytics.science.purchases import Purchases

TODAY = 20_000


def trade(
    customers: int, *, stay: tuple[float, float] | None, seed: int = 7
) -> tuple[Purchases, np.ndarray]:
    """
    Return purchases of two years by the model, and how many came in the year after.

    ``stay`` are a and b of leaving; None lets nobody leave.
    """
    rng = np.random.default_rng(seed)
    ids, days, later = [], [], np.zeros(customers, np.int64)
    for one in range(customers):
        day = float(TODAY - rng.integers(60, 730))
        rate = rng.gamma(0.9, 1 / 40.0)
        leaves = rng.beta(*stay) if stay else 0.0
        while day <= TODAY + 365.25:
            if day <= TODAY:
                ids.append(one)
                days.append(int(day))
            else:
                later[one] += 1
            if day > TODAY - 731 and rng.random() < leaves:
                break
            day += max(rng.exponential(1 / max(rate, 1e-9)), 1.0)
    amounts = rng.gamma(4, 2_500, len(ids)).astype(np.int64) + 1
    bought = Purchases.from_rows(np.array(ids), np.array(days), amounts)
    return bought, later[bought.customer_ids]


def test_what_comes_in_the_year_after_is_foretold() -> None:
    bought, later = trade(4_000, stay=(1.0, 4.0))
    found = predicted(bought, TODAY)
    assert found.orders.sum() == pytest.approx(later.sum(), rel=0.1)
    # In five groups by what is expected, each gets about what it was told.
    order = np.argsort(found.orders)
    for group in np.array_split(order, 5)[2:]:
        assert found.orders[group].sum() == pytest.approx(later[group].sum(), rel=0.2)
    assert found.amounts.sum() == pytest.approx(10_000 * later.sum(), rel=0.12)


def test_who_is_silent_for_long_is_less_alive() -> None:
    bought, _later = trade(2_000, stay=(1.0, 3.0))
    found = predicted(bought, TODAY)
    some = bought.day_counts > 2
    silent = bought.silent_days(TODAY)
    late, early = some & (silent > 300), some & (silent < 30)
    assert np.nanmean(found.alive[late]) < 40 < 80 < np.nanmean(found.alive[early])


def test_where_nobody_leaves_a_weak_prior_decides_and_it_says_so() -> None:
    bought, later = trade(1_500, stay=None)
    found = predicted(bought, TODAY)
    assert found.model.problem == ""
    assert found.orders.sum() == pytest.approx(later.sum(), rel=0.15)
    assert np.nanmean(found.alive) > 90


def test_of_one_purchase_nobody_knows_whether_he_comes_again() -> None:
    bought, _later = trade(500, stay=(1.0, 3.0))
    found = predicted(bought, TODAY)
    assert np.isnan(found.alive[bought.day_counts == 1]).all()
    assert np.isfinite(found.alive[bought.day_counts > 1]).all()


def test_too_few_customers_make_no_model() -> None:
    bought, _later = trade(FEWEST - 1, stay=(1.0, 3.0))
    found = predicted(bought, TODAY)
    assert found.model.problem == "few"
    assert np.isnan(found.orders).all()


def test_customers_who_came_once_make_no_model() -> None:
    ids = np.arange(200)
    bought = Purchases.from_rows(ids, TODAY - ids, np.full(200, 100))
    assert predicted(bought, TODAY).model.problem == "once"


def test_the_last_quarter_is_foretold_from_the_time_before() -> None:
    bought, _later = trade(3_000, stay=(1.0, 4.0))
    model = predicted(bought, TODAY).model
    assert model.held_out_days == pytest.approx(182, abs=3)
    assert model.held_out_expected == pytest.approx(model.held_out_actual, rel=0.15)


def test_a_day_that_passes_changes_few() -> None:
    bought, _later = trade(3_000, stay=(1.0, 4.0))
    today, tomorrow = predicted(bought, TODAY), predicted(bought, TODAY + 1)
    same = today.orders == tomorrow.orders
    same &= (today.alive == tomorrow.alive) | np.isnan(today.alive)
    same &= today.amounts == tomorrow.amounts
    assert same.mean() > 0.85


def test_the_picture_falls_with_silence_and_with_haste() -> None:
    model = BgNbd(0.5, 4.0, 0.8, 2.5)
    found = marks(model, np.array([2, 10]), np.array([0.0, 20.0, 50.0]), 52.0)
    assert (np.diff(found, axis=1) < 0).all()
    assert found[1, 2] < found[0, 2]
