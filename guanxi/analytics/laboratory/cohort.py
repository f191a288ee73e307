"""``guanxi science cohort``: customers by their first purchase, and who came back."""

from typing import cast

import numpy as np

from guanxi.analytics.laboratory.columns import day_text
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trades import SCALE, read_trades
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.cohorts import Cohorts, cohorts, period_retention
from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.periods import Unit, period_of, period_start
from guanxi.analytics.science.purchases import Purchases

_MOST_PERIODS = 2000  # days of five years; a table of more nobody reads


def run(request: Request) -> Findings:
    """
    Return the cohorts of a file of orders by day, week or month of the first purchase.

    :raises Unusable: if the file or the options cannot be used.
    """
    trades = read_trades(request)
    purchases, unit = trades.known(), cast(Unit, request.unit)
    ends = np.array([int(purchases.days.min()), trades.cut_off])
    if int(np.diff(period_of(ends, unit))[0]) >= _MOST_PERIODS:
        raise Unusable(_("So many periods are no table: say a longer --unit."))
    found = cohorts(purchases, trades.cut_off, unit)
    return Findings(
        n=len(purchases),
        parameters={
            "unit": unit,
            "cut_off": day_text(trades.cut_off),
            "cohorts": int((found.sizes > 0).sum()),
        },
        tables={
            "retention": _by_age(
                _("Retention: share of the cohort that bought, by age in periods"),
                found,
                found.retention,
            ),
            "active": _by_age(
                _("Customers of the cohort who bought, by age"), found, found.active
            ),
            "revenue": _by_age(
                _("Revenue of the cohort by age"), found, found.revenue / SCALE
            ),
            "periods": retention_table(purchases, trades.cut_off, request),
            "ages": _ages(found),
        },
        notes=(*trades.notes, _("What has not ended by the cut-off is left empty.")),
        each=lambda: Table(
            _("Customers"),
            {
                "customer": trades.names(purchases.customer_ids),
                "cohort": _starts(period_of(purchases.first_days, unit), unit),
                "purchase_days": purchases.day_counts,
                "amount": purchases.totals / SCALE,
            },
        ),
    )


def _starts(periods: Ints, unit: Unit) -> list[str]:
    return [day_text(int(day)) for day in period_start(periods, unit)]


def _by_age(title: str, found: Cohorts, values: Ints | Floats) -> Table:
    """Return a row for each cohort, a column for each age; None if not complete."""
    some = np.flatnonzero(found.sizes > 0)
    shown = np.where(found.complete, values, np.nan)[some]
    return Table(
        title,
        {
            "cohort": _starts(found.starts[some], found.unit),
            "customers": found.sizes[some],
            **{str(age): shown[:, age] for age in range(shown.shape[1])},
        },
        {"cohort": _("Cohort"), "customers": _("Customers")},
    )


def _ages(found: Cohorts) -> Table:
    """Return the retention of all cohorts together by age, of what has ended."""
    complete, sizes = found.complete, found.sizes[:, None]
    base = np.where(complete, sizes, 0).sum(axis=0)
    bought = np.where(complete, found.active, 0).sum(axis=0)
    some = base > 0
    retention = bought[some] / base[some]
    return Table(
        _("All cohorts by age"),
        {
            "age": np.flatnonzero(some),
            "customers": base[some],
            "active": bought[some],
            "retention": retention,
            "churn": 1 - retention,
        },
    )


def retention_table(purchases: Purchases, cut_off: int, request: Request) -> Table:
    """Return for each period who of the buyers before stayed, and who left."""
    unit = cast(Unit, request.unit)
    found = period_retention(purchases, cut_off, unit)
    return Table(
        _("From period to period: retention + churn = 1"),
        {
            "period": _starts(found.periods, unit),
            "buyers": found.buyers,
            "kept": found.kept,
            "lost": found.lost,
            "new": found.new,
            "returned": found.returned,
            "retention": found.retention,
            "churn": found.churn,
            "complete": found.complete,
        },
    )
