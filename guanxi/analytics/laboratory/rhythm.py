"""The rule of churn for files of orders: who has been silent beyond the own rhythm."""

import numpy as np

from guanxi.analytics.laboratory.cohort import retention_table
from guanxi.analytics.laboratory.columns import day_text
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trades import SCALE, Trades, read_trades
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.rhythm import RhythmSettings, rhythm

_SHOWN = 20


def by_rhythm(request: Request) -> Findings:
    """
    Tell for a file of orders who is silent for longer than is usual for him.

    :raises Unusable: if the file or the options cannot be used.
    """
    trades = read_trades(request)
    purchases = trades.known()
    found = rhythm(purchases, RhythmSettings())
    silent = purchases.silent_days(trades.cut_off)
    ratio: Floats = silent / found.limit
    beyond = int((ratio > 1).sum())
    population = found.population
    riskiest = np.lexsort((purchases.customer_ids, -purchases.totals, ratio <= 1))
    return Findings(
        n=len(purchases),
        parameters={
            "as_of": day_text(trades.cut_off),
            "typical_gap_days": population.typical_gap_days,
            "usual_return_days": population.usual_return_days,
            "quantile": RhythmSettings().quantile,
        },
        facts={
            "rule": "own_rhythm",
            "beyond_own_rhythm": beyond,
            "share_beyond": beyond / len(purchases),
        },
        tables={
            "retention": retention_table(purchases, trades.cut_off, request),
            "customers": _customers(
                trades, purchases, (silent, found.limit, ratio), riskiest[:_SHOWN]
            ),
        },
        notes=trades.notes,
        each=lambda: _customers(
            trades,
            purchases,
            (silent, found.limit, ratio),
            np.arange(len(purchases)),
        ),
    )


def _customers(
    trades: Trades,
    purchases: Purchases,
    silence: tuple[Ints, Floats, Floats],
    rows: Ints,
) -> Table:
    silent, limit, ratio = silence
    return Table(
        _("Customers beyond their own rhythm, the most valuable first"),
        {
            "customer": trades.names(purchases.customer_ids[rows]),
            "last_day": [day_text(int(day)) for day in purchases.last_days[rows]],
            "silent_days": silent[rows],
            "silence_limit_days": limit[rows],
            "silent_ratio": ratio[rows],
            "beyond": ratio[rows] > 1,
            "amount": purchases.totals[rows] / SCALE,
        },
    )
