"""
The retention value model (客户保持价值模型): what makes customers want to buy again.

Intention to buy again, 0 to 10, is a linear function of satisfaction, perceived value and
switching cost. Linear and not ordered: with twenty-one steps an ordered model asks for
as many cut points and far more customers, and a manager reads "so many points more" at
once. The outcome is bounded and its spread is not the same everywhere, so the standard
errors are those of HC3 (J. S. Long, L. H. Ervin: The American Statistician 54 (2000)
217-224), with Student's t of n - k - 1 degrees of freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from guanxi.analytics.science.grouped import Floats

LEAST = 40
"""Fewer customers than this tell nothing: at least ten for each of the four numbers."""
CONFIDENCE = 0.95
COLLINEAR = 5.0
"""From this variance inflation on, determinants cannot well be told apart."""
_FULL_RANK = 1e-8


class TooFew(ValueError):
    """There are fewer customers than the model needs."""


class NotTold(ValueError):
    """A determinant is the same for all, or follows from the others: ``column``."""

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column


@dataclass(frozen=True)
class Effect:
    """
    What one more point of a determinant does to the intention, the others held.

    ``low`` and ``high`` bound it at the 95 % level; ``p`` is that of no effect at all.
    ``weight`` is the effect in standard deviations, ``inflation`` the VIF.
    """

    value: float
    error: float
    low: float
    high: float
    p: float
    weight: float
    inflation: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out no effect."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class RetentionValue:
    """
    The fitted model: ``effects`` in the order of the determinants, and how well it fits.

    ``spread`` is the standard deviation of what it leaves unexplained, in points;
    ``condition`` the condition number of the standardized determinants.
    """

    n: int
    intercept: float
    effects: Sequence[Effect]
    r2: float
    adjusted_r2: float
    spread: float
    condition: float

    @property
    def is_collinear(self) -> bool:
        """Whether some determinants move together too closely to be told apart."""
        return any(one.inflation >= COLLINEAR for one in self.effects)


def fit_retention_value(determinants: Floats, intention: Floats) -> RetentionValue:
    """
    Fit ``intention`` (n,) to ``determinants`` (n, k), all in points and known.

    :raises TooFew: under `LEAST` customers.
    :raises NotTold: if a determinant is constant or a sum of others, or the intention is
        the same for all (column -1).
    """
    n, k = determinants.shape
    if n < LEAST:
        raise TooFew(n)
    if np.ptp(intention) == 0:
        raise NotTold(-1)
    inflation = _inflation(determinants)
    design = np.column_stack([np.ones(n), determinants])
    inverse = np.linalg.inv(design.T @ design)
    values = inverse @ design.T @ intention
    left = intention - design @ values
    errors = np.sqrt(np.diag(_covariance(design, inverse, left)))
    free = n - k - 1
    quantile = float(stats.t.ppf((1 + CONFIDENCE) / 2, free))
    unexplained = float(left @ left)
    whole = float(((intention - intention.mean()) ** 2).sum())
    weights = values[1:] * determinants.std(axis=0) / intention.std()
    effects = [
        _effect(float(values[at + 1]), float(errors[at + 1]), quantile, free)
        | {"weight": float(weights[at]), "inflation": float(inflation[at])}
        for at in range(k)
    ]
    return RetentionValue(
        n=n,
        intercept=float(values[0]),
        effects=[Effect(**one) for one in effects],
        r2=1 - unexplained / whole,
        adjusted_r2=1 - (unexplained / free) / (whole / (n - 1)),
        spread=float(np.sqrt(unexplained / free)),
        condition=float(np.linalg.cond(_standardized(determinants))),
    )


def _effect(value: float, error: float, quantile: float, free: int) -> dict[str, float]:
    if error == 0:
        low = high = value
        p = 0.0
    else:
        low, high = value - quantile * error, value + quantile * error
        p = float(2 * stats.t.sf(abs(value / error), free))
    return {"value": value, "error": error, "low": low, "high": high, "p": p}


def _covariance(design: Floats, inverse: Floats, left: Floats) -> Floats:
    """Return the covariance of the coefficients that allows for unequal spread (HC3)."""
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    # A point of leverage 1 is met exactly: it tells nothing of the spread.
    free = np.maximum(1 - leverage, _FULL_RANK)
    scaled = design * (left / free)[:, None]
    found: Floats = inverse @ (scaled.T @ scaled) @ inverse
    return found


def _inflation(determinants: Floats) -> Floats:
    """Return the variance inflation factor of each column."""
    n, k = determinants.shape
    found = np.ones(k)
    for at in range(k):
        column = determinants[:, at]
        whole = float(((column - column.mean()) ** 2).sum())
        if whole <= _FULL_RANK:
            raise NotTold(at)
        rest = np.column_stack([np.ones(n), np.delete(determinants, at, axis=1)])
        fitted = rest @ np.linalg.lstsq(rest, column, rcond=None)[0]
        alone = float(((column - fitted) ** 2).sum()) / whole
        if alone <= _FULL_RANK:
            raise NotTold(at)
        found[at] = 1 / alone
    return found


def _standardized(determinants: Floats) -> Floats:
    found: Floats = (determinants - determinants.mean(axis=0)) / determinants.std(
        axis=0
    )
    return found
