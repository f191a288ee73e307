"""Grades by several weighted indicators, each brought to points from 0 to 100."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from guanxi.analytics.science.grouped import Codes, Floats, Ints

# Whole numbers that lie this close together are counted instead of sorted.
_COUNTED = 1 << 16
_BEST = 100


class Scale(StrEnum):
    """How the values of an indicator become points."""

    HIGH = "high"  # the share of the others that have less
    LOW = "low"  # the share of the others that have more
    BANDS = "bands"  # fixed points from a value on


@dataclass(frozen=True)
class Band:
    """From the value ``least`` on an indicator is worth ``points``."""

    least: float
    points: float


@dataclass(frozen=True)
class Indicator:
    """One figure of a customer, what it weighs, and how it becomes points."""

    key: str
    weight: int
    scale: Scale = Scale.HIGH
    bands: Sequence[Band] = ()

    def __post_init__(self) -> None:
        """:raises ValueError: for a weight or bands that tell nothing."""
        if not 1 <= self.weight <= _BEST:
            raise ValueError("a weight is between 1 and 100")
        if (self.scale is Scale.BANDS) != bool(self.bands):
            raise ValueError("bands, and nothing else, need their values")
        if any(low.least >= high.least for low, high in pairwise(self.bands)):
            raise ValueError("bands must rise")
        if any(not 0 <= band.points <= _BEST for band in self.bands):
            raise ValueError("points are between 0 and 100")


@dataclass(frozen=True)
class GradeCut:
    """The grade ``key`` begins at ``least`` points."""

    key: str
    least: float


FOUR_GRADES = (
    GradeCut("a", 80),
    GradeCut("b", 60),
    GradeCut("c", 40),
    GradeCut("d", 0),
)
USUAL = (
    Indicator("contribution", 40),
    Indicator("orders", 20),
    Indicator("recency", 20, Scale.LOW),
    Indicator("expected", 20),
)


@dataclass(frozen=True)
class GradingSettings:
    """The scheme: its indicators and where grades begin; ``version`` counts its changes."""

    version: int = 1
    indicators: Sequence[Indicator] = USUAL
    grades: Sequence[GradeCut] = FOUR_GRADES

    def __post_init__(self) -> None:
        """:raises ValueError: without indicators, or if grades do not fall to 0."""
        keys = [one.key for one in self.indicators]
        if not keys or len(set(keys)) < len(keys):
            raise ValueError("indicators, each once, are needed")
        least = [cut.least for cut in self.grades]
        falling = all(high > low for high, low in pairwise(least))
        if not least or least[-1] != 0 or least[0] > _BEST or not falling:
            raise ValueError("grades must fall from at most 100 to 0 points")


@dataclass(frozen=True, eq=False)
class Grades:
    """
    The grades of n customers.

    ``grade`` indexes the grades of the scheme, the number of them where nothing is known;
    ``score`` 0 to 100, NaN there. ``points`` by indicator, NaN where it is not known.
    """

    grade: Codes
    score: Floats
    points: Mapping[str, Floats]


def graded(values: Mapping[str, Floats], scheme: GradingSettings) -> Grades:
    """
    Return the grades of n customers by ``values`` (n,) of each indicator, NaN for unknown.

    The score is the mean of the points by their weights; what is not known of a customer
    does not count, and its weight goes to the others in their proportion.
    """
    with ThreadPoolExecutor(max_workers=2) as together:
        found = list(
            together.map(lambda one: points_of(values[one.key], one), scheme.indicators)
        )
    score = _weighted(found, [one.weight for one in scheme.indicators])
    keys = (one.key for one in scheme.indicators)
    return Grades(
        _grade_of(score, scheme.grades), score, dict(zip(keys, found, strict=True))
    )


def points_of(values: Floats, indicator: Indicator) -> Floats:
    """Return the points (n,) of ``values`` (n,); NaN stays NaN."""
    unknown = np.isnan(values)
    if not unknown.any():
        return _points(values, indicator)
    points = np.full(len(values), np.nan)
    points[~unknown] = _points(values[~unknown], indicator)
    return points


def _points(values: Floats, indicator: Indicator) -> Floats:
    if indicator.scale is Scale.BANDS:
        return _by_bands(values, indicator.bands)
    ranks = percent_ranks(values)
    return ranks if indicator.scale is Scale.HIGH else _BEST - ranks


def _by_bands(values: Floats, bands: Sequence[Band]) -> Floats:
    least = np.array([band.least for band in bands])
    points = np.array([0.0, *(band.points for band in bands)])
    found: Floats = points[np.searchsorted(least, values, side="right")]
    return found


def percent_ranks(values: Floats) -> Floats:
    """
    Return of which percentage of the others each of ``values`` (n,) is higher.

    Of those that are equal half counts: the highest alone has 100, the lowest alone 0.
    Who is alone has 100.
    """
    n = len(values)
    if n < 2:
        return np.full(n, float(_BEST))
    low = values.min()
    if values.max() - low < _COUNTED and (values == np.rint(values)).all():
        at = (values - low).astype(np.int64)
        counts = np.bincount(at)
        found = _middles(np.cumsum(counts) - counts, counts, n)[at]
        return np.asarray(found, np.float64)
    order = np.argsort(values)
    ranked = values[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    counts = np.diff(np.append(starts, n))
    found = np.empty(n)
    found[order] = np.repeat(_middles(starts, counts, n), counts)
    return found


def _middles(below: Ints, counts: Ints, n: int) -> Floats:
    middles: Floats = _BEST * (below + (counts - 1) / 2) / (n - 1)
    return middles


def _weighted(points: Sequence[Floats], weights: Sequence[int]) -> Floats:
    n = len(points[0])
    sums, known = np.zeros(n), np.zeros(n)
    for found, weight in zip(points, weights, strict=True):
        is_known = ~np.isnan(found)
        sums += np.where(is_known, weight * found, 0)
        known += weight * is_known
    score = np.full(n, np.nan)
    np.divide(sums, known, out=score, where=known > 0)
    return np.round(score, 1)


def _grade_of(score: Floats, grades: Sequence[GradeCut]) -> Codes:
    """Return the first grade that the score reaches; NaN reaches none."""
    rising = np.array([cut.least for cut in grades])[::-1]
    reached = np.searchsorted(rising, score, side="right")
    code = np.where(np.isnan(score), len(grades), len(grades) - reached)
    return code.astype(np.int8)
