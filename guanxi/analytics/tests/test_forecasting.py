"""Regular series, forecasts and their errors from earlier moments."""

import numpy as np
import pytest

from guanxi.analytics.science.forecasting import ForecastSettings, forecast
from guanxi.analytics.science.series import regular

JANUARY = 18262  # 2020-01-01


def seasonal(
    years: int, noise: float = 1.0
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rng = np.random.default_rng(5)
    months = np.arange(12 * years)
    values = 200 + months + 40 * np.sin(months * np.pi / 6)
    return np.asarray(values + rng.normal(0, noise, len(months)), np.float64)


def test_given_gaps_and_an_unfinished_month_then_zero_and_left_out() -> None:
    days = np.array([JANUARY + 70, JANUARY, JANUARY + 3, JANUARY + 100])
    found = regular(days, np.array([5.0, 1.0, 2.0, 9.0]), JANUARY + 100, "month")
    assert found.values.tolist() == [3.0, 0.0, 5.0]
    assert found.left_out
    assert found.start == 600


def test_given_no_whole_period_then_refused() -> None:
    with pytest.raises(ValueError, match="ended"):
        regular(np.array([JANUARY]), np.array([1.0]), JANUARY + 5, "month")


def test_given_trend_and_season_then_better_than_naive_and_near_the_truth() -> None:
    values = seasonal(7)
    settings = ForecastSettings(horizon=12, season=12)
    found = forecast(values[:72], settings)
    assert found.model in ("ets", "theta")
    by_name = {each.model: each for each in found.errors}
    assert by_name[found.model].mase < by_name["naive"].mase
    off = np.abs(found.outlook.mean - values[72:])
    assert off.mean() < 4
    assert (found.outlook.low < found.outlook.high).all()


def test_given_a_walk_by_chance_then_the_errors_are_those_by_hand() -> None:
    values = np.array([1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 5.0, 8.0])
    settings = ForecastSettings(horizon=1, season=1, origins=1)
    naive = next(
        each for each in forecast(values, settings).errors if each.model == "naive"
    )
    assert naive.rmse == pytest.approx(3.0)  # 5 foretold, 8 came
    assert naive.mase == pytest.approx(3 / (10 / 6))
    assert naive.smape == pytest.approx(2 * 3 / 13)
    assert naive.origins == 1


def test_given_a_constant_series_then_the_naive_forecast_stays() -> None:
    found = forecast(np.full(40, 7.0), ForecastSettings(horizon=3, season=4))
    assert found.model == "naive"
    assert found.outlook.mean.tolist() == [7.0, 7.0, 7.0]
    assert found.outlook.low.tolist() == [7.0, 7.0, 7.0]


def test_given_the_same_last_season_then_the_naive_forecast_repeats_it() -> None:
    round_ = [5.0, 1.0, 9.0, 4.0]
    found = forecast(np.array(round_ * 8), ForecastSettings(horizon=6, season=4))
    assert found.outlook.mean.tolist() == pytest.approx([*round_, 5.0, 1.0], abs=1e-6)


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [1.0] * 20 + [float("nan")]])
def test_given_too_short_or_unknown_values_then_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="too few"):
        forecast(np.array(values), ForecastSettings())


def test_given_scaled_amounts_then_relative_errors_stay() -> None:
    values = seasonal(5)
    settings = ForecastSettings(horizon=6, season=12, origins=2)
    one, other = forecast(values, settings), forecast(values * 1000, settings)
    assert one.model == other.model
    assert other.errors[0].mase == pytest.approx(one.errors[0].mase)
