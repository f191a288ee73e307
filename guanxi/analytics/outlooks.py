"""What sales are to be expected, of all that a viewer sees and of each part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from guanxi.analytics import exploring
from guanxi.analytics.boards.span import earlier
from guanxi.analytics.cubes.declared import Key
from guanxi.foundation.actor import Actor

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question
    from guanxi.analytics.science.forecasting import Errors, Forecast

MOST_LINES = 10
# Of days longer ago the ways of today's customers tell little.
_YEARS = 5


class Step(StrEnum):
    """The spans that are counted and foretold."""

    MONTH = "month"
    WEEK = "week"

    @property
    def season(self) -> int:
        """How many spans make a year."""
        return 12 if self is Step.MONTH else 52

    def first_of(self, day: date) -> date:
        """Return the first day of the span of ``day``."""
        if self is Step.MONTH:
            return day.replace(day=1)
        return day - timedelta(days=day.weekday())

    def later(self, first: date, count: int) -> date:
        """Return the first day ``count`` spans after that of ``first``."""
        if self is Step.MONTH:
            return earlier(first, -count)
        return first + timedelta(weeks=count)


@dataclass(frozen=True)
class Expected:
    """One span to come: what to expect, and between what it lies four times in five."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """
    What is known and what to expect of one line; figures as the metric counts them.

    ``known`` has a figure for each span that has ended, ``ahead`` one for each to come;
    ``before`` what would have been foretold for the last as many spans without knowing
    them, where that can be told. ``errors`` are those of the method on earlier moments,
    ``naive`` those of saying the same as a year (or span) ago. Without ``ahead`` too little
    is known.
    """

    key: Key | None
    label: str
    known: Sequence[float]
    ahead: Sequence[Expected] = ()
    before: Sequence[float] = ()
    errors: "Errors | None" = None
    naive: "Errors | None" = None
    is_seasonal: bool = False


@dataclass(frozen=True)
class Outlooks:
    """The first days of the spans known and to come, all together, and line by line."""

    spans: Sequence[date]
    coming: Sequence[date]
    whole: Outlook
    lines: Sequence[Outlook]
    more: int


def horizon_of(last_on: date, step: Step) -> date:
    """Return the first day of the latest span that has ended by ``last_on``."""
    after = step.first_of(last_on + timedelta(days=1))
    return step.later(after, -1)


def outlooks(
    viewer: Actor, question: "Question", step: Step, horizon: int
) -> Outlooks | None:
    """
    Return the outlook of a question's one metric, ``horizon`` spans ahead.

    ``question`` has the spans as columns and maybe a side as rows; its days end with a
    span. None if nothing was sold in them.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    found = exploring.explored(viewer, question, is_whole=True)
    if not found.columns:
        return None
    first = min(one.key for one in found.columns if isinstance(one.key, date))
    last = step.first_of(question.last_on)
    spans = [first]
    while spans[-1] < last:
        spans.append(step.later(spans[-1], 1))
    sums = {line.key: line.figures for line in found.columns}
    whole = _outlook(None, "", [_figure(sums.get(day)) for day in spans], step, horizon)
    rows = found.rows if question.rows else ()
    lines = [
        _outlook(
            row.key,
            row.label,
            [_figure(found.cells.get((row.key, day))) for day in spans],
            step,
            horizon,
        )
        for row in rows[:MOST_LINES]
    ]
    coming = [step.later(last, count) for count in range(1, horizon + 1)]
    return Outlooks(spans, coming, whole, lines, max(len(rows) - MOST_LINES, 0))


def days_of(last: date, step: Step) -> tuple[date, date]:
    """Return the first and the last day that are looked at, up to the span of ``last``."""
    first = step.first_of(date(last.year - _YEARS, last.month, 1))
    return first, step.later(last, 1) - timedelta(days=1)


def _figure(figures: Sequence[float | None] | None) -> float:
    return float(figures[0] or 0) if figures else 0.0


def _outlook(
    key: Key | None, label: str, known: Sequence[float], step: Step, horizon: int
) -> Outlook:
    begun = next((n for n, value in enumerate(known) if value), len(known))
    # What was not yet sold is no zero, and the span in which it began is not whole.
    values = tuple(known[begun + 1 :])
    found = _foretold(values, horizon, step.season)
    if found is None:
        return Outlook(key, label, known)
    seen = found.outlook
    ahead = [
        Expected(max(mean, 0.0), max(low, 0.0), max(high, 0.0))
        for mean, low, high in zip(
            seen.mean.tolist(), seen.low.tolist(), seen.high.tolist(), strict=True
        )
    ]
    earlier_one = _foretold(values[:-horizon], horizon, step.season)
    before = [] if earlier_one is None else earlier_one.outlook.mean.tolist()
    by_name = {one.model: one for one in found.errors}
    return Outlook(
        key,
        label,
        known,
        ahead,
        [max(value, 0.0) for value in before],
        by_name[found.model],
        by_name["naive"],
        is_seasonal=found.season > 1,
    )


@lru_cache(maxsize=512)
def _foretold(
    values: tuple[float, ...], horizon: int, season: int
) -> "Forecast | None":
    """Return the forecast of a series, or None if it is too short to be tried."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.science.forecasting import (  # noqa: PLC0415 -- as above
        ForecastSettings,
        forecast,
    )

    try:
        return forecast(np.array(values), ForecastSettings(horizon, season))
    except ValueError:
        return None


def change_of(outlook: Outlook) -> float | None:
    """Return by how much what is expected differs from the last as many spans, in %."""
    ahead = sum(one.mean for one in outlook.ahead)
    last = sum(outlook.known[-len(outlook.ahead) :]) if outlook.ahead else 0
    return 100 * (ahead - last) / last if last > 0 else None
