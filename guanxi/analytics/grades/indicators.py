"""The figures that customers can be graded by, and where each is found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.science.grading import Scale
from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.foundation.words import Words

ABOUT = "about_"
"""What the column of a figure that is no score itself begins with, among the scores."""


class Unit(Enum):
    """How a figure is written."""

    MONEY = "money"
    COUNT = "count"
    DAYS = "days"
    PERCENT = "percent"
    RATIO = "ratio"
    PLAIN = "plain"


@dataclass(frozen=True)
class Figure:
    """
    A figure to grade by.

    ``fields`` of the customer give it away; ``column`` is where the scores have it, empty
    where it is read beside them. ``usual`` is how it becomes points unless somebody says
    otherwise.
    """

    key: str
    label: Words
    unit: Unit
    fields: frozenset[str]
    column: str = ""
    usual: Scale = Scale.HIGH


@dataclass(frozen=True, eq=False)
class Known:
    """A figure of some customers: their numbers, rising, and the values; NaN for none."""

    customer_ids: Ints
    values: Floats


COST: Final = "cost"
"""Stands among the fields of a customer for what goods cost."""

FIGURES: Final[Sequence[Figure]] = (
    Figure(
        "contribution",
        _("Contribution: share of all sales in the period (%)"),
        Unit.PERCENT,
        frozenset({"order_total"}),
    ),
    Figure(
        "amount",
        _("Amount in the period"),
        Unit.MONEY,
        frozenset({"order_total"}),
        "tier_value",
    ),
    Figure("profit", _("Profit in the period"), Unit.MONEY, frozenset({COST})),
    Figure(
        "profit_rate",
        _("Profit rate in the period (%)"),
        Unit.PERCENT,
        frozenset({COST}),
    ),
    Figure(
        "total",
        _("Total amount"),
        Unit.MONEY,
        frozenset({"order_total"}),
        "order_total",
    ),
    Figure(
        "orders",
        _("Number of orders"),
        Unit.COUNT,
        frozenset({"order_count"}),
        "order_count",
    ),
    Figure(
        "recency",
        _("Days since the last order"),
        Unit.DAYS,
        frozenset({"last_order_on"}),
        "silent_days",
        Scale.LOW,
    ),
    Figure(
        "trend",
        _("Growth: amount against the usual (1 = the same)"),
        Unit.RATIO,
        frozenset({"amount_trend"}),
        "amount_trend",
    ),
    Figure(
        "expected",
        _("Amount expected in 12 months"),
        Unit.MONEY,
        frozenset({"expected_amount"}),
        "expected_amount",
    ),
    Figure(
        "alive",
        _("Chance to come again (%)"),
        Unit.PERCENT,
        frozenset({"p_alive"}),
        "p_alive",
    ),
    Figure(
        "credit",
        _("Credit grade (A = 4 … D = 1)"),
        Unit.PLAIN,
        frozenset({"credit_grade"}),
    ),
    Figure(
        "completeness",
        _("Completeness of data (0–100)"),
        Unit.PLAIN,
        frozenset({"completeness"}),
    ),
)


SHIPPED: Final[Mapping[str, Figure]] = {one.key: one for one in FIGURES}


def kept_as(key: str) -> str:
    """Return the column of the scores that keeps what was graded."""
    figure = SHIPPED.get(key)
    return figure.column if figure and figure.column else f"{ABOUT}{key}"


def values_of(
    keys: Iterable[str],
    columns: Mapping[str, Any],
    beside: Mapping[str, Known],
    *,
    minor_units: int,
) -> Mapping[str, Floats]:
    """
    Return the figures ``keys`` of the customers of ``columns`` (n,), NaN for unknown.

    ``columns`` are those of the scores, ``beside`` what the scores do not have. Money
    comes in units. What is in neither is unknown.
    """
    found: dict[str, Floats] = {}
    for key in keys:
        figure = SHIPPED.get(key)
        if key == "contribution":
            found[key] = _shares(columns["tier_value"])
        elif figure and figure.column:
            values = np.asarray(columns[figure.column], np.float64)
            found[key] = values / minor_units if figure.unit is Unit.MONEY else values
        else:
            found[key] = _aligned(columns["customer_id"], beside.get(key))
    return found


def _shares(values: Ints) -> Floats:
    """Return the share of each in what all brought, in percent."""
    shares: Floats = 100 * values / max(int(values.sum()), 1)
    return shares


def _aligned(customer_ids: Ints, known: Known | None) -> Floats:
    """Return the values of ``customer_ids`` (n,), NaN of whom nothing is known."""
    found = np.full(len(customer_ids), np.nan)
    if known is None or not len(known.customer_ids):
        return found
    at = np.searchsorted(known.customer_ids, customer_ids)
    at[at == len(known.customer_ids)] = 0
    here = known.customer_ids[at] == customer_ids
    found[here] = known.values[at[here]]
    return found
