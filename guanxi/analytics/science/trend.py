"""Whether the amount that a regular customer spends is falling."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import (
    Flags,
    Floats,
    Ints,
    group_median,
    offsets_of,
    owners_of,
)
from guanxi.analytics.science.purchases import Purchases


@dataclass(frozen=True)
class TrendSettings:
    """How many purchase days are compared with how many before."""

    last: int = 3
    earlier: int = 3  # at least so many before them, to know what is usual
    fall_ratio: float = 0.7

    def __post_init__(self) -> None:
        """:raises ValueError: if there is nothing to compare."""
        if self.last < 1 or self.earlier < 1 or not 0 < self.fall_ratio < 1:
            raise ValueError("last >= 1, earlier >= 1, 0 < fall_ratio < 1 are needed")


@dataclass(frozen=True, eq=False)
class AmountTrend:
    """
    Amounts of n customers by purchase day; NaN for customers with too few days.

    ``recent`` mean of the last days and ``usual`` median of all earlier ones, minor units;
    ``ratio`` recent / usual; ``is_falling`` (n,) the verdict.
    """

    recent: Floats
    usual: Floats
    ratio: Floats
    is_falling: Flags


def amount_trend(purchases: Purchases, settings: TrendSettings) -> AmountTrend:
    """
    Compare the last purchase days with what was usual before them.

    Falling: the mean of the last k days is at most ``fall_ratio`` of the median of all
    earlier days, and each of the k is below that median. The median is not moved by a
    single large order; k below the median has chance 2^-k where nothing has changed
    (sign test, Arbuthnott 1710).
    """
    enough = purchases.day_counts >= settings.last + settings.earlier
    rows = np.flatnonzero(enough)
    begins, ends = purchases.offsets[:-1][rows], purchases.offsets[1:][rows]
    last = purchases.amounts[ends[:, None] - np.arange(settings.last, 0, -1)]
    usual = _earlier_medians(purchases, begins, ends - settings.last)
    recent = last.mean(axis=1)
    ratio = np.full(len(rows), np.nan)
    np.divide(recent, usual, out=ratio, where=usual > 0)
    low = (ratio <= settings.fall_ratio) & (last < usual[:, None]).all(axis=1)
    n = len(purchases)
    is_falling = np.zeros(n, np.bool_)
    is_falling[rows] = low
    recent, usual, ratio = (
        _spread(values, rows, n) for values in (recent, usual, ratio)
    )
    return AmountTrend(recent, usual, ratio, is_falling)


def _earlier_medians(purchases: Purchases, begins: Ints, ends: Ints) -> Floats:
    offsets = offsets_of(ends - begins)
    owners = owners_of(offsets)
    positions = np.arange(offsets[-1]) - offsets[:-1][owners] + begins[owners]
    return group_median(purchases.amounts[positions], owners, offsets)


def _spread(values: Floats, rows: Ints, n: int) -> Floats:
    """Return (n,) with ``values`` at ``rows`` and NaN elsewhere."""
    spread = np.full(n, np.nan)
    spread[rows] = values
    return spread
