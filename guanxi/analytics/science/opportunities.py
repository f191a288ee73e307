"""
BG/BB: customers who may buy once in each period, such as donors or guests of a fair.

Fader, Hardie & Shang 2010, *Customer-base analysis in a discrete-time noncontractual
setting*, Marketing Science 29(6). While alive a customer buys at each opportunity with
probability p ~ beta(α, β), and leaves at the beginning of each with θ ~ beta(γ, δ).
Oracle: 11,104 donors over 6 years, α 1.2035, β .7497, γ .6567, δ 2.7834, LL -33225.58.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma, logsumexp

from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.likelihood import Fit, NotIdentified, maximize

NAMES = ("alpha", "beta", "gamma", "delta")


@dataclass(frozen=True)
class BgBb:
    """The model with its four parameters."""

    alpha: float
    beta: float
    gamma: float
    delta: float

    def alive(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """
        Return P(alive at opportunity n + 1) (n,), from x, t_x and n = T (n,) each.

        Source: the paper, equation 11.
        """
        stayed = betaln(self.alpha + repeats, self.beta + age - repeats)
        stayed = stayed - betaln(self.alpha, self.beta)
        stayed = stayed + betaln(self.gamma, self.delta + age + 1)
        stayed = stayed - betaln(self.gamma, self.delta)
        chance: Floats = np.exp(stayed - self._log_chance(repeats, last, age))
        return chance

    def expected(self, time: Floats) -> Floats:
        """
        Return E[X(n)] (k,): purchases of anybody in the next n = ``time`` opportunities.

        Source: the paper, equation 8; where γ is 1 the limit is taken beside it.
        """
        zero = np.zeros_like(np.asarray(time, np.float64))
        return self.alpha / (self.alpha + self.beta) * self._opportunities(zero, time)

    def expected_given(
        self, repeats: Floats, last: Floats, age: Floats, time: float
    ) -> Floats:
        """Return the purchases (n,) to expect in the next ``time`` opportunities."""
        mean = (self.alpha + repeats) / (self.alpha + self.beta + age)
        stayed = betaln(self.alpha + repeats, self.beta + age - repeats)
        stayed = stayed - betaln(self.alpha, self.beta)
        stayed = stayed - self._log_chance(repeats, last, age)
        found: Floats = (
            mean * np.exp(stayed) * self._opportunities(age, np.full_like(age, time))
        )
        return found

    def _opportunities(self, age: Floats, time: Floats) -> Floats:
        """Return Σ S(age + i) for i = 1..``time``, S the share alive then."""
        gamma = self.gamma if abs(self.gamma - 1) > 1e-7 else 1 + 1e-7
        until = betaln(gamma - 1, self.delta + age + 1) if gamma > 1 else None
        if until is not None:
            later = betaln(gamma - 1, self.delta + age + time + 1)
            found: Floats = (np.exp(until) - np.exp(later)) / np.exp(
                betaln(gamma, self.delta)
            )
            return found
        steps = np.arange(1, int(np.max(time, initial=0)) + 1)[:, None]
        share = betaln(gamma, self.delta + age + steps) - betaln(gamma, self.delta)
        alive: Floats = (np.exp(share) * (steps <= time)).sum(axis=0)
        return alive

    def _log_chance(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        terms, _valid = _terms(self, Histories(repeats, last, age, np.ones(len(age))))
        found: Floats = logsumexp(terms, axis=0)
        return found


def _terms(model: BgBb, once: Histories) -> tuple[Floats, Floats]:
    """
    Return the logarithms of the ways (w, n) to a history, and their ends (w, n).

    The first way is to be alive still; the others end after opportunity t_x + i.
    """
    most = int((once.age - once.last).max(initial=0))
    ends = np.concatenate((once.age[None], once.last + np.arange(most)[:, None]))
    died = np.ones((most + 1, 1))
    died[0] = 0
    possible = (ends < once.age) | (died == 0)
    bought = betaln(model.alpha + once.repeats, model.beta + ends - once.repeats)
    left = betaln(model.gamma + died, model.delta + ends)
    terms = bought + left - betaln(model.alpha, model.beta)
    terms = terms - betaln(model.gamma, model.delta)
    return np.where(possible, terms, -np.inf), ends


def log_likelihood(values: Floats, once: Histories) -> tuple[float, Floats]:
    """Return the log-likelihood of grouped histories at α, β, γ, δ, and its gradient."""
    model = BgBb(*values)
    terms, ends = _terms(model, once)
    total = logsumexp(terms, axis=0)
    share = np.exp(terms - total) * once.weights
    a, b, c, d = values
    died = np.ones((len(terms), 1))
    died[0] = 0
    buying = digamma(a + b) - digamma(a + b + ends)
    leaving = digamma(c + d) - digamma(c + d + died + ends)
    slope = [
        (share * (digamma(a + once.repeats) - digamma(a) + buying)).sum(),
        (share * (digamma(b + ends - once.repeats) - digamma(b) + buying)).sum(),
        (share * (digamma(c + died) - digamma(c) + leaving)).sum(),
        (share * (digamma(d + ends) - digamma(d) + leaving)).sum(),
    ]
    return float(once.weights @ total), np.array(slope)


def fit_bgbb(histories: Histories) -> Fit:
    """
    Fit the model: ``repeats`` purchases in ``age`` opportunities, the last at ``last``.

    :raises NotIdentified: if nobody bought, times are no whole numbers or more than
        10,000, or the likelihood has no summit.
    """
    once = histories.grouped()
    whole = np.concatenate((once.last, once.age))
    if (whole != np.rint(whole)).any() or whole.max(initial=0) > 10_000:
        raise NotIdentified
    if not float(once.repeats @ once.weights) or (once.repeats > once.last).any():
        raise NotIdentified
    start = (1.0, 1.0, 0.5, 2.0)
    return maximize(
        lambda values: log_likelihood(values, once), NAMES, [start], histories.n
    )
