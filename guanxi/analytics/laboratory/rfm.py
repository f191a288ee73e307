"""``guanxi science rfm``: scores, cut points and segments of a file of orders."""

import numpy as np

from guanxi.analytics.laboratory.columns import day_text
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trades import SCALE, Trades, read_trades
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.rfm import (
    OTHERS,
    TEN_SEGMENTS,
    CutPoints,
    RfmScores,
    RfmSettings,
    SegmentRule,
    rfm_scores,
)


def run(request: Request) -> Findings:
    """
    Score the customers of a file of orders on the cut-off day.

    :raises Unusable: if the file or the options cannot be used.
    """
    settings = _settings(request)
    trades = read_trades(request, with_amounts=True)
    purchases = trades.known()
    recency = purchases.silent_days(trades.cut_off)
    amounts = purchases.totals / SCALE
    scores = rfm_scores(recency, purchases.order_counts, amounts, settings)
    cuts = scores.cuts
    return Findings(
        n=len(purchases),
        parameters={
            "as_of": day_text(trades.cut_off),
            "bins": settings.bins,
            "cut_points": {
                "recency": cuts.recency,
                "frequency": cuts.frequency,
                "monetary": cuts.monetary,
            },
        },
        tables={"segments": _segments(scores, purchases, recency, amounts)},
        notes=trades.notes,
        each=lambda: _customers(trades, purchases, scores, recency, amounts),
    )


def _settings(request: Request) -> RfmSettings:
    said = request.text("cut_points")
    try:
        fixed = _cut_points(said) if said else None
        bins = len(fixed.recency) + 1 if fixed else request.whole("bins", 5)
        return RfmSettings(bins, fixed, _rules(bins))
    except ValueError as error:
        raise Unusable(
            _(
                "Cut points are three lists of ascending numbers, all of the same "
                "length, such as 30,90;2,5;100,500 (recency;frequency;amount); scores "
                "are 2 to 10."
            )
        ) from error


def _rules(bins: int) -> tuple[SegmentRule, ...]:
    """Return the ten segments, that are defined on scores from 1 to 5; else none."""
    return TEN_SEGMENTS if bins == 5 else ()


def _cut_points(said: str) -> CutPoints:
    recency, frequency, monetary = (
        tuple(float(point) for point in part.split(",")) for part in said.split(";")
    )
    return CutPoints(recency, frequency, monetary)


def _segments(
    scores: RfmScores, purchases: Purchases, recency: Ints, amounts: Floats
) -> Table:
    """Return customers, orders and revenue of each segment; empty ones left out."""
    found = [
        (name, scores.segment == index)
        for index, name in enumerate(scores.segment_names)
        if name != OTHERS or bool((scores.segment == index).any())
    ]
    orders = purchases.order_counts
    return Table(
        _("Segments"),
        {
            "segment": [name for name, _members in found],
            "customers": [int(m.sum()) for _name, m in found],
            "orders": [int(orders[m].sum()) for _name, m in found],
            "revenue": [float(amounts[m].sum()) for _name, m in found],
            "median_recency": [_median(recency[m]) for _name, m in found],
            "median_frequency": [_median(orders[m]) for _name, m in found],
            "median_monetary": [_median(amounts[m]) for _name, m in found],
        },
        {
            "segment": _("Segment"),
            "customers": _("Customers"),
            "orders": _("Orders"),
            "revenue": _("Revenue"),
            "median_recency": _("Recency, median"),
            "median_frequency": _("Frequency, median"),
            "median_monetary": _("Amount, median"),
        },
    )


def _median(values: Ints | Floats) -> float | None:
    return float(np.median(values)) if len(values) else None


def _customers(
    trades: Trades,
    purchases: Purchases,
    scores: RfmScores,
    recency: Ints,
    amounts: Floats,
) -> Table:
    names = np.array(scores.segment_names)
    return Table(
        _("Customers"),
        {
            "customer": trades.names(purchases.customer_ids),
            "recency": recency,
            "frequency": purchases.order_counts,
            "monetary": amounts,
            "recency_score": scores.recency,
            "frequency_score": scores.frequency,
            "monetary_score": scores.monetary,
            "segment": names[scores.segment],
        },
    )
