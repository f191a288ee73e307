"""
Gamma-gamma: what customers spend per purchase, independent of how often they buy.

Fader & Hardie 2013, *The gamma-gamma model of monetary value*. The amounts of a customer
are gamma(p, ν), ν ~ gamma(q, γ) over customers. Oracle: the 946 repeat buyers of CDNOW,
p 6.25, q 3.74, γ 15.44, LL -4055.92.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from guanxi.analytics.science.grouped import Floats, dot
from guanxi.analytics.science.likelihood import Fit, NotIdentified, maximize

NAMES = ("p", "q", "gamma")


@dataclass(frozen=True)
class GammaGamma:
    """The model with its parameters; ``gamma`` in units of money."""

    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """Return the mean amount over all customers; infinite where q is at most 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")

    def expected(self, repeats: Floats, mean: Floats) -> Floats:
        """
        Return the amount (n,) to expect per purchase.

        ``repeats`` x and ``mean`` amount of the repeat purchases, (n,) each; the mean of
        whoever has no repeat purchase is not looked at. Source: equation 5.
        """
        spent = np.where(repeats > 0, mean, 0.0) * repeats
        share = self.p * repeats + self.q - 1
        found: Floats = self.p * (self.gamma + spent) / share
        return np.where(share > 0, found, np.inf)


class Likelihood:
    """The log-likelihood of mean amounts, and its gradient; rows are customers."""

    def __init__(self, repeats: Floats, mean: Floats, weights: Floats) -> None:
        some = (repeats > 0) & (mean > 0)
        x, z, self._weights = repeats[some], mean[some], weights[some]
        self.n = float(self._weights.sum())
        self._x, at = np.unique(x, return_inverse=True)
        self._of_x = np.bincount(at, self._weights, len(self._x))
        self._spent, self._by_x = x * z, self._weights * x
        logs = np.log(self._spent)
        self._logs = dot(self._by_x, logs)
        self._of_z = dot(self._weights, np.log(z))

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood at p, q, γ, and its gradient (3,)."""
        p, q, gamma = values
        shape, w = p * self._x, self._of_x
        total = gamma + self._spent
        logs = np.log(total)
        by_weight, by_x = dot(self._weights, logs), dot(self._by_x, logs)
        value = w @ (gammaln(shape + q) - gammaln(shape))
        value += self.n * (q * np.log(gamma) - gammaln(q))
        value += p * (self._logs - by_x) - self._of_z - q * by_weight
        np.reciprocal(total, out=total)
        slope = [
            w @ (self._x * (digamma(shape + q) - digamma(shape))) + self._logs - by_x,
            w @ digamma(shape + q) + self.n * (np.log(gamma) - digamma(q)) - by_weight,
            self.n * q / gamma
            - p * dot(self._by_x, total)
            - q * dot(self._weights, total),
        ]
        return float(value), np.array(slope)


def fit_gamma_gamma(
    repeats: Floats, mean: Floats, weights: Floats | None = None
) -> Fit:
    """
    Fit the model to repeat purchases x and their mean amounts, (n,) each.

    Customers without repeat purchases, or with amounts of 0 or less, have no part.

    :raises NotIdentified: if all spend the same, or the likelihood has no summit.
    """
    likelihood = Likelihood(
        np.asarray(repeats, np.float64),
        np.asarray(mean, np.float64),
        np.ones(len(repeats)) if weights is None else weights,
    )
    if likelihood.n < 1:
        raise NotIdentified
    usual = float(np.median(mean[(repeats > 0) & (mean > 0)]))
    start = (4.0, 3.0, usual / 2)
    return maximize(likelihood, NAMES, [start], likelihood.n)


def spend_and_frequency(repeats: Floats, mean: Floats) -> float:
    """
    Return the correlation of x and mean amount among repeat buyers; NaN of fewer than 3.

    The model assumes that there is none; above .3 or below -.3 its values mislead.
    """
    some = (repeats > 0) & (mean > 0)
    if some.sum() < 3 or np.ptp(repeats[some]) == 0 or np.ptp(mean[some]) == 0:
        return float("nan")
    return float(np.corrcoef(repeats[some], mean[some])[0, 1])
