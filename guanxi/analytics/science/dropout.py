"""
Pareto/NBD and GG/NBD: customers buy at their own rate until they leave at their own time.

Both share one likelihood. While alive a customer buys by a Poisson process of rate
λ ~ gamma(r, α). The time at which he leaves has survival S and density f, mixed over
customers:

- Pareto/NBD (Schmittlein, Morrison & Colombo 1987, *Counting your customers*, Management
  Science 33(1)): S(τ) = (β / (β + τ))^s.
- GG/NBD (Bemmaor & Glady 2012, *Modeling purchasing behavior with sudden "death"*,
  Management Science 58(5)): S(τ) = (β / (β - 1 + e^bτ))^s.

L = Γ(r+x)/Γ(r) α^r { (α+T)^-(r+x) S(T) + ∫ (α+τ)^-(r+x) f(τ) dτ from t_x to T }.

The integral is taken by Gauss and Legendre's rule in ln(c + τ), relative to the value at
t_x: no difference of hypergeometric functions that cancel, and derivatives under the
integral. Oracle: CDNOW, Pareto/NBD r .553, α 10.578, s .606, β 11.669, LL -9594.976;
GG/NBD LL -9594.98; and the closed form by ``scipy.special.hyp2f1``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from scipy.special import digamma, gammaln, hyperu

from guanxi.analytics.science.grouped import Floats, dot
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.likelihood import Fit, NotIdentified, maximize

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_SPAN = 60.0  # e-folds after which nothing of the integral is left
_ROWS = 2048  # histories integrated at a time, so that they stay in the cache

# Logarithm (..., m) of survival or density and its gradient (j, ..., m).
Logs: TypeAlias = tuple[Floats, Floats]


class Leaving(ABC):
    """A model of the family: what follows from when customers leave."""

    r: float
    alpha: float

    @abstractmethod
    def log_survival(self, time: Floats) -> Logs:
        """Return ln S and its gradient by the parameters after r and α."""

    @abstractmethod
    def log_density(self, time: Floats) -> Logs:
        """Return ln f and its gradient by the parameters after r and α."""

    @abstractmethod
    def scale(self) -> float:
        """Return the time within which leaving changes most."""

    @abstractmethod
    def remaining(self, age: Floats, time: float) -> Floats:
        """Return ∫ S(T+u)/S(T) du over 0..``time``, for ages T (n,)."""

    @abstractmethod
    def remaining_discounted(self, age: Floats, rate: float) -> Floats:
        """Return ∫ S(T+u)/S(T) e^(-rate u) du over all times, for ages T (n,)."""

    def expected(self, time: Floats) -> Floats:
        """Return E[X(t)] (k,): repeat purchases of anybody within ``time`` (k,)."""
        zero = np.zeros(1)
        alive = [self.remaining(zero, float(t))[0] for t in np.atleast_1d(time)]
        return self.r / self.alpha * np.array(alive)

    def alive(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """Return P(alive) (n,) from histories x, t_x, T (n,) each."""
        stayed, left = _chances(self, repeats, last, age)
        return stayed / (stayed + left)

    def expected_given(
        self, repeats: Floats, last: Floats, age: Floats, time: float
    ) -> Floats:
        """Return the purchases (n,) to expect in the next ``time`` from x, t_x, T."""
        return _pace(self, repeats, last, age) * _by_age(
            age, lambda ages: self.remaining(ages, time)
        )

    def discounted(
        self, repeats: Floats, last: Floats, age: Floats, rate: float
    ) -> Floats:
        """
        Return DERT (n,): all purchases to come, discounted continuously at ``rate``.

        ``rate`` for one unit of time, above 0. Source: Fader, Hardie & Lee 2005, *RFM
        and CLV: using iso-value curves for customer base analysis*.
        """
        return _pace(self, repeats, last, age) * _by_age(
            age, lambda ages: self.remaining_discounted(ages, rate)
        )


@dataclass(frozen=True)
class ParetoNbd(Leaving):
    """Pareto/NBD with its parameters; ``alpha`` and ``beta`` in units of time."""

    r: float
    alpha: float
    s: float
    beta: float

    def log_survival(self, time: Floats) -> Logs:
        """Return ln S and its gradient by s, β."""
        ratio = np.log(self.beta) - np.log(self.beta + time)
        by_beta = self.s / self.beta - self.s / (self.beta + time)
        return self.s * ratio, np.stack((ratio, by_beta))

    def log_density(self, time: Floats) -> Logs:
        """Return ln f and its gradient by s, β."""
        logs = np.log(self.beta + time)
        ratio = np.log(self.beta) - logs
        by_beta = self.s / self.beta - (self.s + 1) / (self.beta + time)
        value = np.log(self.s) + self.s * ratio - logs
        return value, np.stack((1 / self.s + ratio, by_beta))

    def scale(self) -> float:
        """Return β."""
        return self.beta

    def remaining(self, age: Floats, time: float) -> Floats:
        """Return (β+T)/(s-1) (1 - ((β+T)/(β+T+t))^(s-1)), also where s is 1."""
        scale = self.beta + age
        logs = np.log1p(time / scale)
        power = self.s - 1
        if abs(power) < 1e-12:
            return scale * logs
        return -scale * np.expm1(-power * logs) / power

    def remaining_discounted(self, age: Floats, rate: float) -> Floats:
        """Return (β+T) U(1, 2-s, δ(β+T)), U Tricomi's confluent function."""
        scale = self.beta + age
        found: Floats = scale * hyperu(1.0, 2.0 - self.s, rate * scale)
        return found


@dataclass(frozen=True)
class GgNbd(Leaving):
    """GG/NBD with its parameters; ``alpha`` in units of time, ``b`` in their inverse."""

    r: float
    alpha: float
    b: float
    s: float
    beta: float

    def _log_growth(self, time: Floats) -> Floats:
        """Return ln(β - 1 + e^bτ) without overflow, and exact near 0."""
        grown = self.b * time
        near = np.log(self.beta + np.expm1(np.minimum(grown, 1.0)))
        far = grown + np.log1p((self.beta - 1) * np.exp(-np.maximum(grown, 1.0)))
        return np.where(grown < 1, near, far)

    def log_survival(self, time: Floats) -> Logs:
        """Return ln S and its gradient by b, s, β."""
        growth = self._log_growth(time)
        ratio = np.log(self.beta) - growth
        by_b = -self.s * time * np.exp(self.b * time - growth)
        by_beta = self.s * (1 / self.beta - np.exp(-growth))
        return self.s * ratio, np.stack((by_b, ratio, by_beta))

    def log_density(self, time: Floats) -> Logs:
        """Return ln f and its gradient by b, s, β."""
        growth = self._log_growth(time)
        ratio = np.log(self.beta) - growth
        value = np.log(self.b * self.s) + self.s * ratio + self.b * time - growth
        share = np.exp(self.b * time - growth)
        by_b = 1 / self.b + time - (self.s + 1) * time * share
        by_beta = self.s / self.beta - (self.s + 1) * np.exp(-growth)
        return value, np.stack((by_b, 1 / self.s + ratio, by_beta))

    def scale(self) -> float:
        """Return the time within which the hazard grows."""
        return min(self.beta, 1.0) / self.b

    def remaining(self, age: Floats, time: float) -> Floats:
        """Return ∫ S(T+u)/S(T) du over 0..``time`` by the same rule as the likelihood."""
        return self._integrated(age, np.full_like(age, time), 0.0)

    def remaining_discounted(self, age: Floats, rate: float) -> Floats:
        """Return the discounted integral, cut where nothing is left of it."""
        return self._integrated(age, np.full_like(age, _SPAN / rate), rate)

    def _integrated(self, age: Floats, span: Floats, rate: float) -> Floats:
        time, width = _nodes(self.scale(), age, age + span)
        survival = self.log_survival(time)[0] - self.log_survival(age)[0][:, None]
        found: Floats = (np.exp(survival - rate * (time - age[:, None])) * width).sum(
            axis=1
        )
        return found


def _nodes(scale: float, begin: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return times and widths (n, 40) to integrate over ``begin``..``end`` (n,)."""
    low = np.log(scale + begin)
    half = (np.log(scale + end) - low) / 2
    shifted = np.exp(low[:, None] + half[:, None] * (1 + _NODES))
    return shifted - scale, shifted * half[:, None] * _WEIGHTS


def _end(alpha: float, rate: Floats, last: Floats, age: Floats) -> Floats:
    """Return where the integral ends: T, or where purchases rule out being alive."""
    span = (alpha + last) * np.expm1(np.minimum(_SPAN / rate, 500.0))
    return np.minimum(age, last + span)


def _relative(model: Leaving, rate: Floats, last: Floats, time: Floats) -> Floats:
    """Return ln of ((α+τ)/(α+t_x))^-(r+x), for times (n, m) or (n,)."""
    return -rate * np.log((model.alpha + time) / (model.alpha + last))


def _chances(
    model: Leaving, repeats: Floats, last: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """Return how likely, up to one factor, a customer stayed or left, (n,) each."""
    rate = model.r + repeats
    until_last = model.log_survival(last)[0]
    stayed = _relative(model, rate, last, age) + model.log_survival(age)[0] - until_last
    left = np.empty(len(repeats))
    for start in range(0, len(repeats), _ROWS):
        part = slice(start, start + _ROWS)
        end = _end(model.alpha, rate[part], last[part], age[part])
        time, width = _nodes(min(model.alpha, model.scale()), last[part], end)
        logs = _relative(model, rate[part, None], last[part, None], time)
        logs += model.log_density(time)[0] - until_last[part, None]
        left[part] = (np.exp(logs) * width).sum(axis=1)
    return np.exp(stayed), left


def _pace(model: Leaving, repeats: Floats, last: Floats, age: Floats) -> Floats:
    """Return the purchases per unit of time to expect of each now, dead or alive."""
    stayed, left = _chances(model, repeats, last, age)
    return stayed / (stayed + left) * (model.r + repeats) / (model.alpha + age)


def _by_age(age: Floats, law: Callable[[Floats], Floats]) -> Floats:
    """Return ``law`` of each age (n,), computed once for each different one."""
    ages, where = np.unique(age, return_inverse=True)
    return law(ages)[where]


def log_likelihood(model: ParetoNbd | GgNbd, once: Histories) -> tuple[float, Floats]:
    """Return the log-likelihood of grouped histories and its gradient (k,)."""
    rate = model.r + once.repeats
    value = dot(once.weights, gammaln(rate) - gammaln(model.r))
    value += once.n * model.r * np.log(model.alpha)
    slope = np.zeros(len(fields(model)))
    slope[0] = dot(once.weights, digamma(rate) - digamma(model.r))
    slope[0] += once.n * np.log(model.alpha)
    slope[1] = once.n * model.r / model.alpha
    for start in range(0, len(rate), _ROWS):
        part = slice(start, start + _ROWS)
        logs, gradient = _of_part(model, rate[part], once.last[part], once.age[part])
        value += dot(once.weights[part], logs)
        slope += np.einsum("ki,i->k", gradient, once.weights[part])
    return float(value), slope


def _of_part(
    model: ParetoNbd | GgNbd, rate: Floats, last: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """Return ln of the braces (n,) and its gradient (k, n)."""
    survived, survived_slope = model.log_survival(age)
    until_last = model.log_survival(last)[0]
    stayed = np.exp(_relative(model, rate, last, age) + survived - until_last)
    end = _end(model.alpha, rate, last, age)
    time, width = _nodes(min(model.alpha, model.scale()), last, end)
    density, density_slope = model.log_density(time)
    logs = _relative(model, rate[:, None], last[:, None], time)
    mass = np.exp(logs + density - until_last[:, None]) * width
    total = stayed + mass.sum(axis=1)
    base = until_last - rate * np.log(model.alpha + last)
    gradient = np.concatenate(
        (
            _buying_slope(model.alpha, rate, stayed, age[:, None], mass, time),
            stayed * survived_slope + (mass * density_slope).sum(axis=2),
        )
    )
    return base + np.log(total), gradient / total


def _buying_slope(
    alpha: float, rate: Floats, stayed: Floats, age: Floats, mass: Floats, time: Floats
) -> Floats:
    """Return the gradient by r and α of the braces, (2, n)."""
    by_r = -(stayed * np.log(alpha + age[:, 0]))
    by_r -= (mass * np.log(alpha + time)).sum(axis=1)
    by_alpha = stayed / (alpha + age[:, 0]) + (mass / (alpha + time)).sum(axis=1)
    return np.stack((by_r, -rate * by_alpha))


def fit_pareto_nbd(histories: Histories) -> Fit:
    """
    Fit Pareto/NBD by maximum likelihood.

    :raises NotIdentified: if nobody came back, or the likelihood has no summit.
    """
    pace, age = _typical(histories)
    starts = [(0.5, 0.5 * pace, 0.5, 0.5 * age)]
    return _fitted(ParetoNbd, histories, starts)


def fit_gg_nbd(histories: Histories) -> Fit:
    """
    Fit GG/NBD by maximum likelihood.

    Where b goes to 0 the model becomes Pareto/NBD with β/b for its β; that limit is an
    answer, without standard errors.

    :raises NotIdentified: if nobody came back.
    """
    pace, age = _typical(histories)
    starts = [
        (0.5, 0.5 * pace, 0.02 / age, 0.5, 0.01),
        (0.5, 0.5 * pace, 1.0 / age, 0.5, 1.0),
    ]
    return _fitted(GgNbd, histories, starts, loose=(2, 4))  # b and β


def _typical(histories: Histories) -> tuple[float, float]:
    """Return the usual time between purchases, and the mean age."""
    bought = dot(histories.repeats, histories.weights)
    ages = dot(histories.age, histories.weights)
    if not bought or not ages:
        raise NotIdentified
    return ages / bought, ages / histories.n


def _fitted(
    family: type[ParetoNbd] | type[GgNbd],
    histories: Histories,
    starts: Sequence[Sequence[float]],
    *,
    loose: tuple[int, ...] = (),
) -> Fit:
    once = histories.grouped()
    return maximize(
        lambda values: log_likelihood(family(*values), once),
        tuple(field.name for field in fields(family)),
        starts,
        histories.n,
        loose=loose,
    )
