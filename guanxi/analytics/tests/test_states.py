"""Purchase state, life-cycle stage and amount trend."""

import numpy as np
import pytest

from guanxi.analytics.science.lifecycle import (
    STAGES,
    Lifecycle,
    LifecycleSettings,
    lifecycle,
)
from guanxi.analytics.science.purchase_state import (
    STATES,
    StateSettings,
    first_return_overdue,
    purchase_state,
)
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.rhythm import RhythmSettings, rhythm
from guanxi.analytics.science.trend import AmountTrend, TrendSettings, amount_trend
from guanxi.analytics.tests.purchases import bought, on_days


@pytest.mark.parametrize(
    ("days", "silent", "limit", "state"),
    [
        (1, 0, 40.0, "first_time"),
        (1, 180, 40.0, "first_time"),
        (1, 181, 40.0, "lost"),
        (3, 10, 40.0, "repeat"),
        (4, 40, 40.0, "loyal"),
        (4, 41, 40.0, "repeat"),
        (9, 181, 40.0, "lost"),
        (9, 210, 140.0, "repeat"),
        (9, 211, 140.0, "lost"),
    ],
)
def test_purchase_state(days: int, silent: int, limit: float, state: str) -> None:
    found = purchase_state(
        np.array([days]), np.array([silent]), np.array([limit]), StateSettings()
    )
    assert STATES[found[0]] == state


def test_given_first_time_buyers_when_late_then_only_they_are_overdue() -> None:
    found = first_return_overdue(np.array([1, 1, 2]), np.array([31, 30, 99]), 30.0)
    assert found.tolist() == [True, False, False]


@pytest.mark.parametrize(
    "wrong", [{"loyal_days": 1}, {"lost_factor": 0.5}, {"lost_floor_days": -1}]
)
def test_given_senseless_thresholds_then_they_are_refused(
    wrong: dict[str, float],
) -> None:
    with pytest.raises(ValueError, match="needed"):
        StateSettings(**wrong)  # type: ignore[arg-type] # -- wrong on purpose


def life_of(*pairs: tuple[int, int], today: int) -> Lifecycle:
    """Return the life of one customer whose gaps of 30 days have a window of 120."""
    customers: Purchases = bought(list(pairs))
    own = rhythm(customers, RhythmSettings())
    return lifecycle(customers, own, today, LifecycleSettings())


def monthly(months: int, late_amount: int) -> list[tuple[int, int]]:
    """Return a purchase every 30 days, the last four of ``late_amount``."""
    amounts = [10_000] * (months - 4) + [late_amount] * 4
    return [(30 * month, amount) for month, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("late_amount", "stage"),
    [
        (10_000, "stage_stable"),
        (5_000, "stage_stable"),
        (4_900, "stage_decline"),
        (15_000, "stage_stable"),
        (15_100, "stage_formation"),
    ],
)
def test_given_a_long_life_when_volume_changes_then_the_stage_follows(
    late_amount: int, stage: str
) -> None:
    found = life_of(*monthly(24, late_amount), today=30 * 23 + 29)
    assert found.window.tolist() == [120]
    assert found.recent.tolist() == [4 * late_amount]
    assert found.usual.tolist() == [40_000.0]
    assert STAGES[found.stage[0]] == stage


def test_given_two_purchases_then_it_is_exploration() -> None:
    assert STAGES[life_of((0, 100), (30, 100), today=40).stage[0]] == STAGES[0]


def test_given_a_young_customer_with_some_purchases_then_it_is_formation() -> None:
    found = life_of(*on_days(0, 30, 60, 90), today=100)
    assert STAGES[found.stage[0]] == "stage_formation"
    assert np.isnan(found.usual[0])


def test_given_long_silence_then_it_is_decline_whatever_the_volume() -> None:
    found = life_of(*on_days(0, 30, 60), today=100)
    assert STAGES[found.stage[0]] == "stage_decline"


def test_given_a_return_after_a_pause_then_it_is_formation_again() -> None:
    pause = life_of(*on_days(0, 5, 10), *on_days(900, 905, 910), today=911)
    assert pause.usual.tolist() == [0.0]
    assert STAGES[pause.stage[0]] == "stage_formation"


@pytest.mark.parametrize(
    "wrong",
    [
        {"decline_ratio": 1.0},
        {"growth_ratio": 1.0},
        {"min_window_days": 400},
        {"min_window_days": 0},
        {"past_windows": 0},
        {"known_days": 0},
        {"window_gaps": 0.0},
    ],
)
def test_given_senseless_windows_then_they_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"needed|positive"):
        LifecycleSettings(**wrong)  # type: ignore[arg-type] # -- wrong on purpose


def trend_of(*amounts: int) -> AmountTrend:
    return amount_trend(bought(list(enumerate(amounts))), TrendSettings())


def test_given_smaller_last_orders_then_the_amount_is_falling() -> None:
    found = trend_of(100, 110, 90, 60, 70, 50)
    assert found.usual.tolist() == [100.0]
    assert found.recent.tolist() == [60.0]
    assert found.ratio.tolist() == [0.6]
    assert found.is_falling.tolist() == [True]


def test_given_a_single_large_order_long_ago_then_nothing_is_falling() -> None:
    found = trend_of(100, 9_000, 100, 100, 100, 100)
    assert found.ratio.tolist() == [1.0]
    assert found.is_falling.tolist() == [False]


def test_given_one_of_the_last_as_usual_then_it_is_not_called_falling() -> None:
    assert trend_of(100, 100, 100, 10, 10, 100).is_falling.tolist() == [False]


def test_given_few_purchases_or_no_usual_amount_then_there_is_no_trend() -> None:
    assert np.isnan(trend_of(100, 100, 100, 10, 10).ratio[0])
    assert np.isnan(trend_of(0, 0, 0, 10, 10, 10).ratio[0])
    assert trend_of().is_falling.tolist() == []


def test_given_mixed_customers_then_each_keeps_his_place() -> None:
    falling = [(day, amount) for day, amount in enumerate((9, 9, 9, 1, 1, 1))]
    found = amount_trend(
        bought(on_days(1), falling, on_days(*range(7))), TrendSettings()
    )
    assert found.is_falling.tolist() == [False, True, False]
    assert np.isnan(found.ratio[0])
    assert found.ratio[1:].tolist() == [pytest.approx(1 / 9), 1.0]


@pytest.mark.parametrize("wrong", [{"last": 0}, {"earlier": 0}, {"fall_ratio": 1.0}])
def test_given_nothing_to_compare_then_it_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="needed"):
        TrendSettings(**wrong)  # type: ignore[arg-type] # -- wrong on purpose
