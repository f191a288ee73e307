"""Cohorts: customers by the period of their first purchase, and who came back when."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Flags, Floats, Ints, group_sum
from guanxi.analytics.science.periods import Unit, last_complete, period_of
from guanxi.analytics.science.purchases import Purchases


@dataclass(frozen=True, eq=False)
class Cohorts:
    """
    c cohorts over a ages; age 0 is the period of the first purchase.

    ``starts`` (c,) period numbers, ascending, without gaps; ``sizes`` (c,) customers;
    ``active`` (c, a) how many of them bought at that age; ``revenue`` (c, a) minor units;
    ``complete`` (c, a) whether the period had ended by the cut-off. What is not complete
    is no zero: ``retention`` and ``churn`` are NaN there.
    """

    unit: Unit
    starts: Ints
    sizes: Ints
    active: Ints
    revenue: Ints
    complete: Flags

    @property
    def retention(self) -> Floats:
        """Share (c, a) of each cohort that bought at that age; NaN if not complete."""
        share = np.full(self.active.shape, np.nan)
        sizes = np.broadcast_to(self.sizes[:, None], self.active.shape)
        np.divide(self.active, sizes, out=share, where=self.complete & (sizes > 0))
        return share

    @property
    def churn(self) -> Floats:
        """Share (c, a) that did not buy at that age: 1 − retention."""
        return 1 - self.retention


def cohorts(purchases: Purchases, cut_off: int, unit: Unit) -> Cohorts:
    """
    Return the cohort table of purchases up to the day ``cut_off`` (since 1970-01-01).

    Later purchases are not looked at. Oracle: counting by hand and by DuckDB in tests.

    :raises ValueError: if nobody bought by the cut-off.
    """
    owners, days, amounts = _until(purchases, cut_off)
    periods = period_of(days, unit)
    first = period_of(purchases.first_days, unit)[owners]
    begin, end = int(first.min()), int(period_of(np.array([cut_off]), unit)[0])
    ages = end - begin + 1
    cells = (first - begin) * ages + (periods - first)
    shape = int(first.max()) - begin + 1, ages
    # owners and days ascend, so a repeated cell of the same customer is the neighbor
    turn = (np.diff(cells, prepend=-1) != 0) | (np.diff(owners, prepend=-1) != 0)
    starts = begin + np.arange(shape[0])
    last = last_complete(cut_off, unit)
    active = np.bincount(cells[turn], minlength=shape[0] * ages).reshape(shape)
    return Cohorts(
        unit=unit,
        starts=starts,
        sizes=active[:, 0],
        active=active,
        revenue=_sums(cells, amounts, shape),
        complete=starts[:, None] + np.arange(ages) <= last,
    )


def _until(purchases: Purchases, cut_off: int) -> tuple[Ints, Ints, Ints]:
    inside = purchases.days <= cut_off
    if not inside.any():
        raise ValueError("nobody bought by the cut-off")
    owners = purchases.owners[inside]
    return owners, purchases.days[inside], purchases.amounts[inside]


def _sums(cells: Ints, amounts: Ints, shape: tuple[int, int]) -> Ints:
    sums = group_sum(amounts, cells, shape[0] * shape[1])
    return np.rint(sums).astype(np.int64).reshape(shape)


@dataclass(frozen=True, eq=False)
class PeriodRetention:
    """
    Each calendar period (p,) against the one before it.

    ``buyers`` of the period; ``kept`` of them bought in the period before too, ``lost``
    bought before and not now, ``new`` for the first time, ``returned`` after a pause.
    buyers = kept + new + returned; buyers before = kept + lost.
    """

    periods: Ints
    buyers: Ints
    kept: Ints
    lost: Ints
    new: Ints
    returned: Ints
    complete: Flags

    @property
    def retention(self) -> Floats:
        """Kept ÷ buyers before, (p,); NaN where nobody bought before or not complete."""
        before = self.kept + self.lost
        rate = np.full(len(before), np.nan)
        np.divide(self.kept, before, out=rate, where=self.complete & (before > 0))
        return rate

    @property
    def churn(self) -> Floats:
        """Lost ÷ buyers before, (p,): 1 − retention."""
        return 1 - self.retention


def period_retention(purchases: Purchases, cut_off: int, unit: Unit) -> PeriodRetention:
    """
    Return who stayed, left, came and came back from one period to the next.

    Purchases after the day ``cut_off`` are not looked at. retention + churn = 1 in every
    complete period in which anybody could be lost.

    :raises ValueError: if nobody bought by the cut-off.
    """
    owners, days, _ = _until(purchases, cut_off)
    periods = period_of(days, unit)
    begin, end = int(periods.min()), int(period_of(np.array([cut_off]), unit)[0])
    turn = np.concatenate([[True], (np.diff(owners) != 0) | (np.diff(periods) != 0)])
    who, when = owners[turn], periods[turn] - begin
    is_first = np.concatenate([[True], np.diff(who) != 0])
    stays = ~is_first & (np.diff(when, prepend=-1) == 1)
    p = end - begin + 1
    buyers, kept = np.bincount(when, minlength=p), np.bincount(when[stays], minlength=p)
    new = np.bincount(when[is_first], minlength=p)
    before = np.concatenate([[0], buyers[:-1]])
    numbers = begin + np.arange(p)
    return PeriodRetention(
        periods=numbers,
        buyers=buyers,
        kept=kept,
        lost=before - kept,
        new=new,
        returned=buyers - kept - new,
        complete=numbers <= last_complete(cut_off, unit),
    )
