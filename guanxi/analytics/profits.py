"""What customers brought in a span of days, read from the history without the engines."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from guanxi.analytics.cubes.histories import (
    ORDERS,
    history_of,
)
from guanxi.analytics.science.core import main_share
from guanxi.analytics.science.grouped import Ints

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Sums:
    """One entry per customer (n,), rising by id; money in minor units."""

    customer_ids: Ints
    orders: Ints
    revenue: Ints
    costed: Ints
    profit: Ints


@dataclass(frozen=True)
class CorePlace:
    """A core customer: the rank, what it brought in minor units, and all up to it (%)."""

    customer_id: int
    rank: int
    value: int
    share: float


@dataclass(frozen=True, eq=False)
class Core:
    """
    Those who bring the main share, the highest first.

    ``among`` counts who bought at all, ``total`` is what all who earned brought, and
    ``costed`` the percentage of revenue whose cost is known.
    """

    places: list[CorePlace]
    among: int
    total: int
    costed: int


def sums_between(
    folder: Path, first_on: date, last_on: date, *, without: Ints
) -> Sums | None:
    """
    Return what each customer brought from ``first_on`` to ``last_on``; None unread.

    Those ``without`` are left out: nobody may judge them by it.
    """
    history = history_of(folder, ORDERS)
    if not history.is_readable():
        return None
    table = history.read(["customer_id", "ordered_on", "amount", "costed", "profit"])
    days = table.column("ordered_on").cast(pa.int32()).to_numpy()
    first, last = (first_on - _EPOCH).days, (last_on - _EPOCH).days
    counts = (days >= first) & (days <= last)
    counts &= np.isin(table.column("customer_id").to_numpy(), without, invert=True)
    table = table.filter(pa.array(counts))
    ids, of = np.unique(table.column("customer_id").to_numpy(), return_inverse=True)
    money = (
        _added(table.column(name).to_numpy(), of, len(ids))
        for name in ("amount", "costed", "profit")
    )
    return Sums(ids, np.bincount(of, minlength=len(ids)), *money)


def _added(values: Ints, of: Ints, count: int) -> Ints:
    """Return the sums of ``values`` by ``of``; exact below nine quadrillion."""
    return np.rint(np.bincount(of, weights=values, minlength=count)).astype(np.int64)


def core_of(
    sums: Sums, *, percent: int, by_profit: bool, among: list[int] | None
) -> Core:
    """
    Return the core customers of ``sums``, by profit or by revenue.

    Only those of ``among`` count, if there are any: what others bring is not told.
    """
    kept = np.ones(len(sums.customer_ids), bool)
    if among is not None:
        kept = np.isin(sums.customer_ids, np.asarray(among, np.int64))
    ids, revenue = sums.customer_ids[kept], sums.revenue[kept]
    values = sums.profit[kept] if by_profit else revenue
    at = main_share(values, ids, percent)
    total = int(values[values > 0].sum())
    shares = 100 * np.cumsum(values[at]) / (total or 1)
    found = zip(ids[at].tolist(), values[at].tolist(), shares.tolist(), strict=True)
    return Core(
        [CorePlace(pk, rank, *rest) for rank, (pk, *rest) in enumerate(found, 1)],
        len(ids),
        total,
        round(100 * int(sums.costed[kept].sum()) / (int(revenue.sum()) or 1)),
    )
