"""Figures to grade by, and what they gave to a score, as people read them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from guanxi.analytics.explain import Part
from guanxi.analytics.grades.indicators import FIGURES, Figure, Unit
from guanxi.customers.queries.grade import figure_fields
from guanxi.customers.queries.trait import ADDED
from guanxi.foundation.figures import amount, grouped
from guanxi.foundation.policies import COVERED
from guanxi.foundation.words import Words

UNKNOWN = "–"


@dataclass(frozen=True)
class Line:
    """One indicator of a score as a row of words."""

    label: Words
    value: str
    points: str
    weight: str
    share: str


def figures() -> Mapping[str, Figure]:
    """Return all figures by their keys: those of the product, and added fields of numbers."""
    added = (
        Figure(
            f"{ADDED}{spec.key}", spec.names.words, Unit.PLAIN, frozenset({spec.key})
        )
        for spec in figure_fields()
    )
    return {one.key: one for one in (*FIGURES, *added)}


def part_lines(parts: Sequence[Part], readable: Collection[str]) -> Sequence[Line]:
    """
    Return the parts of a score; one with a field that is not ``readable`` is covered.

    How much all of them weigh stands in them as it is: the scheme is no secret.
    """
    known = figures()
    return [_line(part, known.get(part.key), readable) for part in parts]


def _line(part: Part, figure: Figure | None, readable: Collection[str]) -> Line:
    label = figure.label if figure else part.key
    if figure and not figure.fields <= set(readable):
        return Line(label, COVERED, COVERED, COVERED, COVERED)
    if part.points is None:
        return Line(label, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    return Line(
        label,
        written(figure, part.value),
        f"{part.points:.1f}",
        f"{part.weight:.0f}%",
        f"{part.share:.1f}",
    )


def written(figure: Figure | None, value: float | None) -> str:
    """Return a figure with its unit."""
    if value is None:
        return UNKNOWN
    unit = figure.unit if figure else Unit.PLAIN
    if unit is Unit.MONEY:
        return amount(Decimal(str(round(value, 2))), settings.CURRENCY)
    if unit is Unit.PERCENT:
        return f"{value:.2g}%" if abs(value) < 1 else f"{value:,.1f}%"
    if unit in (Unit.COUNT, Unit.DAYS):
        return grouped(round(value))
    return f"{value:,.2f}".rstrip("0").rstrip(".")
