"""Why a score is high or low: what each column adds for each customer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.learners import Matrix

_LEVELS = 12  # values of a column that stand for all customers


@dataclass(frozen=True, eq=False)
class Contributions:
    """
    What columns add to scores (log-odds) of k customers: ``added`` (k, c), signed.

    ``importance`` (c,) is the mean of the absolute values.
    """

    added: Matrix

    @property
    def importance(self) -> Floats:
        """Return how much each column moves a score on average, (c,) log-odds."""
        moved: Floats = np.abs(self.added).mean(axis=0)
        return moved

    def strongest(self, count: int) -> Ints:
        """Return the columns (k, count) that move each customer's score most."""
        order: Ints = np.argsort(-np.abs(self.added), axis=1, kind="stable")
        return order[:, :count]


def contributions(
    score: Callable[[Matrix], Floats],
    matrix: Matrix,
    everybody: Matrix,
    is_category: Flags,
) -> Contributions:
    """
    Return for each row of ``matrix`` (k, c) how far each of its values moves the score.

    A column adds: the score, minus the mean score if only this column were as among
    ``everybody`` (n, c). For a sum of columns this is exactly weight × (value − mean).
    Source: Štrumbelj & Kononenko 2010, one column at a time; c × 12 scorings.
    """
    own = score(matrix)
    added = np.zeros(matrix.shape)
    for at in range(matrix.shape[1]):
        values, weights = typical_values(everybody[:, at], bool(is_category[at]))
        mean = np.zeros(len(matrix))
        for value, weight in zip(values, weights, strict=True):
            changed = matrix.copy()
            changed[:, at] = value
            mean += weight * score(changed)
        added[:, at] = own - mean
    return Contributions(added)


def typical_values(column: Floats, is_category: bool) -> tuple[Floats, Floats]:  # noqa: FBT001 -- a value of the column, no switch
    """Return values that stand for all of ``column`` (n,), and their shares."""
    known = column[~np.isnan(column)]
    values, counts = np.unique(known, return_counts=True)
    if not is_category and len(values) > _LEVELS:
        values = np.quantile(known, (np.arange(_LEVELS) + 0.5) / _LEVELS)
        counts = np.full(_LEVELS, len(known) / _LEVELS)
    missing = len(column) - len(known)
    if missing:
        values, counts = np.append(values, np.nan), np.append(counts, missing)
    return values, counts / len(column)
