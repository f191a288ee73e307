"""What in the latest span is out of the ordinary, and by what chance it would be so."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from scipy.stats import false_discovery_control, t
from statsforecast.models import Theta

from guanxi.analytics.science.grouped import Floats

LEVEL: Final = 0.8  # this share of ordinary spans lies in the range
_LEAST_LEARNED = 10  # spans before the first one that is foretold
_LEAST_TRIED, _MOST_TRIED = 4, 12  # spans that were foretold before
_LEAST_COUNTED = 6


@dataclass(frozen=True)
class Surprise:
    """
    One span beside what was to be expected of it, in the unit of the series.

    ``low`` to ``high`` holds eight in ten ordinary spans; ``chance`` is the share of
    ordinary spans that are at least as far off, 0 to 1. ``tried`` earlier spans tell
    how far off such expectations are.
    """

    actual: float
    expected: float
    low: float
    high: float
    chance: float
    tried: int

    @property
    def off(self) -> float:
        """By how much the span is above (or, negative, below) what was to be expected."""
        return self.actual - self.expected


def surprise(values: Floats, season: int = 1) -> Surprise | None:
    """
    Compare the last of ``values`` (p,) with what the ones before let expect.

    Each span is foretold one step ahead by theta (Assimakopoulos & Nikolopoulos 2000) from
    those before it alone; how far off that was for up to twelve earlier spans is the
    spread of the prediction, by Student's t with as many degrees of freedom. None if
    there are too few spans to learn from and to try. Oracle: by hand for a constant
    series, statsforecast else.
    """
    last = len(values) - 1
    first = max(_LEAST_LEARNED, 2 * season, last - _MOST_TRIED)
    if last - first < _LEAST_TRIED:
        return None
    off = np.array([values[k] - _next(values[:k], season) for k in range(first, last)])
    spread = sqrt(float((off**2).mean()))
    expected, tried = _next(values[:last], season), len(off)
    return _judged(float(values[last]), expected, spread, tried, degrees=tried)


def count_surprise(counts: Floats) -> Surprise | None:
    """
    Compare the last of ``counts`` (p,) with the mean of the ones before.

    For what happens by itself, now more and now less: the spread is that of the earlier
    counts, and at least that of a Poisson count of the same mean. None for fewer than
    six earlier counts.
    """
    before = counts[:-1]
    if len(before) < _LEAST_COUNTED:
        return None
    mean = float(before.mean())
    spread = max(float(before.std(ddof=1)), sqrt(mean), 1.0)
    tried = len(before)
    spread *= sqrt(1 + 1 / tried)  # the mean itself is not known for certain
    return _judged(float(counts[-1]), mean, spread, tried, degrees=tried - 1, least=0.0)


def false_discovery_rates(chances: Floats) -> Floats:
    """
    Return for each of ``chances`` (n,) the share of false alarms it lets in, 0 to 1.

    Whoever takes all with a rate of at most q for out of the ordinary is wrong about a
    share q of them on average, however many were looked at (Benjamini & Hochberg 1995).
    """
    if not len(chances):
        return chances
    found: Floats = false_discovery_control(chances)
    return found


def _judged(
    actual: float,
    expected: float,
    spread: float,
    tried: int,
    *,
    degrees: int,
    least: float = -np.inf,
) -> Surprise:
    reach = spread * float(t.ppf((1 + LEVEL) / 2, degrees))
    off = abs(actual - expected)
    chance = 1.0 if not off else 0.0
    if spread and off:
        chance = float(2 * t.sf(off / spread, degrees))
    low = max(expected - reach, least)
    return Surprise(actual, expected, low, expected + reach, chance, tried)


def _next(known: Floats, season: int) -> float:
    if known.max() == known.min():
        return float(known[-1])
    found = Theta(season_length=season).forecast(y=known.astype(np.float64), h=1)
    return float(found["mean"][0])
