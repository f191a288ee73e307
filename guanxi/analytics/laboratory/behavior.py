"""The purchase histories in a file: of single purchases, or already summed up."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from guanxi.analytics.laboratory.columns import CUSTOMER, Reading
from guanxi.analytics.laboratory.files import Sheet, read_sheet
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trades import SCALE, Trades, read_trades
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.histories import Histories, impossible, purchases_after
from guanxi.analytics.science.purchases import Purchases

FREQUENCY = ("frequency", "x", "repeats", "购买次数", "复购次数")
RECENCY = ("recency", "tx", "last", "最近购买")
AGE = ("t", "age", "tenure", "periods", "n", "观察期")
MEAN = ("monetaryvalue", "zbar", "mean", "meanamount", "平均金额")
WEIGHT = ("weights", "weight", "count", "customers", "人数")


@dataclass(frozen=True, eq=False)
class Behavior:
    """
    The histories (n,) of a file and what goes with them.

    ``means`` (n,) mean amounts of repeat purchases, 0 without one, None where the file
    has no amounts. ``later`` (n,) purchases between cut-off and ``until``, None where
    the file ends with the cut-off. ``names`` gives the customers' texts.
    """

    histories: Histories
    means: Floats | None
    names: Callable[[], list[str]]
    notes: tuple[str, ...]
    purchases: Purchases | None = None
    later: Ints | None = None
    cut_off: int = 0
    until: int = 0

    @property
    def test_time(self) -> float:
        """Return how long the hold-out is, in units of time."""
        return (self.until - self.cut_off) / self.histories.unit_days


def read_behavior(request: Request) -> Behavior:
    """
    Read single purchases, or a file that has frequency, recency and age already.

    :raises Unusable: if the file cannot be used.
    """
    sheet = read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    summed = any(request.text(name) for name in ("frequency", "recency", "age"))
    if not summed and not request.date:
        reading = Reading.of(sheet)
        usual = (FREQUENCY, RECENCY, AGE)
        found = [reading.index(str(at), "", names) for at, names in enumerate(usual)]
        summed = None not in found
    if summed:
        return _of_summary(request, sheet)
    return _of_trades(read_trades(request, sheet=sheet))


def _of_summary(request: Request, sheet: Sheet) -> Behavior:
    reading = Reading.of(sheet)
    places = [
        reading.needed(role, request.text(role), usual)
        for role, usual in (
            ("frequency", FREQUENCY),
            ("recency", RECENCY),
            ("age", AGE),
        )
    ]
    mean = reading.index("mean", request.text("mean"), MEAN)
    weight = reading.index("weight", request.text("weight"), WEIGHT)
    customer = reading.index("customer", request.customer, CUSTOMER)
    repeats, last, age = (reading.numbers(place) for place in places)
    means = None if mean is None else reading.numbers(mean)
    weights = np.ones(len(repeats)) if weight is None else reading.numbers(weight)
    reading.reject(
        impossible(repeats, last, age) & reading.good,
        places[0],
        _("no customer can have such numbers (0 ≤ recency ≤ age)"),
    )
    if weight is not None:
        reading.reject(weights < 0, weight, _("it is below 0"))
    named = None if customer is None else reading.codes(customer)
    notes = reading.settle(skip=request.skip_bad_rows)
    good = reading.good
    rows = np.flatnonzero(good)

    def names() -> list[str]:
        if named is None:
            return [str(row) for row in rows.tolist()]
        texts = named[1].to_pylist()
        return [texts[code] for code in named[0][rows].tolist()]

    return Behavior(
        Histories.of(
            repeats[good],
            last[good],
            age[good],
            weights[good],
            unit_days=request.unit_days,
        ),
        None if means is None else means[good],
        names,
        tuple(notes),
    )


def _of_trades(trades: Trades) -> Behavior:
    known, until = trades.known(), int(trades.days.max())
    if not len(known):
        raise Unusable(_("No row of the file can be used."))
    later = trades.later()
    return Behavior(
        Histories.until(known, trades.cut_off, trades.unit_days),
        None if trades.amounts is None else repeat_means(known),
        lambda: trades.names(known.customer_ids),
        trades.notes,
        purchases=_of_same(trades, known),
        later=purchases_after(known, later, until) if until > trades.cut_off else None,
        cut_off=trades.cut_off,
        until=max(until, trades.cut_off),
    )


def _of_same(trades: Trades, known: Purchases) -> Purchases:
    """Return all purchases, the later ones too, of the customers of ``known``."""
    rows = np.isin(trades.customers, known.customer_ids)
    customers, days = trades.customers[rows], trades.days[rows]
    return Purchases.from_rows(customers, days, np.zeros(len(days), np.int64))


def repeat_means(purchases: Purchases) -> Floats:
    """Return the mean amount of a repeat purchase day (n,), 0 of who has none."""
    first = purchases.amounts[purchases.offsets[:-1]]
    repeats = np.maximum(purchases.day_counts - 1, 1)
    return (purchases.totals - first) / SCALE / repeats
