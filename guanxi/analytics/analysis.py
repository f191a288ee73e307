"""Orders in, one row of scores per customer out, with all that explains each number."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.grades.indicators import SHIPPED, Known, kept_as, values_of
from guanxi.analytics.leaving import REASONS, Leaving, leaving
from guanxi.analytics.ledger import Books
from guanxi.analytics.parameters import RULES, AnalysisSettings, Parameters
from guanxi.analytics.prediction import Prediction, predicted
from guanxi.analytics.science.grading import Grades, graded
from guanxi.analytics.science.grouped import Codes, Flags, Floats, Ints
from guanxi.analytics.science.leaving import COLUMNS
from guanxi.analytics.science.lifecycle import (
    PATTERNS,
    STAGES,
    Lifecycle,
    Pattern,
    life_pattern,
    lifecycle,
)
from guanxi.analytics.science.purchase_state import (
    LOST,
    STATES,
    first_return_overdue,
    lost_after_days,
    purchase_state,
)
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.pyramid import Measure, Pyramid, pyramid
from guanxi.analytics.science.rfm import RfmScores, rfm_scores
from guanxi.analytics.science.rhythm import (
    Rhythm,
    rhythm,
)
from guanxi.analytics.science.trend import AmountTrend, amount_trend
from guanxi.analytics.valuing import Value

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class CustomerScores:
    """
    The scores of all customers with an order, by ``customer_id``.

    ``merged`` counts the orders that were merged into the purchase day of another one.
    Money columns are minor units. Empty cells: the number does not exist for this
    customer (no rhythm of his own, too few orders for a trend).
    """

    table: pa.Table
    parameters: Parameters
    merged: int

    @property
    def refreshed(self) -> int:
        """Return how many customers have new scores."""
        return int(self.table.num_rows)


def analyse(
    orders: pa.Table | Path,
    *,
    as_of: date,
    settings: AnalysisSettings,
    without: Ints | None = None,
    beside: Mapping[str, Known] | None = None,
    books: Books | None = None,
) -> CustomerScores:
    """
    Return the scores of every customer on the day ``as_of``, but of those ``without``.

    ``beside`` are figures to grade by that orders do not tell, ``books`` what customers
    earned and cost: without them none has a lifetime value. ``orders`` has the columns of ``ORDER_SCHEMA``, or is a Parquet file of them; orders
    after ``as_of`` are not looked at.
    """
    today = (as_of - _EPOCH).days
    purchases = read_purchases(orders, today, without=without)
    scores = _Scores.of(purchases, today, settings, beside or {}, books)
    ranks = scores.tiers
    parameters = Parameters(
        as_of=as_of,
        settings=settings,
        cuts=scores.rfm.cuts,
        population=scores.rhythm.population,
        customers=len(purchases),
        tier_last_ranks=ranks.last_ranks,
        tier_boundaries=ranks.boundaries,
        rules=RULES,
        model=scores.prediction.model,
        leaving=scores.leaving.model,
        usual=scores.value.usual if scores.value else None,
    )
    merged = int(purchases.orders.sum()) - len(purchases.days)
    return CustomerScores(scores.table(), parameters, merged)


def counted(orders: pa.Table | Path, *, as_of: date, among: Ints) -> pa.Table:
    """Return what the customers ``among`` bought up to ``as_of``, and no judgement."""
    today = (as_of - _EPOCH).days
    return pa.table(_consumption(read_purchases(orders, today, among=among)))


def read_purchases(
    orders: pa.Table | Path,
    today: int,
    *,
    among: Ints | None = None,
    without: Ints | None = None,
) -> Purchases:
    """
    Return the purchases up to the day ``today`` (since 1970-01-01).

    Of the customers ``among`` only, or of all but those ``without``.
    """
    names = ORDER_SCHEMA.names
    table = (
        pq.read_table(orders, columns=names)
        if isinstance(orders, Path)
        else orders.select(names)
    )
    days = _ints(table.column("ordered_on").cast(pa.int32()))
    ids, amounts = _ints(table.column("customer_id")), _ints(table.column("amount"))
    if len(days) and days.max() > today:
        past = days <= today
        ids, days, amounts = ids[past], days[past], amounts[past]
    named = without if among is None else among
    if named is not None:
        kept = np.isin(ids, named, invert=among is None)
        ids, days, amounts = ids[kept], days[kept], amounts[kept]
    return Purchases.from_rows(ids, days, amounts)


def _ints(column: pa.ChunkedArray) -> Ints:
    values: Ints = column.to_numpy().astype(np.int64, copy=False)
    return values


@dataclass(frozen=True, eq=False)
class _Scores:
    """The results of all laws, before they become one table."""

    purchases: Purchases
    today: int
    rfm: RfmScores
    tiers: Pyramid
    tier_values: Ints
    rhythm: Rhythm
    state: Codes
    late: Flags
    life: Lifecycle
    pattern: Pattern
    trend: AmountTrend
    prediction: Prediction
    figures: Mapping[str, Floats]
    grades: Grades
    measures: Ints
    leaving: Leaving
    value: Value | None
    settings: AnalysisSettings

    @classmethod
    def of(
        cls,
        purchases: Purchases,
        today: int,
        settings: AnalysisSettings,
        beside: Mapping[str, Known],
        books: Books | None,
    ) -> "_Scores":
        """Ask every law; those of rhythm and of leaving beside the others."""
        silent, bought = purchases.silent_days(today), purchases.day_counts
        with ThreadPoolExecutor(max_workers=1) as apart:
            waiting = apart.submit(rhythm, purchases, settings.rhythm)
            leaves = apart.submit(leaving, purchases, today)
            values = _period_values(purchases, today, settings.pyramid.period_days)
            money = purchases.totals / settings.minor_units
            rfm = rfm_scores(silent, purchases.order_counts, money, settings.rfm)
            trend = amount_trend(purchases, settings.trend)
            prediction = predicted(purchases, today, settings.value)
            value = Value.of(books, purchases, prediction) if books else None
            own, going = waiting.result(), leaves.result()
        columns = {
            "customer_id": purchases.customer_ids,
            "tier_value": values,
            "order_total": purchases.totals,
            "order_count": purchases.order_counts,
            "silent_days": silent,
            "amount_trend": trend.ratio,
            "p_alive": prediction.alive,
            "expected_amount": prediction.amounts,
        }
        known = values_of(
            graded_by(settings), columns, beside, minor_units=settings.minor_units
        )
        grades = graded(known, settings.grading)
        measures = _measures(settings, values, rfm, prediction, grades, known)
        tiers = pyramid(
            measures,
            purchases.customer_ids,
            settings.pyramid.tiers,
            then=values if measures is not values else None,
        )
        state = purchase_state(bought, silent, own.limit, settings.state)
        life = lifecycle(purchases, own, today, settings.lifecycle)
        usual_return = own.population.usual_return_days
        return cls(
            purchases=purchases,
            today=today,
            rfm=rfm,
            tiers=tiers,
            tier_values=values,
            rhythm=own,
            state=state,
            late=first_return_overdue(bought, silent, usual_return),
            life=life,
            pattern=life_pattern(
                purchases, life, state == LOST, today, settings.lifecycle
            ),
            trend=trend,
            prediction=prediction,
            figures=known,
            grades=grades,
            measures=measures,
            leaving=going,
            value=value,
            settings=settings,
        )

    def table(self) -> pa.Table:
        """Return one row per customer."""
        return pa.table(
            {
                **_consumption(self.purchases),
                **self._rhythm(),
                **self._classes(),
                **self._amounts(),
                **self._predicted(),
                **self._graded(),
                **self._leaving(),
                **(self.value.columns() if self.value else {}),
            }
        )

    def _rhythm(self) -> Mapping[str, pa.Array]:
        own, silent = self.rhythm, self.purchases.silent_days(self.today)
        expected = self.purchases.last_days + np.rint(own.typical).astype(np.int64)
        return {
            "rhythm_is_own": pa.array(own.is_own),
            "gap_days": pa.array(own.typical, mask=~own.is_own),
            "gap_mean": _numbers(own.mean),
            "gap_sd": _numbers(own.sd),
            "gap_last": _numbers(own.last),
            "next_order_on": _dates(expected, empty=~own.is_own),
            "silent_days": pa.array(silent),
            "silence_limit_days": pa.array(own.limit),
            "silent_ratio": pa.array(silent / own.limit),
            "first_return_overdue": pa.array(self.late),
        }

    def _classes(self) -> Mapping[str, pa.Array]:
        lost_after = lost_after_days(self.rhythm.limit, self.settings.state)
        tiers = [tier.key for tier in self.settings.pyramid.tiers]
        return {
            "r": pa.array(self.rfm.recency),
            "f": pa.array(self.rfm.frequency),
            "m": pa.array(self.rfm.monetary),
            "rfm_segment": _names(self.rfm.segment, self.rfm.segment_names),
            "tier": _names(self.tiers.tier, tiers),
            "tier_rank": pa.array(self.tiers.rank),
            "tier_value": pa.array(self.tier_values),
            "purchase_state": _names(self.state, STATES),
            "lost_after_days": pa.array(lost_after),
            "life_stage": _names(self.life.stage, STAGES),
            "life_pattern": _names(self.pattern.pattern, PATTERNS),
            "end_stage": _names(self.pattern.end_stage, STAGES),
        }

    def _amounts(self) -> Mapping[str, pa.Array]:
        return {
            "volume_window_days": pa.array(self.life.window),
            "volume_recent": pa.array(self.life.recent),
            "volume_usual": _numbers(self.life.usual),
            "amount_recent": _numbers(self.trend.recent),
            "amount_usual": _numbers(self.trend.usual),
            "amount_trend": _numbers(self.trend.ratio),
            "amount_is_falling": pa.array(self.trend.is_falling),
        }

    def _graded(self) -> Mapping[str, pa.Array]:
        scheme = self.settings.grading
        points = {
            f"points_{key}": pa.array(found.astype(np.float32), mask=np.isnan(found))
            for key, found in self.grades.points.items()
        }
        # What the scores have anyway is not kept twice.
        read = {
            kept_as(key): _numbers(self.figures[key])
            for key in self.grades.points
            if key not in SHIPPED or not SHIPPED[key].column
        }
        is_other = self.settings.pyramid.by is not Measure.AMOUNT
        return {
            "grade": _names(self.grades.grade, [*(g.key for g in scheme.grades), ""]),
            "grade_score": _numbers(self.grades.score),
            **points,
            **read,
            **({"tier_measure": pa.array(self.measures)} if is_other else {}),
        }

    def _predicted(self) -> Mapping[str, pa.Array]:
        told = self.prediction
        return {
            "p_alive": pc.cast(_numbers(told.alive), pa.int16()),
            "expected_orders": _numbers(told.orders),
            "expected_amount": pc.cast(_numbers(np.rint(told.amounts)), pa.int64()),
        }

    def _leaving(self) -> Mapping[str, pa.Array]:
        told = self.leaving
        reasons = {
            name: column
            for at in range(REASONS)
            for name, column in (
                (f"churn_reason_{at + 1}", _reasons(told.reasons[:, at])),
                (f"churn_value_{at + 1}", _numbers(told.values[:, at])),
            )
        }
        return {"churn_risk": pc.cast(_numbers(told.risk), pa.int16()), **reasons}


def _reasons(columns: Ints) -> pa.Array:
    """Return the columns' names, empty where there is none."""
    codes = pa.array(columns.astype(np.int8), mask=columns < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(COLUMNS, pa.string()))


def graded_by(settings: AnalysisSettings) -> Sequence[str]:
    """Return which figures an analysis needs, for grades and for the pyramid."""
    keys = [one.key for one in settings.grading.indicators]
    is_profit = settings.pyramid.by is Measure.PROFIT
    return [*keys, "profit"] if is_profit and "profit" not in keys else keys


def _measures(
    settings: AnalysisSettings,
    values: Ints,
    rfm: RfmScores,
    prediction: Prediction,
    grades: Grades,
    known: Mapping[str, Floats],
) -> Ints:
    """Return what customers are ranked by: money in minor units, scores in tenths."""
    by = settings.pyramid.by
    if by is Measure.AMOUNT:
        return values
    if by is Measure.RFM:
        return rfm.recency.astype(np.int64) + rfm.frequency + rfm.monetary
    if by is Measure.EXPECTED:
        found = prediction.amounts
    elif by is Measure.PROFIT:
        found = known["profit"] * settings.minor_units
    else:
        found = grades.score * 10
    return np.rint(np.nan_to_num(found)).astype(np.int64)


def _consumption(bought: Purchases) -> Mapping[str, pa.Array]:
    # round half up, in integers: money stays exact
    mean = (2 * bought.totals + bought.order_counts) // (2 * bought.order_counts)
    return {
        "customer_id": pa.array(bought.customer_ids),
        "first_order_on": _dates(bought.first_days),
        "last_order_on": _dates(bought.last_days),
        "order_count": pa.array(bought.order_counts),
        "purchase_days": pa.array(bought.day_counts),
        "order_total": pa.array(bought.totals),
        "order_mean": pa.array(mean),
    }


def _period_values(purchases: Purchases, today: int, period_days: int) -> Ints:
    until = np.full(len(purchases), today, np.int64)
    return purchases.amounts_between(until - period_days, until)


def _dates(days: Ints, empty: Flags | None = None) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=empty).cast(pa.date32())


def _numbers(values: Floats) -> pa.Array:
    """Return the values with an empty cell for each NaN."""
    return pa.array(values, mask=np.isnan(values))


def _names(codes: Codes, names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, pa.string()))
