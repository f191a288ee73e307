"""
Words and laws of targets: what is aimed at, in which months, and what it takes to get there.

The four aims of sales (提高销售额、增加利润率、提高客户满意度、降低市场销售成本) and new
customers. A target is kept month by month. Of what adds up a longer span is the sum of its
months, of a rate it is their mean; see docs/laws/sales.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MONTHS: Final = 12
LARGEST = Decimal("99999999999999.99")
CENT = Decimal("0.01")


class Measure(TextChoices):
    """What is aimed at."""

    REVENUE = "revenue", pgettext_lazy("target", "Revenue")
    MARGIN = "margin", pgettext_lazy("target", "Profit rate")
    SATISFACTION = "satisfaction", pgettext_lazy("target", "Customer satisfaction")
    COST = "cost", _("Cost of winning and selling")
    NEW_CUSTOMERS = "new_buyers", pgettext_lazy("target", "New customers")


ADDING: Final = frozenset({Measure.REVENUE, Measure.COST, Measure.NEW_CUSTOMERS})
"""Measures whose months add up; those of the others have a mean."""
MONEY: Final = frozenset({Measure.REVENUE, Measure.COST})
BY_CATEGORY: Final = frozenset({Measure.REVENUE, Measure.MARGIN})
"""Measures that can be aimed at for one category of products."""
TOP: Final = {
    Measure.MARGIN: Decimal(100),
    Measure.SATISFACTION: Decimal(10),
    Measure.NEW_CUSTOMERS: Decimal(10**9),
}
"""The highest sensible value of a month, where there is one."""


@dataclass(frozen=True)
class Standing:
    """
    How a figure stands against its target.

    ``share`` is what is reached, 1 for all of it; ``due`` the share that should be reached
    by now; ``outlook`` where the figure ends if it goes on as until now.
    """

    share: Decimal | None
    due: Decimal
    outlook: Decimal
    is_good: bool


def is_sound(measure: Measure, value: Decimal) -> bool:
    """Tell whether ``value`` can be aimed at in a month."""
    whole = measure is not Measure.NEW_CUSTOMERS or value == int(value)
    lowest = -LARGEST if measure is Measure.MARGIN else Decimal(0)
    return lowest <= value <= TOP.get(measure, LARGEST) and whole


def months_of(year: int) -> list[date]:
    """Return the first days of the twelve months of ``year``."""
    return [date(year, month, 1) for month in range(1, MONTHS + 1)]


def month_after(first_on: date) -> date:
    """Return the first day of the month after the one that begins with ``first_on``."""
    year, month = divmod(first_on.year * MONTHS + first_on.month, MONTHS)
    return date(year, month + 1, 1)


def together(measure: Measure, months: Sequence[Decimal | None]) -> Decimal | None:
    """Return the target of a span from those of its months; None if none has one."""
    told = [one for one in months if one is not None]
    if not told:
        return None
    total = sum(told, Decimal(0))
    return total if measure in ADDING else (total / len(told)).quantize(CENT)


def spread(total: Decimal, weights: Sequence[int], *, step: Decimal) -> list[Decimal]:
    """
    Return ``total`` parted by ``weights`` in whole ``step``, to the last one exactly.

    Largest remainders (Hamilton): each part is rounded down, and the steps that are left
    go to the largest fractions, the earlier first.

    :raises ValueError: if no weight is above 0.
    """
    if sum(weights) <= 0:
        raise ValueError("nothing to spread over")
    steps = total / step
    exact = [steps * weight / sum(weights) for weight in weights]
    parts = [one.to_integral_value(ROUND_FLOOR) for one in exact]
    left = int(steps - sum(parts))
    by_fraction = sorted(
        range(len(parts)), key=lambda index: parts[index] - exact[index]
    )
    for index in by_fraction[:left]:
        parts[index] += 1
    return [one * step for one in parts]


def standing(
    measure: Measure, target: Decimal, actual: Decimal, *, past: int, days: int
) -> Standing:
    """
    Return how ``actual`` stands after ``past`` of the ``days`` worked in a span.

    What adds up is held against the share of days gone by, a rate against all of it. Costs
    are good while they are below.
    """
    share = actual / target if target else None
    if measure not in ADDING:
        return Standing(share, Decimal(1), actual, actual >= target)
    due = Decimal(past) / days if days else Decimal(1)
    outlook = actual / due if due else actual
    is_good = (
        actual <= target * due if measure is Measure.COST else actual >= target * due
    )
    return Standing(share, due, outlook, is_good)
