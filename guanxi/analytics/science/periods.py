"""Calendar periods as whole numbers: days, weeks from Monday, months."""

from typing import Literal, TypeAlias

import numpy as np

from guanxi.analytics.science.grouped import Ints

Unit: TypeAlias = Literal["day", "week", "month"]

_MONDAY = 3  # 1970-01-01 was a Thursday


def period_of(days: Ints, unit: Unit) -> Ints:
    """
    Return the number of the period (n,) that each day belongs to; consecutive.

    ``days`` (n,) since 1970-01-01. Weeks begin on Monday (ISO 8601).
    """
    if unit == "day":
        return days.astype(np.int64)
    if unit == "week":
        return (days.astype(np.int64) + _MONDAY) // 7
    months: Ints = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months


def period_start(periods: Ints, unit: Unit) -> Ints:
    """Return the first day (n,) since 1970-01-01 of each period."""
    if unit == "day":
        return periods.astype(np.int64)
    if unit == "week":
        return periods.astype(np.int64) * 7 - _MONDAY
    months = periods.astype("datetime64[M]")
    days: Ints = months.astype("datetime64[D]").astype(np.int64)
    return days


def last_complete(cut_off: int, unit: Unit) -> int:
    """Return the number of the last period that ends on or before the day ``cut_off``."""
    return int(period_of(np.array([cut_off + 1]), unit)[0]) - 1
