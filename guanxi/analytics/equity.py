"""
Customer equity: what all customers, and those to come, will earn in a planning period.

Equity = Σ present values of the profit of those who buy already + that of newcomers. The
laws are those of the lifetime value (`science/worth.py`); see docs/laws/analytics.md.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guanxi.analytics.cubes.histories import CLASSES, history_of
from guanxi.analytics.earnings import Entries
from guanxi.analytics.parameters import Parameters
from guanxi.analytics.prediction import A_WEEK, A_YEAR
from guanxi.analytics.science.bgnbd import BgNbd
from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.worth import present_values
from guanxi.analytics.scores import FILE, KEY

_EPOCH = date(1970, 1, 1)
YEAR_DAYS = 365
OWN_WEIGHT = 20
"""How many customers the share of all who bought stands for, beside those of a class."""
_COLUMNS = (
    *(KEY, "purchase_days", "first_order_on", "last_order_on", "amount_trend"),
    *("value_each", "value_margin", "value_upkeep", "tier", "life_stage"),
    "rfm_segment",
)


@dataclass(frozen=True, eq=False)
class Base:
    """
    Those who buy already: n rows of the scores in sight.

    ``acquired`` (n,) is what was spent to win each, in minor units.
    """

    table: pa.Table
    acquired: Ints
    as_of: date
    model: BgNbd

    def numbers(self, name: str) -> Floats:
        """Return a column as numbers (n,), NaN for none; days since 1970-01-01."""
        column = self.table.column(name)
        if pa.types.is_date(column.type):
            column = column.cast(pa.int32())
        found: Floats = column.to_numpy().astype(np.float64)
        return found

    @property
    def is_new(self) -> Flags:
        """Who ordered for the first time within the last year."""
        today = (self.as_of - _EPOCH).days
        return self.numbers("first_order_on") > today - YEAR_DAYS


@dataclass(frozen=True)
class Plan:
    """
    What is assumed of the ``years`` to plan: all of it can be changed.

    ``rate`` and ``growth`` are shares of a year; ``newcomers`` come in the first year, each
    won for ``acquisition`` minor units.
    """

    years: int
    rate: float
    newcomers: float
    growth: float
    acquisition: float


@dataclass(frozen=True, eq=False)
class Equity:
    """
    The equity in minor units; ``values`` (n,) are those of the base.

    ``newcomer`` is what one is worth who comes at the beginning, ``arrivals`` (years,)
    what those of each year are worth now.
    """

    values: Floats
    newcomer: float
    arrivals: Floats

    @property
    def current(self) -> float:
        """What those are worth who buy already."""
        return float(np.nansum(self.values))

    @property
    def potential(self) -> float:
        """What those are worth who are to come."""
        return float(self.arrivals.sum())


def base_of(
    folder: Path, parameters: Parameters, entries: Entries, among: Ints | None
) -> Base | None:
    """Return those who buy already, of ``among``; None where no value is known."""
    path = folder / f"{FILE}.parquet"
    if not path.exists() or parameters.model.problem:
        return None
    if not set(_COLUMNS) <= set(pq.read_schema(path).names) or not parameters.usual:
        return None
    if parameters.usual.margin is None:
        return None
    table = pq.read_table(path, columns=list(_COLUMNS))
    ids = table.column(KEY).to_numpy()
    if among is not None:
        table = table.filter(pa.array(np.isin(ids, among)))
        ids = table.column(KEY).to_numpy()
    costs = entries.costs
    won = costs.filter(pa.array(costs.column("aim").to_numpy(False) == "acquisition"))
    acquired = np.zeros(len(ids), np.int64)
    of, spent = won.column("customer_id").to_numpy(), won.column("spent").to_numpy()
    here = np.isin(of, ids)
    np.add.at(acquired, np.searchsorted(ids, of[here]), spent[here])
    return Base(table, acquired, parameters.as_of, parameters.model.purchases)


def usual_plan(base: Base, *, years: int, rate: float) -> Plan:
    """Return what the last year suggests: as many newcomers as then, won for as much."""
    new = base.is_new
    count = int(new.sum())
    spent = float(base.acquired[new].sum()) / count if count else 0.0
    return Plan(years, rate, count, 0.0, spent)


def equity_of(base: Base, plan: Plan) -> Equity:
    """Return the equity of ``base`` and of the newcomers of ``plan``."""
    first, last = base.numbers("first_order_on"), base.numbers("last_order_on")
    today = float((base.as_of - _EPOCH).days)
    to_come = base.model.present(
        base.numbers("purchase_days") - 1,
        (last - first) / A_WEEK,
        (today - first) / A_WEEK,
        A_YEAR,
        present_values(plan.rate, plan.years),
    )
    each = base.numbers("value_each") * base.numbers("value_margin")
    gain = each - base.numbers("value_upkeep")
    usual = float(np.nanmean(gain)) if len(gain) else 0.0
    worths = [_newcomer(base.model, plan, left, usual) for left in range(plan.years)]
    arrivals = [
        plan.newcomers * (1 + plan.growth) ** year * worths[plan.years - 1 - year]
        for year in range(plan.years)
    ]
    values = np.array(arrivals) * present_values(plan.rate, plan.years)
    return Equity(to_come * gain, worths[-1], values)


def _newcomer(model: BgNbd, plan: Plan, years: int, usual: float) -> float:
    """
    Return what a newcomer is worth on the day of the first purchase, ``years`` after it.

    The first purchase and those to expect of anybody, at their present value, each worth
    the ``usual`` gain; less what it took to win.
    """
    upto = model.expected(A_YEAR * np.arange(years + 1.0))
    bought = 1 + float(np.diff(upto) @ present_values(plan.rate, years))
    return bought * usual - plan.acquisition


@dataclass(frozen=True, eq=False)
class Driver:
    """A driver of equity: who of how many shows it; ``score`` is their share in percent."""

    key: str
    customer_ids: Ints
    among: int

    @property
    def score(self) -> float | None:
        """The share of those among whom it can be seen; None of nobody."""
        return 100 * len(self.customer_ids) / self.among if self.among else None


def drivers_of(base: Base, entries: Entries) -> list[Driver]:
    """
    Return the drivers of equity.

    Value: who spends at least as much as usual, of those of whom a trend is known. Brand:
    who came within a year without a cost of acquisition, of all newcomers. Relationship:
    who bought again within the last year, of those who bought in the year before.
    """
    ids = base.table.column(KEY).to_numpy()
    trend = base.numbers("amount_trend")
    rising = ids[np.nan_to_num(trend) >= 1]
    new = base.is_new
    unpaid = ids[new & (base.acquired == 0)]
    today = (base.as_of - _EPOCH).days
    of, day = entries.orders["customer_id"], entries.orders["day"]
    before = np.unique(of[(day > today - 2 * YEAR_DAYS) & (day <= today - YEAR_DAYS)])
    lately = np.unique(of[(day > today - YEAR_DAYS) & (day <= today)])
    before = before[np.isin(before, ids)]
    return [
        Driver("value", rising, int(np.isfinite(trend).sum())),
        Driver("brand", unpaid, int(new.sum())),
        Driver("relationship", before[np.isin(before, lately)], len(before)),
    ]


def year_before(day: date) -> date:
    """Return the day a year before ``day``."""
    return day - timedelta(days=YEAR_DAYS)


@dataclass(frozen=True, eq=False)
class Prospects:
    """Who has not bought yet, (n,): their numbers, and the chance that such ones do."""

    customer_ids: Ints
    chances: Floats


def prospects_of(
    folder: Path, buyers: Ints, among: Ints | None, without: Ints
) -> Prospects:
    """
    Return who has not bought yet of ``among``, ``without`` some.

    The chance is the share of those of the same form and industry who have bought, with
    twenty more who are like all: (bought + 20 · share of all) / (known + 20).
    """
    table = history_of(folder, CLASSES).read([KEY, "form", "industry"])
    ids = table.column(KEY).to_numpy()
    kept = np.isin(ids, without, invert=True)
    if among is not None:
        kept &= np.isin(ids, among)
    ids = ids[kept]
    kinds = [
        table.column(name).to_numpy(zero_copy_only=False)[kept]
        for name in ("form", "industry")
    ]
    words = np.char.add(kinds[0].astype(str), kinds[1].astype(str))
    _names, of = np.unique(words, return_inverse=True)
    bought = np.isin(ids, buyers)
    share = bought.mean() if len(ids) else 0.0
    known, won = np.bincount(of), np.bincount(of, weights=bought)
    chances = (won + OWN_WEIGHT * share) / (known + OWN_WEIGHT)
    return Prospects(ids[~bought], chances[of][~bought])
