"""
Shifted beta-geometric: how long customers keep a contract that they renew each period.

Fader & Hardie 2007, *How to project customer retention*, Journal of Interactive Marketing
21(1). At each renewal a customer leaves with probability θ ~ beta(α, β). Oracle: the
paper's two segments over seven years, α .668, β 3.806, LL -1611.2 and α .704, β 1.182,
LL -1680.3.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma, hyp2f1

from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.likelihood import Fit, NotIdentified, maximize

NAMES = ("alpha", "beta")


@dataclass(frozen=True)
class Contracts:
    """The model with its two parameters."""

    alpha: float
    beta: float

    def survival(self, periods: Floats) -> Floats:
        """Return the share (k,) that is still there after ``periods`` (k,) renewals."""
        logs = betaln(self.alpha, self.beta + periods) - betaln(self.alpha, self.beta)
        share: Floats = np.exp(logs)
        return share

    def retention(self, periods: Floats) -> Floats:
        """Return the share (k,) that renews for the ``periods``-th time, from 1."""
        return (self.beta + periods - 1) / (self.alpha + self.beta + periods - 1)

    def residual(self, periods: Floats, discount: float) -> Floats:
        """
        Return DERL (k,): discounted periods to come of who has renewed ``periods`` - 1 times.

        The next renewal counts fully, later ones at 1 / (1 + ``discount``) each. Source:
        Fader & Hardie 2010, *Customer-base valuation in a contractual setting*.
        """
        start = self.beta + periods
        ratio = hyp2f1(1.0, start, self.alpha + start, 1 / (1 + discount))
        found: Floats = self.retention(periods) * ratio
        return found


def fit_contracts(ended: Floats, periods: Floats, weights: Floats) -> Fit:
    """
    Fit the model to contracts, rows (k,).

    ``ended`` 1 where the contract ended at renewal ``periods`` (from 1), 0 where it has
    survived ``periods`` renewals and runs on; ``weights`` how many contracts a row is.

    :raises NotIdentified: if none ended, none was renewed, or there is no summit.
    """
    w_end, w_run = weights * ended, weights * (1 - ended)
    if not (w_end.sum() and (weights * (periods - ended)).sum()):
        raise NotIdentified

    def objective(values: Floats) -> tuple[float, Floats]:
        a, b = values
        last = b + periods - 1
        value = w_end @ betaln(a + 1, last) + w_run @ betaln(a, b + periods)
        value -= weights.sum() * betaln(a, b)
        all_of = digamma(a + b) - digamma(a + b + periods)
        by_a = all_of - digamma(a) + digamma(a + ended)
        by_b = all_of - digamma(b) + digamma(b + periods - ended)
        return float(value), np.array([weights @ by_a, weights @ by_b])

    return maximize(objective, NAMES, [(1.0, 2.0)], float(weights.sum()))
