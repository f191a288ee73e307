"""What comes next in a series, and how far such forecasts were off before."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtri
from statsforecast.models import AutoETS, AutoTheta

from guanxi.analytics.science.grouped import Floats

ETS, THETA, NAIVE = "ets", "theta", "naive"
_LEAST_LEARNED = (
    10  # fewer periods than this leave no freedom for a level and its spread
)


@dataclass(frozen=True)
class ForecastSettings:
    """How far ahead, in periods; ``season`` periods make a round (1: none)."""

    horizon: int = 8
    season: int = 1
    level: float = 0.8  # this share of what comes should lie in the interval
    origins: int = 6  # how many times the past is forecast from within itself

    def __post_init__(self) -> None:
        """:raises ValueError: if one of them means nothing."""
        if self.horizon < 1 or self.season < 1 or self.origins < 1:
            raise ValueError("horizon, season and origins must be at least 1")
        if not 0 < self.level < 1:
            raise ValueError("level must lie between 0 and 1")

    @property
    def least(self) -> int:
        """Return how many periods a series needs: to learn from and to be tried on."""
        return max(2 * self.season, 6) + min(self.horizon, self.season, 3) + 1


@dataclass(frozen=True, eq=False)
class Outlook:
    """The next periods (h,): the mean and the ends of its interval."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Errors:
    """
    How far forecasts from ``origins`` earlier moments were off.

    ``mase`` mean absolute error ÷ that of the naive forecast within what was known (Hyndman
    & Koehler 2006), ``smape`` mean of 2|y − f|/(|y| + |f|), ``rmse`` in the unit of the
    series, ``coverage`` share of values inside the interval.
    """

    model: str
    mase: float
    smape: float
    rmse: float
    coverage: float
    origins: int


@dataclass(frozen=True, eq=False)
class Forecast:
    """The outlook of the model that was nearest in the past, and the errors of all."""

    model: str
    outlook: Outlook
    errors: tuple[Errors, ...]
    season: int


def forecast(values: Floats, settings: ForecastSettings) -> Forecast:
    """
    Forecast ``values`` (p,) by the model with the smallest error on rolling origins.

    Tried are exponential smoothing with components chosen by AICc (ETS: Hyndman et al.
    2002), theta (Assimakopoulos & Nikolopoulos 2000) and the naive forecast: the same as
    one season ago. The naive one stays unless another is better. A season of which not
    two rounds are there is not used. Oracle: statsforecast; the naive one by hand.

    :raises ValueError: if the series is shorter than ``settings.least`` without season,
        or holds a value that is no number.
    """
    season = settings.season if len(values) >= 3 * settings.season else 1
    needed = ForecastSettings(settings.horizon, season).least
    if len(values) < needed or not np.isfinite(values).all():
        raise ValueError("too few periods")
    known = _origins(len(values), season, settings)
    errors = tuple(
        _errors(name, values, known, season, settings) for name in (NAIVE, ETS, THETA)
    )
    best = min(errors, key=lambda one: one.mase).model  # the first of equals: naive
    outlook = _outlook(best, values, settings.horizon, season, settings.level)
    return Forecast(best, outlook, errors, season)


def _origins(length: int, season: int, settings: ForecastSettings) -> list[int]:
    """Return how many periods are known at each origin, the earliest first."""
    least = max(2 * season, 6)
    last = length - min(settings.horizon, max(1, (length - least) // 2))
    first = max(least, last - settings.origins + 1)
    return list(range(first, last + 1))


def _errors(
    model: str,
    values: Floats,
    origins: list[int],
    season: int,
    settings: ForecastSettings,
) -> Errors:
    scaled, relative, squares, inside = [], [], [], []
    for known in origins:
        past, future = values[:known], values[known : known + settings.horizon]
        seen = _outlook(model, past, len(future), season, settings.level)
        off = np.abs(future - seen.mean)
        scaled.append(float(off.mean()) / _scale(past, season))
        size = np.abs(future) + np.abs(seen.mean)
        relative.append(
            np.divide(2 * off, size, out=np.zeros_like(off), where=size > 0)
        )
        squares.append(off**2)
        inside.append((future >= seen.low) & (future <= seen.high))
    return Errors(
        model=model,
        mase=float(np.mean(scaled)),
        smape=float(np.concatenate(relative).mean()),
        rmse=sqrt(float(np.concatenate(squares).mean())),
        coverage=float(np.concatenate(inside).mean()),
        origins=len(origins),
    )


def _scale(past: Floats, season: int) -> float:
    """Return the mean absolute error of the naive forecast within ``past``."""
    usual = float(np.abs(past[season:] - past[:-season]).mean())
    return usual if usual > 0 else max(float(np.abs(past).mean()), 1.0)


def _outlook(
    model: str, past: Floats, horizon: int, season: int, level: float
) -> Outlook:
    if model == NAIVE or past.max() == past.min() or len(past) < _LEAST_LEARNED:
        return _naive(past, horizon, season, level)
    chosen = (AutoETS if model == ETS else AutoTheta)(season_length=season)
    percent: list[int] = [level * 100]  # type: ignore[list-item]  # -- floats work too
    found = chosen.forecast(y=past.astype(np.float64), h=horizon, level=percent)
    low, high = (found[key] for key in _bounds(found))
    return Outlook(np.asarray(found["mean"]), np.asarray(low), np.asarray(high))


def _bounds(found: dict[str, Floats]) -> tuple[str, str]:
    names = sorted(key for key in found if key.startswith(("lo-", "hi-")))
    return names[1], names[0]  # "hi-…" sorts before "lo-…"


def _naive(past: Floats, horizon: int, season: int, level: float) -> Outlook:
    """Return the last season again; the spread grows with the rounds ahead."""
    ahead = np.arange(horizon)
    mean = past[len(past) - season + ahead % season]
    spread = sqrt(float(((past[season:] - past[:-season]) ** 2).mean()))
    reach = float(ndtri((1 + level) / 2)) * spread * np.sqrt(ahead // season + 1)
    return Outlook(mean, mean - reach, mean + reach)
