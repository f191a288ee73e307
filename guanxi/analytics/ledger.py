"""What each customer earned and cost so far, read from the warehouse for the analysis."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guanxi.analytics.cubes.histories import ORDERS, history_of
from guanxi.analytics.cubes.snapshots import COSTS, COSTS_FILE
from guanxi.analytics.science.grouped import Ints
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.worth import Ledger

AIMS: Final = ("acquisition", "sales", "service", "retention")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Books:
    """Orders (customer, costed, profit) and costs (customer, day, aim, spent) so far."""

    orders: pa.Table
    costs: pa.Table


def books_until(folder: Path, as_of: date) -> Books:
    """Return the books of the warehouse in ``folder`` up to the day ``as_of``."""
    history = history_of(folder, ORDERS)
    names = ["customer_id", "ordered_on", "costed", "profit"]
    orders = history.read(names)
    orders = orders.filter(pc.less_equal(orders.column("ordered_on"), pa.scalar(as_of)))
    costs = costs_of(folder)
    day = pa.scalar(as_of)
    return Books(orders, costs.filter(pc.less_equal(costs.column("spent_on"), day)))


def costs_of(folder: Path) -> pa.Table:
    """Return what was spent beside goods, as it was last loaded."""
    path = folder / f"{COSTS_FILE}.parquet"
    return pq.read_table(path) if path.exists() else COSTS.empty_table()


def ledger_of(books: Books, purchases: Purchases) -> Ledger:
    """Return what the customers of ``purchases`` earned and cost."""
    ids = purchases.customer_ids
    orders = books.orders
    of = orders.column("customer_id").to_numpy()
    earned = {
        name: added(ids, of, orders.column(name).to_numpy())
        for name in ("costed", "profit")
    }
    return Ledger(
        **earned,
        **spent_by(ids, books.costs),
        purchases=_since_costs(purchases, books.costs),
    )


def spent_by(ids: Ints, costs: pa.Table) -> Mapping[str, Ints]:
    """Return what was spent on ``ids`` (n,), rising, for each aim, (n,) minor units."""
    found = {}
    for aim in AIMS:
        rows = costs.filter(pc.equal(costs.column("aim"), aim))
        of = rows.column("customer_id").to_numpy()
        found[aim] = added(ids, of, rows.column("spent").to_numpy())
    return found


def added(ids: Ints, of: Ints, values: Ints) -> Ints:
    """Return the sums of ``values`` (m,) by whom they are ``of``, of ``ids`` (n,), rising."""
    if not len(ids):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(ids, of), len(ids) - 1)
    here = ids[at] == of
    sums = np.bincount(at[here], weights=values[here], minlength=len(ids))
    return np.rint(sums).astype(np.int64)


def _since_costs(purchases: Purchases, costs: pa.Table) -> Ints:
    """Return the purchase days (n,) since the first cost that was written down."""
    if not costs.num_rows:
        return purchases.day_counts
    first = (pc.min(costs.column("spent_on")).as_py() - _EPOCH).days
    here = purchases.owners[purchases.days >= first]
    return np.bincount(here, minlength=len(purchases)).astype(np.int64)
