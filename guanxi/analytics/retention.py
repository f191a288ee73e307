"""How many come back, and who: the table of retention that people read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from guanxi.analytics import exploring
from guanxi.analytics.boards.span import earlier
from guanxi.analytics.cubes.declared import Key
from guanxi.foundation.actor import Actor

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question
    from guanxi.analytics.cubes.returns import Return

ALL_DAYS = date(1900, 1, 1)
MOST_SIDES = 30
K = TypeVar("K")


class Unit(StrEnum):
    """The spans in which people are counted."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """How many months a span has."""
        return 1 if self is Unit.MONTH else 3

    @property
    def spans(self) -> int:
        """How many spans back the table begins."""
        return 12 if self is Unit.MONTH else 8

    @property
    def letter(self) -> str:
        """The unit as the engine writes it."""
        return "M" if self is Unit.MONTH else "Q"

    def first_of(self, day: date) -> date:
        """Return the first day of the span of ``day``."""
        month = day.month - (day.month - 1) % self.months
        return date(day.year, month, 1)

    def age(self, first: date, then: date) -> int:
        """Return how many spans lie between two first days."""
        return ((then.year - first.year) * 12 + then.month - first.month) // self.months

    def later(self, first: date, age: int) -> date:
        """Return the first day of the span ``age`` spans later."""
        return earlier(first, -age * self.months)


@dataclass(frozen=True)
class Age:
    """
    A cell: of ``of`` buyers ``came`` again at this age, and spent ``amount`` minor units.

    ``is_over`` says whether the span has ended: of one that goes on nobody knows yet.
    """

    of: int
    came: int
    amount: int
    is_over: bool
    then: date | None = None

    @property
    def retention(self) -> float | None:
        """The share that came again, in percent; None where nobody knows."""
        return 100 * self.came / self.of if self.of and self.is_over else None

    @property
    def churn(self) -> float | None:
        """The share that did not: 100 less the retention."""
        kept = self.retention
        return None if kept is None else 100 - kept


@dataclass(frozen=True)
class Cohort:
    """A line of the table: who it is about, how many they are, and their ages from 0 on."""

    key: Key | None
    label: str
    size: int
    ages: Sequence[Age]


@dataclass(frozen=True)
class Retention:
    """All lines, and the same of all of them together; ages count in ``unit``."""

    unit: Unit
    lines: Sequence[Cohort]
    whole: Cohort


def retention(viewer: Actor, question: "Question", unit: Unit) -> Retention:
    """
    Return who came back: a line for each first span, or for each key of the rows asked.

    ``question`` asks of `ALL_DAYS` up to today, for a first order is the first of those
    that it counts. In a line of several cohorts, at each age those stand together whose
    span of this age has ended.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    from guanxi.analytics.cubes.returns import (  # noqa: PLC0415 -- loads the engine
        returns,
    )

    seen = exploring.sight(viewer, question)
    found = returns(
        exploring.cube(), question, exploring.warehouse(), seen, unit.letter
    )
    today = question.last_on
    begin = unit.later(unit.first_of(today), 1 - unit.spans)
    known = [one for one in found if one.first >= begin]
    by_first = _grouped(known, lambda one: one.first)
    labels = _labels(viewer, unit.value, list(by_first))
    cohorts = [
        _cohort(unit, first, labels[first], by_first[first], today)
        for first in sorted(by_first)
    ]
    whole = _together(unit, "", "", cohorts)
    if not question.rows:
        return Retention(unit, cohorts, whole)
    by_side = _grouped(known, lambda one: one.side)
    names = _labels(viewer, question.rows, list(by_side))
    lines = [
        _together(unit, key, names[key], _cohorts_of(unit, rows, today))
        for key, rows in by_side.items()
    ]
    lines.sort(key=lambda one: -one.size)
    return Retention(unit, lines[:MOST_SIDES], whole)


def behind(
    viewer: Actor, question: "Question", unit: Unit, first: date, then: date
) -> list[tuple[int, int, date]]:
    """
    Return the customers of a cohort who bought in the span from ``then``.

    Each with its amount then in minor units and its latest day; those in sight only.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    from guanxi.analytics.cubes.returns import (  # noqa: PLC0415 -- loads the engine
        returned,
    )

    seen, letter = exploring.sight(viewer, question), unit.letter
    found = returned(
        exploring.cube(),
        question,
        exploring.warehouse(),
        seen,
        letter,
        first=first,
        then=then,
    )
    return exploring.in_sight(viewer, found)


def _labels(viewer: Actor, side: str, keys: Sequence[Any]) -> Mapping[Any, str]:
    return exploring.labels_of(viewer, exploring.cube().dimensions[side], keys)


def _cohorts_of(unit: Unit, rows: "Sequence[Return]", today: date) -> list[Cohort]:
    by_first = _grouped(rows, lambda one: one.first)
    return [_cohort(unit, first, "", by_first[first], today) for first in by_first]


def _cohort(
    unit: Unit, first: date, label: str, rows: "Sequence[Return]", today: date
) -> Cohort:
    size = sum(one.buyers for one in rows if one.then == first)
    ages = []
    for age in range(unit.age(first, unit.first_of(today)) + 1):
        then = unit.later(first, age)
        here = [one for one in rows if one.then == then]
        came, amount = sum(r.buyers for r in here), sum(r.amount for r in here)
        is_over = unit.later(then, 1) <= today or age == 0
        ages.append(Age(size, came, amount, is_over, then))
    return Cohort(first, label, size, ages)


def _together(
    unit: Unit, key: Key | None, label: str, cohorts: Sequence[Cohort]
) -> Cohort:
    """Return several cohorts as one: at each age those that have reached it."""
    ages = []
    for age in range(unit.spans):
        here = [one.ages[age] for one in cohorts if len(one.ages) > age]
        over = [one for one in here if one.is_over]
        if not over:
            break
        of, came = sum(one.of for one in over), sum(one.came for one in over)
        ages.append(Age(of, came, sum(one.amount for one in over), is_over=True))
    return Cohort(key, label, sum(one.size for one in cohorts), ages)


def _grouped(
    rows: "Sequence[Return]", of: "Callable[[Return], K]"
) -> "dict[K, list[Return]]":
    found: dict[K, list[Return]] = {}
    for one in rows:
        found.setdefault(of(one), []).append(one)
    return found
