"""Regular series out of dated amounts: one value a period, in calendar order."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.periods import Unit, last_complete, period_of


@dataclass(frozen=True, eq=False)
class Series:
    """
    The sums (p,) of consecutive periods that have ended; ``start`` is the first number.

    ``left_out`` says whether an unfinished last period was left out.
    """

    unit: Unit
    start: int
    values: Floats
    left_out: bool


def regular(days: Ints, amounts: Floats, until: int, unit: Unit) -> Series:
    """
    Return the sum of each period; a period without a row is 0.

    ``days`` (m,) since 1970-01-01, ``amounts`` (m,), any order. Rows after the day
    ``until`` are not looked at, and a period that has not ended by then is left out: its
    sum would look like a fall.

    :raises ValueError: if no period has ended.
    """
    inside = days <= until
    if not inside.any():
        raise ValueError("no period has ended")
    periods, last = period_of(days[inside], unit), last_complete(until, unit)
    start, left_out = int(periods.min()), bool((periods > last).any())
    count = last - start + 1
    if count < 1:
        raise ValueError("no period has ended")
    ended = periods <= last
    weights = amounts[inside][ended]
    sums = np.bincount(periods[ended] - start, weights=weights, minlength=count)
    return Series(unit, start, sums.astype(np.float64), left_out)
