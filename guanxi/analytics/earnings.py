"""What customers earned after all costs in spans of days, read without the engines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from guanxi.analytics.cubes.histories import ORDERS, history_of
from guanxi.analytics.ledger import added, costs_of, spent_by
from guanxi.analytics.science.grouped import Flags, Ints

_EPOCH = date(1970, 1, 1)
NEW, KEPT, WAITING = "new", "kept", "waiting"


@dataclass(frozen=True, eq=False)
class Entries:
    """Orders and costs that count: numpy columns by name, days since 1970-01-01."""

    orders: dict[str, Ints]
    costs: pa.Table


@dataclass(frozen=True, eq=False)
class Earnings:
    """What n customers, rising by id, brought and cost; (n,) minor units each."""

    customer_ids: Ints
    orders: Ints
    last_days: Ints
    revenue: Ints
    costed: Ints
    profit: Ints
    acquisition: Ints
    sales: Ints
    service: Ints
    retention: Ints

    @property
    def costs(self) -> Ints:
        """All costs beside goods."""
        return self.acquisition + self.sales + self.service + self.retention

    @property
    def net(self) -> Ints:
        """What remained after all costs."""
        return self.profit - self.costs

    def only(self, at: Ints | Flags) -> "Earnings":
        """Return those of some customers."""
        return Earnings(**{name: column[at] for name, column in vars(self).items()})


def entries_of(
    folder: Path, *, among: Ints | None, without: Ints, costs: Ints | None
) -> Entries | None:
    """
    Return what counts of the customers ``among`` (all if None) but ``without`` some.

    ``costs`` are the numbers of the costs in sight, all if None. None before a load.
    """
    history = history_of(folder, ORDERS)
    if not history.is_readable():
        return None
    names = ("customer_id", "ordered_on", "amount", "costed", "profit")
    table = history.read(names)
    table = table.filter(pa.array(_counts(table, among, without)))
    spent = costs_of(folder)
    spent = spent.filter(pa.array(_counts(spent, among, without)))
    if costs is not None:
        seen = np.isin(spent.column("investment_id").to_numpy(), costs)
        spent = spent.filter(pa.array(seen))
    days = table.column("ordered_on").cast(pa.int32()).to_numpy().astype(np.int64)
    found = {
        name: table.column(name).to_numpy() for name in names if name != "ordered_on"
    }
    return Entries({**found, "day": days}, spent)


def _counts(table: pa.Table, among: Ints | None, without: Ints) -> Flags:
    ids = table.column("customer_id").to_numpy()
    found: Flags = np.isin(ids, without, invert=True)
    return found if among is None else found & np.isin(ids, among)


def earnings(entries: Entries, first_on: date, last_on: date) -> Earnings:
    """Return what everybody brought and cost from ``first_on`` to ``last_on``."""
    first, last = (first_on - _EPOCH).days, (last_on - _EPOCH).days
    orders = entries.orders
    here = (orders["day"] >= first) & (orders["day"] <= last)
    bought = {name: column[here] for name, column in orders.items()}
    spent_on = entries.costs.column("spent_on").cast(pa.int32()).to_numpy()
    costs = entries.costs.filter(pa.array((spent_on >= first) & (spent_on <= last)))
    of = bought["customer_id"]
    ids = np.union1d(of, costs.column("customer_id").to_numpy()).astype(np.int64)
    last_days = np.zeros(len(ids), np.int64)
    at = np.searchsorted(ids, of)
    np.maximum.at(last_days, at, bought["day"])
    return Earnings(
        customer_ids=ids,
        orders=np.bincount(at, minlength=len(ids)),
        last_days=last_days,
        revenue=added(ids, of, bought["amount"]),
        costed=added(ids, of, bought["costed"]),
        profit=added(ids, of, bought["profit"]),
        **spent_by(ids, costs),
    )


@dataclass(frozen=True)
class Side:
    """
    What one kind of customers brought and cost, in minor units.

    ``buyers`` of the ``customers`` ordered; on the others something was only spent.
    """

    customers: int
    buyers: int
    revenue: int
    profit: int
    costs: int

    @property
    def net(self) -> int:
        """What remained after all costs."""
        return self.profit - self.costs


@dataclass(frozen=True, eq=False)
class Balance:
    """
    New customers beside those who were kept, in one span.

    ``waiting`` are those on whom something was spent before they ever bought.
    """

    first_on: date
    last_on: date
    new: Side
    kept: Side
    waiting: Side


def balances(entries: Entries, starts: Sequence[date], end: date) -> list[Balance]:
    """
    Return the balance of each span that begins on one of ``starts``; the last ends on ``end``.

    New is who ordered for the first time ever in the span; kept is who had ordered before
    and did so again. What was spent on who had ordered before stands with the kept.
    """
    ends = [*map(_day_before, starts[1:]), end]
    return [_balance(entries, *span) for span in zip(starts, ends, strict=True)]


def _balance(entries: Entries, first_on: date, last_on: date) -> Balance:
    told = earnings(entries, first_on, last_on)
    which = kinds(entries, told, first_on, last_on)
    new, kept, waiting = (
        _side(told.only(which == kind)) for kind in (NEW, KEPT, WAITING)
    )
    return Balance(first_on, last_on, new, kept, waiting)


def kinds(
    entries: Entries, told: Earnings, first_on: date, last_on: date
) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Return whether each customer of ``told`` was new, kept, or had not bought yet."""
    firsts = _first_days(entries, told.customer_ids)
    first, last = (first_on - _EPOCH).days, (last_on - _EPOCH).days
    return np.where(firsts < first, KEPT, np.where(firsts <= last, NEW, WAITING))


def _first_days(entries: Entries, ids: Ints) -> Ints:
    """Return the day of the first order ever of ``ids`` (n,), rising; a late one for none."""
    found = np.full(len(ids), np.iinfo(np.int64).max)
    if not len(ids):
        return found
    of = entries.orders["customer_id"]
    at = np.minimum(np.searchsorted(ids, of), len(ids) - 1)
    here = ids[at] == of
    np.minimum.at(found, at[here], entries.orders["day"][here])
    return found


def _side(some: Earnings) -> Side:
    return Side(
        len(some.customer_ids),
        int((some.orders > 0).sum()),
        int(some.revenue.sum()),
        int(some.profit.sum()),
        int(some.costs.sum()),
    )


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def day_of(number: int) -> date:
    """Return the day that is ``number`` days after 1970-01-01."""
    return date.fromordinal(_EPOCH.toordinal() + number)
