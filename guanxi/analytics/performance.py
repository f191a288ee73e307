"""What was reached of the targets: by the house, its teams and its people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce

from guanxi.analytics import exploring
from guanxi.analytics.cubes.declared import Key
from guanxi.customers.queries.bond import may_read_bonds, satisfaction_by_owner
from guanxi.foundation.actor import Actor
from guanxi.foundation.working_days import working_days_between
from guanxi.sales.queries.target import Place, PlanRow, plan
from guanxi.sales.rules.target import (
    ADDING,
    CENT,
    MONTHS,
    Measure,
    Standing,
    standing,
    together,
)

A_YEAR = 365  # days that an opinion counts
_METRICS: Mapping[Measure, Sequence[str]] = {
    Measure.REVENUE: ["revenue"],
    Measure.NEW_CUSTOMERS: ["new_buyers"],
    Measure.COST: ["acquisition_costs", "sales_costs"],
    # The profit of several places is that of all over the revenue of all.
    Measure.MARGIN: ["profit", "margin"],
}


@dataclass(frozen=True)
class Span:
    """Whole months, ``first_on`` to ``last_on``, and the day until which is known more."""

    first_on: date
    last_on: date
    as_of: date

    @property
    def until(self) -> date:
        """The last day that counts."""
        return min(self.last_on, self.as_of)

    @property
    def days(self) -> int:
        """On how many days of it people work."""
        return working_days_between(self._eve, self.last_on)

    @property
    def past(self) -> int:
        """On how many of them they have worked by now."""
        return working_days_between(self._eve, self.until)

    @property
    def _eve(self) -> date:
        return self.first_on - timedelta(days=1)

    @property
    def months(self) -> list[int]:
        """The months, 1 to 12, of its year."""
        return list(range(self.first_on.month, self.last_on.month + 1))


@dataclass(frozen=True)
class Reached:
    """What one place was to reach and has reached; None where there is no such figure."""

    place: Place
    target: Decimal | None
    actual: Decimal | None
    standing: Standing | None


@dataclass(frozen=True)
class Sum:
    """
    A figure that can be put together with others of its kind: ``top`` over ``bottom``.

    Of what adds up ``bottom`` is 1 and stays so.
    """

    top: Decimal
    bottom: Decimal | None = None

    def plus(self, other: "Sum") -> "Sum":
        """Return both together."""
        if self.bottom is None or other.bottom is None:
            return Sum(self.top + other.top)
        return Sum(self.top + other.top, self.bottom + other.bottom)

    @property
    def value(self) -> Decimal | None:
        """The figure; None for a rate of nothing."""
        if self.bottom is None:
            return self.top
        return (self.top / self.bottom).quantize(CENT) if self.bottom else None


def readable_measures(viewer: Actor) -> list[Measure]:
    """Return the measures whose figures ``viewer`` may read."""
    known = exploring.cube().metrics_for(viewer)
    found = [
        one
        for one in Measure
        if one in _METRICS and all(key in known for key in _METRICS[one])
    ]
    if may_read_bonds(viewer):
        found.append(Measure.SATISFACTION)
    return [one for one in Measure if one in found]


def reached(
    viewer: Actor, measure: Measure, span: Span, category: str = ""
) -> list[Reached]:
    """
    Return what each place in sight was to reach in ``span``, and has reached.

    Figures are of what ``viewer`` sees; a team's count all teams below it.

    :raises NoSnapshotError: while nothing is loaded.
    """
    rows = plan(viewer, measure, span.first_on.year, category).rows
    people, teams, whole = _figures(viewer, measure, span, category)
    below = _with_those_below(rows, teams)
    found = []
    for row in rows:
        place = row.place
        sums = people if place.user_id else below
        figure = sums.get(place.user_id or place.team_id or 0)
        if place.user_id is None and place.team_id is None:
            figure = whole
        found.append(_reached(measure, row, span, figure))
    return found


def course(
    viewer: Actor, measure: Measure, of: Place, span: Span, category: str = ""
) -> list[tuple[date, Decimal | None, Decimal | None]]:
    """
    Return each month of ``span`` that has begun, its target and what ``of`` has reached.

    Nothing of satisfaction: of each customer only what it said last counts.

    :raises NoSnapshotError: while nothing is loaded.
    """
    if measure not in _METRICS:
        return []
    year = plan(viewer, measure, span.first_on.year, category)
    row = year.row(of.of)
    by, keys = ("owner", {of.user_id}) if of.user_id else ("team", None)
    if of.team_id and not of.user_id:
        keys = _teams_in(year.rows, of)
    sums = _monthly(viewer, measure, span, by, category)
    found = []
    for month in span.months:
        day = span.first_on.replace(month=month)
        if day > span.until:
            break
        whole = _together(
            one
            for (key, on), one in sums.items()
            if on == day and (keys is None or key in keys)
        )
        found.append((day, row.months[month - 1], whole.value if whole else None))
    return found


def last_of(first_on: date, months: int) -> date:
    """Return the last day of ``months`` months from the first of one on."""
    number = first_on.month - 1 + months
    year, month = first_on.year + number // MONTHS, number % MONTHS + 1
    return date(year, month, 1) - timedelta(days=1)


def _reached(measure: Measure, row: PlanRow, span: Span, figure: Sum | None) -> Reached:
    aimed = together(measure, [row.months[month - 1] for month in span.months])
    actual = figure.value if figure else Decimal(0) if measure in ADDING else None
    if aimed is None or actual is None:
        return Reached(row.place, aimed, actual, None)
    how = standing(measure, aimed, actual, past=span.past, days=span.days)
    return Reached(row.place, aimed, actual, how)


def _figures(
    viewer: Actor, measure: Measure, span: Span, category: str
) -> tuple[Mapping[int, Sum], Mapping[int, Sum], Sum | None]:
    """Return the figures of people and teams by their numbers, and of all together."""
    if span.until < span.first_on:
        return {}, {}, None
    if measure is Measure.SATISFACTION:
        return _satisfaction(viewer, span.until)
    people, whole = _asked(viewer, measure, span, "owner", category)
    teams, _whole = _asked(viewer, measure, span, "team", category)
    return people, teams, whole


def _asked(
    viewer: Actor, measure: Measure, span: Span, by: str, category: str
) -> tuple[Mapping[int, Sum], Sum]:
    """Return the figures by ``owner`` or ``team``, and the whole."""
    metrics = _METRICS[measure]
    pivot = _explored(viewer, metrics, span, by, "", category)
    found = {
        one.key: _sum(measure, metrics, one.figures)
        for one in pivot.rows
        if isinstance(one.key, int)
    }
    return found, _sum(measure, metrics, pivot.whole)


def _monthly(
    viewer: Actor, measure: Measure, span: Span, by: str, category: str
) -> Mapping[tuple[Key | None, Key | None], Sum]:
    """Return the figures by ``owner`` or ``team`` and the first day of the month."""
    metrics = _METRICS[measure]
    # With columns a question has room for one figure.
    pivots = [_explored(viewer, [one], span, by, "month", category) for one in metrics]
    cells = {cell for pivot in pivots for cell in pivot.cells if None not in cell}
    return {
        cell: _sum(measure, metrics, [p.cells.get(cell, (None,))[0] for p in pivots])
        for cell in cells
    }


def _explored(
    viewer: Actor,
    metrics: Sequence[str],
    span: Span,
    rows: str,
    columns: str,
    category: str,
) -> exploring.Pivot:
    from guanxi.analytics.cubes.asking import (  # noqa: PLC0415 -- loads the engine
        Question,
    )

    question = Question(
        metrics=tuple(metrics),
        first_on=span.first_on,
        last_on=span.until,
        rows=rows,
        columns=columns,
        where={"category": category} if category else {},
    )
    return exploring.explored(viewer, question, is_whole=True)


def _sum(
    measure: Measure, metrics: Sequence[str], figures: Sequence[float | None]
) -> Sum:
    """Return the figures of a measure, which a question gives, as one that adds up."""
    known = exploring.cube().metrics
    exact = [
        Decimal(exploring.plain(known[key], one) or 0)
        for key, one in zip(metrics, figures, strict=True)
    ]
    if measure is not Measure.MARGIN:
        return Sum(sum(exact, Decimal(0)))
    profit, margin = exact
    return Sum(100 * profit, 100 * profit / margin if margin else Decimal(0))


def _satisfaction(
    viewer: Actor, until: date
) -> tuple[Mapping[int, Sum], Mapping[int, Sum], Sum | None]:
    """Return the mean of what customers last said within a year, by owner and by team."""
    people: dict[int, Sum] = {}
    teams: dict[int, Sum] = {}
    whole = Sum(Decimal(0), Decimal(0))
    rows = satisfaction_by_owner(viewer, until - timedelta(days=A_YEAR), until)
    for owner_id, team_id, total, count in rows:
        one = Sum(total, Decimal(count))
        whole = whole.plus(one)
        for sums, key in ((people, owner_id), (teams, team_id)):
            if key:
                sums[key] = sums[key].plus(one) if key in sums else one
    return people, teams, whole


def _with_those_below(
    rows: Sequence[PlanRow], teams: Mapping[int, Sum]
) -> dict[int, Sum]:
    """Return the figures of teams with those of all teams below them."""
    found = {}
    for row in rows:
        if row.place.user_id is None and row.place.team_id:
            inside = _teams_in(rows, row.place)
            whole = _together(one for key, one in teams.items() if key in inside)
            if whole:
                found[row.place.team_id] = whole
    return found


def _teams_in(rows: Sequence[PlanRow], of: Place) -> set[int]:
    """Return the team of ``of`` and all below it; the rows stand as a tree reads."""
    inside, found = {of.of}, {of.team_id or 0}
    for row in rows:
        place = row.place
        if place.user_id is None and place.team_id and place.above in inside:
            inside.add(place.of)
            found.add(place.team_id)
    return found


def _together(sums: Iterable[Sum]) -> Sum | None:
    found = list(sums)
    return reduce(Sum.plus, found) if found else None
