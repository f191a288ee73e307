"""Columns that know too much: what is found only after it happened must not foretell it."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.learners import Matrix
from guanxi.analytics.science.quality import ranking

_CLASSES = 20
_PRIOR = 10.0  # customers of average risk are added to each class
_TELLS_ALL = 0.95
_TELLS_MUCH = 0.75
_AHEAD = 1.5  # times the next best column above chance


@dataclass(frozen=True, eq=False)
class Alone:
    """What each column (c,) tells alone (AUC), and whether that is too good to be true."""

    auc: Floats
    suspicious: Flags


def told_alone(matrix: Matrix, is_category: Flags, happened: Ints, seed: int) -> Alone:
    """
    Return the AUC of each column alone, and which ones a person should look at.

    Each column is cut into up to 20 classes; the share that left in a class, seen in one
    half of the customers, foretells the other half. Suspicious is an AUC of .95, or one
    of .75 that is 1.5 times as far above chance as the next best column. Both limits are
    our default; a warning, no proof. Kaufman et al. 2012, "Leakage in data mining".
    """
    order = np.lexsort((happened, *matrix.T))  # so that the order of rows says nothing
    matrix, happened = matrix[order], happened[order]
    half = np.random.default_rng(seed).random(len(happened)) < 0.5
    auc = np.array(
        [
            _auc_of(_classes(column, bool(kind)), happened, half)
            for column, kind in zip(matrix.T, is_category, strict=True)
        ]
    )
    ranked = np.sort(auc)
    best, rest = ranked[-1], ranked[-2] if len(ranked) > 1 else 0.5
    ahead = best - 0.5 >= _AHEAD * max(rest - 0.5, 0.05)
    alone = (auc == best) & (best >= _TELLS_MUCH) & ahead
    return Alone(auc, (auc >= _TELLS_ALL) | alone)


def _classes(column: Floats, is_category: bool) -> Ints:  # noqa: FBT001 -- a value of the column, no switch
    """Return a class (n,) from 0; 0 is unknown."""
    missing = np.isnan(column)
    if is_category or missing.all():
        return np.where(missing, 0, np.nan_to_num(column) + 1).astype(np.int64)
    cuts = np.unique(np.quantile(column[~missing], np.arange(1, _CLASSES) / _CLASSES))
    place = np.searchsorted(cuts, np.nan_to_num(column), side="right") + 1
    return np.where(missing, 0, place).astype(np.int64)


def _auc_of(classes: Ints, happened: Ints, half: Flags) -> float:
    foretold = np.zeros(len(happened))
    for known in (half, ~half):
        if not known.any() or known.all():
            return 0.5
        base = happened[known].mean()
        size = int(classes.max()) + 1
        left = np.bincount(classes[known], weights=happened[known], minlength=size)
        count = np.bincount(classes[known], minlength=size)
        foretold[~known] = ((left + _PRIOR * base) / (count + _PRIOR))[classes[~known]]
    return ranking(happened, foretold).auc
