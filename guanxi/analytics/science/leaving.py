"""What purchases tell of whether somebody is about to leave: the columns to learn from."""

import numpy as np

from guanxi.analytics.science.grouped import Floats, Ints, group_total
from guanxi.analytics.science.learners import Matrix
from guanxi.analytics.science.purchases import Purchases

(
    SILENT,
    OVERDUE,
    TIMES,
    RHYTHM,
    UNEVEN,
    LAST_GAP,
    TENURE,
    RECENT,
    AMOUNT,
    LAST_AMOUNT,
) = COLUMNS = (
    "silent",
    "overdue",
    "times",
    "rhythm",
    "uneven",
    "last_gap",
    "tenure",
    "recent",
    "amount",
    "last_amount",
)
"""
Days since the last purchase; the same as a multiple of the own mean gap; purchase days;
the own mean gap in days; its standard deviation as a multiple of it; the last gap as a
multiple; days since the first purchase; purchase days of the last 90 days as a multiple of
what the own rhythm asks; the mean amount; that of the last purchase as a multiple.
"""
_RECENT_DAYS = 90
_LONGEST = 20.0  # times: beyond that nothing more is said by a multiple


def leaving_columns(purchases: Purchases, today: int) -> Matrix:
    """
    Return the columns (n, 10) of each customer on the day ``today`` (since 1970-01-01).

    ``purchases`` hold none after that day: what comes later must not be known. NaN where
    somebody has bought too rarely for a column. Amounts in minor units of money.
    """
    count, silent = purchases.day_counts, purchases.silent_days(today).astype(float)
    tenure = (today - purchases.first_days).astype(float)
    bought = (purchases.last_days - purchases.first_days).astype(float)
    mean = np.where(count > 1, bought / np.maximum(count - 1, 1), np.nan)
    amount = purchases.totals / count
    last_amount = purchases.amounts[purchases.offsets[1:] - 1]
    lately = group_total(
        (purchases.days > today - _RECENT_DAYS).astype(np.int64), purchases.offsets
    )
    asked = np.minimum(tenure, _RECENT_DAYS) / mean
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            SILENT: silent,
            OVERDUE: silent / mean,
            TIMES: count.astype(float),
            RHYTHM: mean,
            UNEVEN: _spread(purchases, mean) / mean,
            LAST_GAP: _last_gaps(purchases) / mean,
            TENURE: tenure,
            RECENT: lately / asked,
            AMOUNT: amount,
            LAST_AMOUNT: last_amount / amount,
        }
    for name in (OVERDUE, UNEVEN, LAST_GAP, RECENT, LAST_AMOUNT):
        columns[name] = np.clip(columns[name], 0, _LONGEST)
    found = np.column_stack([columns[name] for name in COLUMNS])
    return np.where(np.isfinite(found), found, np.nan)


def _last_gaps(purchases: Purchases) -> Floats:
    """Return the days between the last two purchases (n,); NaN of who bought once."""
    several = purchases.day_counts > 1
    at = purchases.gap_offsets[1:] - 1
    found = np.full(len(purchases), np.nan)
    found[several] = purchases.gaps[at[several]]
    return found


def _spread(purchases: Purchases, mean: Floats) -> Floats:
    """Return the standard deviation of each one's gaps (n,); NaN with fewer than two."""
    off = (purchases.gaps - mean[purchases.gap_owners]) ** 2
    sums = np.bincount(purchases.gap_owners, weights=off, minlength=len(purchases))
    gaps = purchases.day_counts - 1
    return np.where(gaps > 1, np.sqrt(sums / np.maximum(gaps - 1, 1)), np.nan)


def stayed_away(known: Purchases, later: Purchases) -> Ints:
    """Return 1 for each customer of ``known`` (n,) without a purchase in ``later``."""
    return (~np.isin(known.customer_ids, later.customer_ids)).astype(np.int64)
