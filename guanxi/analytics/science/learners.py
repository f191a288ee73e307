"""Two learners of a yes or no: one adds up columns, the other grows trees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from guanxi.analytics.science.grouped import Flags, Floats, Ints

Matrix: TypeAlias = npt.NDArray[np.float64]  # (n, columns); a category is its code

LINEAR, BOOSTED = "logistic", "boosting"
SIGMOID, ISOTONIC = "sigmoid", "isotonic"
_INNER_FOLDS = 3
_ROWS_AT_ONCE = 100_000
_FOR_ISOTONIC = 1000  # of each outcome: a staircase needs many (Niculescu-Mizil 2005)


class Learner(Protocol):
    """Learns from rows and gives each row a score: log-odds, the higher the likelier."""

    def fit(self, matrix: Matrix, happened: Ints) -> "Learner":
        """Learn from ``matrix`` (n, c) and ``happened`` (n,) 0 or 1."""
        ...

    def score(self, matrix: Matrix) -> Floats:
        """Return the log-odds (n,) before calibration."""
        ...


class Linear:
    """
    Logistic regression on standardized columns, one column per level of a category.

    A skewed column stands beside its logarithm ln(1 + value − smallest); a missing
    number becomes the mean and gets a column of its own. Penalty: L2 with C = 1.
    """

    def __init__(self, is_category: Flags, seed: int) -> None:
        self._is_category, self._seed = is_category, seed
        self._model = LogisticRegression(C=1.0, solver="newton-cholesky")

    def fit(self, matrix: Matrix, happened: Ints) -> "Linear":
        """Learn the columns' means and spreads, then the weights."""
        self._plans = [
            _plan(column, is_category=bool(kind))
            for column, kind in zip(matrix.T, self._is_category, strict=True)
        ]
        wide = self._widened(matrix)
        self._mean, spread = wide.mean(axis=0), wide.std(axis=0)
        self._spread = np.where(spread > 0, spread, 1.0)
        self._model.fit((wide - self._mean) / self._spread, happened)
        return self

    def score(self, matrix: Matrix) -> Floats:
        """Return the log-odds (n,)."""
        weights = self._model.coef_[0] / self._spread
        shift = float(self._model.intercept_[0]) - float(self._mean @ weights)
        return _by_chunks(lambda rows: self._widened(rows) @ weights + shift, matrix)

    def added(self, matrix: Matrix) -> Matrix:
        """Return what each column adds to the log-odds (n, c), against its mean."""
        weights, found, start = self._model.coef_[0] / self._spread, [], 0
        for plan, column in zip(self._plans, matrix.T, strict=True):
            wide = plan.widened(column)
            part = slice(start, start + wide.shape[1])
            found.append((wide - self._mean[part]) @ weights[part])
            start = part.stop
        return np.column_stack(found)

    def _widened(self, matrix: Matrix) -> Matrix:
        parts: list[Matrix] = [
            plan.widened(column)
            for plan, column in zip(self._plans, matrix.T, strict=True)
        ]
        wide: Matrix = np.concatenate(parts, axis=1)
        return wide


@dataclass(frozen=True, eq=False)
class _Plan:
    """How one column becomes several: levels, or value, logarithm and missing."""

    levels: Floats | None
    mean: float
    smallest: float
    skewed: bool
    gaps: bool

    def widened(self, column: Floats) -> Matrix:
        if self.levels is not None:
            own: Matrix = (column[:, None] == self.levels).astype(np.float64)
            return own
        missing = np.isnan(column)
        filled = np.where(missing, self.mean, column)
        parts = [filled]
        if self.skewed:
            parts.append(np.log1p(np.maximum(filled - self.smallest, 0.0)))
        if self.gaps:
            parts.append(missing.astype(np.float64))
        return np.stack(parts, axis=1)


def _plan(column: Floats, *, is_category: bool) -> _Plan:
    known = column[~np.isnan(column)]
    if is_category:
        return _Plan(np.unique(known), 0.0, 0.0, skewed=False, gaps=False)
    gaps = len(known) < len(column)
    if not len(known):
        return _Plan(None, 0.0, 0.0, skewed=False, gaps=gaps)
    many = len(np.unique(known[:_ROWS_AT_ONCE])) > 10
    return _Plan(None, float(known.mean()), float(known.min()), skewed=many, gaps=gaps)


class Boosted:
    """
    Gradient boosting of small trees on binned columns (Friedman 2001; Ke et al. 2017).

    Small steps and leaves of at least 40 customers: tables of customers are noisy.
    """

    def __init__(self, is_category: Flags, seed: int) -> None:
        self._model = HistGradientBoostingClassifier(
            learning_rate=0.03,
            max_iter=200,
            max_leaf_nodes=6,
            min_samples_leaf=40,
            l2_regularization=5.0,
            categorical_features=is_category,
            early_stopping=False,
            random_state=seed,
        )

    def fit(self, matrix: Matrix, happened: Ints) -> "Boosted":
        """Grow the trees."""
        # on small tables threads wait for each other longer than they work
        with threadpool_limits(1 if len(matrix) < _ROWS_AT_ONCE else None):
            self._model.fit(matrix, happened)
        return self

    def score(self, matrix: Matrix) -> Floats:
        """Return the log-odds (n,)."""
        return _by_chunks(self._model.decision_function, matrix)


def _by_chunks(score: Callable[[Matrix], Floats], matrix: Matrix) -> Floats:
    parts = [
        score(matrix[at : at + _ROWS_AT_ONCE])
        for at in range(0, len(matrix), _ROWS_AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def learner(name: str, is_category: Flags, seed: int) -> Learner:
    """Return a new learner by name: ``LINEAR`` or ``BOOSTED``."""
    return (Linear if name == LINEAR else Boosted)(is_category, seed)


class Calibrator:
    """
    Turns scores into probabilities that come true as often as they say.

    Sigmoid: Platt 1999, a logistic curve over the score. Isotonic: Zadrozny & Elkan
    2002, the best staircase that never falls. Learned from scores of rows that the
    learner had not seen.
    """

    def __init__(self, method: str, scores: Floats, happened: Ints) -> None:
        self._curve = (
            LogisticRegression(C=1e6).fit(scores[:, None], happened)
            if method == SIGMOID
            else IsotonicRegression(out_of_bounds="clip").fit(scores, happened)
        )
        self._method = method
        # a staircase says 0 and 1 where few were seen: one customer's worth is kept off
        self._margin = 0.5 / (len(scores) + 1)

    def __call__(self, scores: Floats) -> Floats:
        """Return the probabilities (n,) of scores (n,)."""
        if self._method == SIGMOID:
            chance: Floats = self._curve.predict_proba(scores[:, None])[:, 1]
            return chance
        stairs = self._curve.predict(scores)
        safe: Floats = np.clip(stairs, self._margin, 1 - self._margin)
        return safe


def calibrations(happened: Ints) -> tuple[str, ...]:
    """Return the methods that are worth trying on so many of each outcome."""
    rarer = min(int(happened.sum()), int((1 - happened).sum()))
    return (SIGMOID, ISOTONIC) if rarer >= _FOR_ISOTONIC else (SIGMOID,)


def unseen_scores(
    name: str, matrix: Matrix, happened: Ints, is_category: Flags, seed: int
) -> Floats:
    """Return a score (n,) of every row by a learner that was not given that row."""
    scores = np.zeros(len(happened))
    folds = StratifiedKFold(_INNER_FOLDS, shuffle=True, random_state=seed)
    for known, unseen in folds.split(matrix, happened):
        taught = learner(name, is_category, seed).fit(matrix[known], happened[known])
        scores[unseen] = taught.score(matrix[unseen])
    return scores
