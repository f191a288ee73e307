"""
BG/NBD: customers buy at their own rate until they stay away after some purchase.

Fader, Hardie & Lee 2005, *"Counting your customers" the easy way: an alternative to the
Pareto/NBD model*, Marketing Science 24(2). While alive a customer buys by a Poisson
process of rate λ ~ gamma(r, α); after each repeat purchase he leaves with probability
p ~ beta(a, b). Oracle: CDNOW, r .2425945, α 4.4136019, a .7929199, b 2.4258881,
LL -9582.429, with time in weeks.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln, hyp2f1, roots_jacobi

from guanxi.analytics.science.grouped import Floats, Ints, dot
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.likelihood import (
    Fit,
    NotIdentified,
    maximize,
    settle,
)

NAMES = ("r", "alpha", "a", "b")
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_SPAN = 60.0  # e-folds after which nothing of what is discounted is left
_POINTS = 100  # of the rule that stands in where the series has a pole
_NEAR_ONE = 1e-6  # how near to 1 ``a`` may be before the limit is taken


@dataclass(frozen=True)
class BgNbd:
    """The model with its four parameters; ``alpha`` in units of time."""

    r: float
    alpha: float
    a: float
    b: float

    def expected(self, time: Floats) -> Floats:
        """
        Return E[X(t)], repeat purchases of anybody within ``time`` (k,) of his first.

        Source: the paper, equation 9, after Euler's transformation of the
        hypergeometric function, which keeps it stable.
        """
        zero = np.zeros_like(time)
        return self._future(zero, zero, np.asarray(time, np.float64))

    def alive(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """
        Return P(alive) (n,) of customers with histories x, t_x, T (n,) each.

        Everybody without a repeat purchase is alive by definition. Source: Fader, Hardie
        & Lee 2008, *Computing P(alive) using the BG/NBD model*.
        Oracle: x 26, t_x 30.857, T 31 of CDNOW: .9688523.
        """
        gone = np.log((self.alpha + age) / (self.alpha + last))
        gone *= -(self.r + repeats)
        gone += np.log((self.b + np.maximum(repeats, 1) - 1) / self.a)
        chance: Floats = expit(gone)
        return np.where(repeats > 0, chance, 1.0)

    def expected_given(
        self, repeats: Floats, last: Floats, age: Floats, time: float
    ) -> Floats:
        """
        Return the purchases (n,) to expect in the next ``time`` from x, t_x, T (n,).

        Source: the paper, equation 10. Oracle: x 26, t_x 30.857, T 31 of CDNOW, 52
        weeks: 25.75659. The costly function is of x and T alone, and computed once for
        each different pair.
        """
        pairs, where = _pairs(repeats, age)
        future = self._future(pairs[0], pairs[1], np.full(pairs.shape[1], time))
        return future[where] * self.alive(repeats, last, age)

    def discounted(
        self, repeats: Floats, last: Floats, age: Floats, rate: float
    ) -> Floats:
        """
        Return all purchases to come (n,), discounted continuously at ``rate`` > 0.

        ∫ e^(-δu) dE(u) = δ ∫ e^(-δu) E(u) du, by Gauss and Legendre's rule in
        ln(α + u); ``rate`` is for one unit of time.
        """
        pairs, where = _pairs(repeats, age)
        low, high = np.log(self.alpha), np.log(self.alpha + _SPAN / rate)
        shifted = np.exp(low + (high - low) / 2 * (1 + _NODES))
        times, widths = shifted - self.alpha, shifted * (high - low) / 2 * _WEIGHTS
        total = np.zeros(pairs.shape[1])
        for time, width in zip(times, widths, strict=True):
            later = self._future(pairs[0], pairs[1], np.full(len(total), time))
            total += rate * width * np.exp(-rate * time) * later
        return total[where] * self.alive(repeats, last, age)

    def present(
        self, repeats: Floats, last: Floats, age: Floats, period: float, values: Floats
    ) -> Floats:
        """
        Return the purchases (n,) of the next periods, each weighed by its present value.

        ``values`` (p,) are those of one unit in each of p periods that last ``period``.
        """
        pairs, where = _pairs(repeats, age)
        total = np.zeros(pairs.shape[1])
        weights = values - np.append(values[1:], 0.0)
        for number, weight in enumerate(weights, 1):
            until = np.full(len(total), number * period)
            total += weight * self._future(pairs[0], pairs[1], until)
        return total[where] * self.alive(repeats, last, age)

    def _future(self, x: Floats, age: Floats, time: Floats) -> Floats:
        """Return what who is alive with x and T (k,) buys in the next ``time`` (k,)."""
        if abs(self.a - 1) < _NEAR_ONE:
            sides = (1 - 2 * _NEAR_ONE, 1 + 2 * _NEAR_ONE)
            low, high = (
                BgNbd(self.r, self.alpha, side, self.b)._future(x, age, time)
                for side in sides
            )
            return (low + high) / 2
        z = time / (self.alpha + age + time)
        c = self.a + self.b + x - 1
        with np.errstate(invalid="ignore", over="ignore"):
            series = hyp2f1(self.a + self.b - 1 - self.r, self.a - 1, c, z)
            left = np.exp((self.a - 1) * np.log1p(-z)) * series
            future: Floats = c / (self.a - 1) * (1 - left)
        for at in np.flatnonzero(~np.isfinite(future) | (np.abs(c) < _NEAR_ONE)):
            future[at] = self._averaged(x[at], age[at], time[at])
        return future

    def _averaged(self, x: float, age: float, time: float) -> float:
        """
        Return the same as the mean over p ~ beta(a, b + x), where the series has a pole.

        Who leaves with probability p buys (1 - ((α+T)/(α+T+pt))^(r+x)) / p; the mean is
        taken by Gauss and Jacobi's rule.
        """
        with np.errstate(invalid="ignore"):  # scipy masks a quotient of zeros
            nodes, weights = roots_jacobi(_POINTS, self.b + x - 1, self.a - 1)
        p = (1 + nodes) / 2
        bought = -np.expm1(-(self.r + x) * np.log1p(p * time / (self.alpha + age))) / p
        return float(weights @ bought / weights.sum())


def _pairs(repeats: Floats, age: Floats) -> tuple[Floats, Ints]:
    """Return the different pairs (2, k) of x and T, and the place of each row (n,)."""
    ages, at = _different(age)
    counts = repeats.astype(np.int64)
    width = len(ages)
    keys = counts * width + at
    top = int(keys.max(initial=0)) + 1
    if top > max(4 * len(keys), 1 << 20):
        different, where = np.unique(keys, return_inverse=True)
    else:
        seen = np.zeros(top, np.bool_)
        seen[keys] = True
        different = np.flatnonzero(seen)
        place = np.zeros(top, np.int32)
        place[different] = np.arange(len(different))
        where = place[keys]
    x, t = np.divmod(different, width)
    return np.stack((x.astype(np.float64), ages[t])), where


def _different(values: Floats) -> tuple[Floats, Ints]:
    """Return the different values ascending and the place of each, like np.unique."""
    steps = values * 7.0
    whole = np.rint(steps).astype(np.int64)
    # Days as weeks, or as days, make few values: a table is faster than sorting.
    if len(values) and np.abs(steps - whole).max() < 1e-9 and whole.max() < 1 << 20:
        seen = np.zeros(int(whole.max()) + 1, np.bool_)
        seen[whole] = True
        present = np.flatnonzero(seen)
        place = np.cumsum(seen) - 1
        return present / 7.0, place[whole]
    different, where = np.unique(values, return_inverse=True)
    return different, where


class Likelihood:
    """
    The log-likelihood of histories, and its gradient, as quick as can be.

    What depends on x alone is summed once for each x, and what depends on one time once
    for each different time; only customers with repeat purchases need more.
    """

    def __init__(self, histories: Histories) -> None:
        once = histories.grouped()
        self._x, at = np.unique(once.repeats, return_inverse=True)
        self._of_x = np.bincount(at, once.weights, len(self._x))
        self._n = once.n
        alone = once.repeats == 0
        self._idle_age, idle_at = np.unique(once.age[alone], return_inverse=True)
        self._idle = np.bincount(idle_at, once.weights[alone], len(self._idle_age))
        some = ~alone
        self._at, self._weights = at[some], once.weights[some]
        self._repeats = once.repeats[some]
        self._ages, self._age_at = np.unique(once.age[some], return_inverse=True)
        self._lasts, self._last_at = np.unique(once.last[some], return_inverse=True)

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood at r, α, a, b, and its gradient (4,)."""
        common, common_slope = self._of_counts(*values)
        idle, idle_slope = self._of_idle(*values)
        active, active_slope = self._of_active(*values)
        return common + idle + active, common_slope + idle_slope + active_slope

    def _of_counts(
        self, r: float, alpha: float, a: float, b: float
    ) -> tuple[float, Floats]:
        x, w, n = self._x, self._of_x, self._n
        value = w @ (gammaln(r + x) + gammaln(b + x) - gammaln(a + b + x))
        value += n * (gammaln(a + b) - gammaln(r) - gammaln(b) + r * np.log(alpha))
        both = n * digamma(a + b) - w @ digamma(a + b + x)
        slope = [
            w @ digamma(r + x) - n * digamma(r) + n * np.log(alpha),
            n * r / alpha,
            both,
            both + w @ digamma(b + x) - n * digamma(b),
        ]
        return float(value), np.array(slope)

    def _of_idle(
        self, r: float, alpha: float, _a: float, _b: float
    ) -> tuple[float, Floats]:
        """Return the part of those who did not come back: (α + T)^-r."""
        logs = self._idle @ np.log(alpha + self._idle_age)
        away = self._idle @ (1 / (alpha + self._idle_age))
        return float(-r * logs), np.array([-logs, -r * away, 0.0, 0.0])

    def _of_active(
        self, r: float, alpha: float, a: float, b: float
    ) -> tuple[float, Floats]:
        w, rate = self._weights, r + self._repeats
        log_age = np.log(alpha + self._ages)[self._age_at]
        log_last = np.log(alpha + self._lasts)[self._last_at]
        odds = (np.log(a) - np.log(b + np.maximum(self._x, 1) - 1))[self._at]
        odds += rate * (log_age - log_last)
        less = np.exp(-np.abs(odds))  # one exponential for ln(1 + e^odds) and its slope
        gone = np.where(odds > 0, 1.0, less) / (1 + less) * w
        value = dot(w, np.maximum(odds, 0) + np.log1p(less) - rate * log_age)
        staying = w - gone
        per_age = (1 / (alpha + self._ages))[self._age_at]
        per_last = (1 / (alpha + self._lasts))[self._last_at]
        per_try = (1 / (b + np.maximum(self._x, 1) - 1))[self._at]
        slope = [
            -(dot(staying, log_age) + dot(gone, log_last)),
            -(dot(staying * rate, per_age) + dot(gone * rate, per_last)),
            gone.sum() / a,
            -dot(gone, per_try),
        ]
        return float(value), np.array(slope)


def fit_bgnbd(histories: Histories) -> Fit:
    """
    Fit the model by maximum likelihood.

    :raises NotIdentified: if nobody came back, or the likelihood has no summit.
    """
    bought = dot(histories.repeats, histories.weights)
    if not bought:
        raise NotIdentified
    pace = dot(histories.age, histories.weights) / bought
    start = (0.5, max(0.5 * pace, 1e-6), 1.0, 2.0)
    return maximize(Likelihood(histories), NAMES, [start], histories.n)


def settle_bgnbd(histories: Histories) -> Fit:
    """
    Fit the model under a weak prior, which decides only what the data do not tell.

    Usual are a purchase rate like the observed one, and that three in four stay.

    :raises NotIdentified: if nobody came back.
    """
    bought = dot(histories.repeats, histories.weights)
    if not bought:
        raise NotIdentified
    pace = dot(histories.age, histories.weights) / bought
    usual = (1.0, max(pace, 1e-6), 1.0, 3.0)
    return settle(Likelihood(histories), NAMES, usual, histories.n)
