"""How a purchase model does on what it has not seen: hold-out tracking and errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.likelihood import Fit
from guanxi.analytics.science.purchases import Purchases

MOST_BINS = 8  # 0 to 6 repeat purchases, and 7 or more


class PurchaseModel(Protocol):
    """What every model of purchases says of customers; arrays (n,)."""

    def expected(self, time: Floats) -> Floats:
        """Return the repeat purchases of anybody within ``time`` (k,)."""

    def alive(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """Return the chance to be still a customer."""

    def expected_given(
        self, repeats: Floats, last: Floats, age: Floats, time: float
    ) -> Floats:
        """Return the purchases to expect in the next ``time``."""


@dataclass(frozen=True, eq=False)
class Tracking:
    """
    Repeat purchases of all customers, period by period since the first purchase.

    ``ends`` (k,) last days of the periods; ``actual`` and ``expected`` (k,) cumulative.
    """

    ends: Ints
    actual: Ints
    expected: Floats


def tracking(
    purchases: Purchases,
    until: int,
    unit_days: float,
    expected: Callable[[Floats], Floats],
) -> Tracking:
    """
    Compare all repeat purchases up to the day ``until`` with what a model expects.

    ``purchases`` of the customers the model knows, the hold-out too. ``expected`` gives
    E[X(t)] for times in units. Periods not complete by ``until`` are left out. Source:
    Fader, Hardie & Lee 2005, figures 2 and 3.
    """
    origin = int(purchases.first_days.min())
    periods = int((until - origin) / unit_days)
    ends = (origin + np.arange(1, periods + 1) * unit_days).astype(np.int64)
    repeat = np.ones(len(purchases.days), np.bool_)
    repeat[purchases.offsets[:-1]] = False
    actual = np.searchsorted(np.sort(purchases.days[repeat]), ends, side="right")
    firsts, customers = np.unique(purchases.first_days, return_counts=True)
    spans = np.maximum(ends[:, None] - firsts, 0)
    different, where = np.unique(spans, return_inverse=True)
    each = expected(different / unit_days)[where].reshape(spans.shape)
    return Tracking(ends, actual, each @ customers.astype(np.float64))


def by_frequency(
    repeats: Floats, weights: Floats, values: Mapping[str, Floats]
) -> dict[str, Floats]:
    """
    Return customers and the weighted means of ``values`` for 0 to 6 and 7 or more repeats.

    ``repeats``, ``weights`` and each of ``values`` (n,); results (8,), NaN for nobody.
    """
    bins = np.minimum(repeats, MOST_BINS - 1).astype(np.int64)
    customers: Floats = np.bincount(bins, weights, MOST_BINS).astype(np.float64)
    found = {"customers": customers}
    with np.errstate(invalid="ignore"):
        for name, each in values.items():
            found[name] = np.bincount(bins, weights * each, MOST_BINS) / customers
    return found


@dataclass(frozen=True)
class HoldOut:
    """What a model foretold of the hold-out: totals, and errors for one customer."""

    actual: float
    expected: float
    mean_absolute_error: float
    root_mean_square_error: float

    @classmethod
    def of(cls, actual: Floats | Ints, expected: Floats) -> "HoldOut":
        """Compare purchases (n,) after the cut-off with what was expected (n,)."""
        errors = expected - actual
        return cls(
            float(actual.sum()),
            float(expected.sum()),
            float(np.abs(errors).mean()),
            float(np.sqrt((errors**2).mean())),
        )


def best_of(fits: Mapping[str, Fit], tests: Mapping[str, HoldOut]) -> str:
    """
    Return the name of the model to use: the smallest hold-out error, else BIC.

    Errors within one in a hundred count as equal, and the smaller BIC decides: a model
    with more parameters must earn them.
    """
    if not tests:
        return min(fits, key=lambda name: fits[name].bic)
    least = min(test.root_mean_square_error for test in tests.values())
    near = [
        n for n, test in tests.items() if test.root_mean_square_error <= least * 1.01
    ]
    return min(near, key=lambda name: fits[name].bic)
