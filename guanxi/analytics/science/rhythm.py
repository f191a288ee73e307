"""
The rhythm of a customer: the usual gap between purchase days, and when silence is long.

Each customer has a level and a regularity of the logarithm of gaps (as the log-normal of
Lawrence 1980, "The lognormal distribution of buying frequency rates"); both are drawn
towards all customers as far as the own gaps are few (empirical Bayes: variance components
by moments, Searle, Casella & McCulloch 1992; drawn-in variances as in Smyth 2004). The
shape of the upper tail is not assumed but read off: how far last gaps went beyond what the
gaps before them foretold.
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np

from guanxi.analytics.science.grouped import (
    Flags,
    Floats,
    Ints,
    group_median,
    group_sum,
)
from guanxi.analytics.science.purchases import Purchases

_UNKNOWN_VARIANCE = log(2) ** 2  # nobody has two gaps yet: half to double is ordinary


@dataclass(frozen=True)
class RhythmSettings:
    """When silence is called long."""

    quantile: float = 0.95  # this share of own gaps is shorter than the limit
    own_gaps: int = 2  # fewer gaps: the population speaks for the customer
    floor_days: int = 7  # silence up to a week is never long
    prior_gaps: float = 4.0  # weight of the population's regularity, in gaps
    return_quantile: float = 0.8  # of first-time buyers who came back at all
    default_gap_days: int = 90  # before anybody has bought twice
    foretold_customers: int = 100  # fewer: the normal tail instead of the seen one

    def __post_init__(self) -> None:
        """:raises ValueError: if a quantile is not inside (0.5, 1) or a count too low."""
        if not (0.5 < self.quantile < 1 and 0.5 < self.return_quantile < 1):
            raise ValueError("quantiles must lie between 0.5 and 1")
        if self.own_gaps < 1 or self.default_gap_days < 1 or self.prior_gaps <= 0:
            raise ValueError("gaps must be positive")


@dataclass(frozen=True)
class Population:
    """
    What all customers together say about gaps; variances of the logarithm of days.

    ``tail`` is how many predicted standard deviations the limit lies above the level.
    """

    log_mean: float
    between: float
    within: float
    typical_gap_days: float
    usual_return_days: float
    tail: float


@dataclass(frozen=True, eq=False)
class Rhythm:
    """
    The rhythm of n customers, all (n,), days.

    ``typical`` is the own median gap where ``is_own``, else the population's. ``mean``,
    ``sd`` and ``last`` describe the own gaps (NaN without). ``limit`` is the silence that
    is long for this customer.
    """

    gap_count: Ints
    is_own: Flags
    typical: Floats
    mean: Floats
    sd: Floats
    last: Floats
    limit: Floats
    population: Population


def rhythm(purchases: Purchases, settings: RhythmSettings) -> Rhythm:
    """Return the rhythm of each customer and of the population."""
    logs = _log_gaps(purchases)
    population = _population(purchases, logs, settings)
    is_own = logs.count >= settings.own_gaps
    median = group_median(purchases.gaps, purchases.gap_owners, purchases.gap_offsets)
    mean, sd = _mean_and_sd(purchases, logs.count)
    return Rhythm(
        gap_count=logs.count,
        is_own=is_own,
        typical=np.where(is_own, median, population.typical_gap_days),
        mean=mean,
        sd=sd,
        last=_last_gaps(purchases, logs.count),
        limit=silence_limit(logs, population, settings),
        population=population,
    )


@dataclass(frozen=True, eq=False)
class LogGaps:
    """
    The logarithms of own gaps of n customers, all (n,).

    Their ``count``, ``mean``, sum of squared deviations ``squares``, and the ``last`` one;
    0 where there is none.
    """

    count: Ints
    mean: Floats
    squares: Floats
    last: Floats

    def without_last(self) -> "LogGaps":
        """Return the same before the last gap happened."""
        left = np.maximum(self.count - 1, 1)
        mean = (self.mean * self.count - self.last) / left
        fell = (self.last - self.mean) ** 2 * self.count / left
        squares = np.maximum(self.squares - fell, 0.0)
        return LogGaps(np.maximum(self.count - 1, 0), mean, squares, self.last)


def _log_gaps(purchases: Purchases) -> LogGaps:
    owners, n = purchases.gap_owners, len(purchases)
    values, count = np.log(purchases.gaps), purchases.day_counts - 1
    mean = group_sum(values, owners, n) / np.maximum(count, 1)
    squares = group_sum((values - mean[owners]) ** 2, owners, n)
    last = np.zeros(n)
    last[count > 0] = values[purchases.gap_offsets[1:][count > 0] - 1]
    return LogGaps(count, mean, squares, last)


def _population(
    purchases: Purchases, logs: LogGaps, settings: RhythmSettings
) -> Population:
    some = logs.count > 0
    if not some.any():
        return _unknown_population(settings)
    count, means = logs.count[some], logs.mean[some]
    log_mean = float(means.mean())
    freedom = int((count - 1).sum())
    within = float(logs.squares.sum()) / freedom if freedom else _UNKNOWN_VARIANCE
    between = max(0.0, float(means.var()) - within * float((1 / count).mean()))
    first_gaps = purchases.gaps[purchases.gap_offsets[:-1][some]]
    return Population(
        log_mean=log_mean,
        between=between,
        within=within,
        typical_gap_days=exp(log_mean),
        usual_return_days=float(np.quantile(first_gaps, settings.return_quantile)),
        tail=_seen_tail(logs, (log_mean, between, within), settings),
    )


def _unknown_population(settings: RhythmSettings) -> Population:
    gap = settings.default_gap_days
    z = NormalDist().inv_cdf(settings.return_quantile)
    return Population(
        log_mean=log(gap),
        between=0.0,
        within=_UNKNOWN_VARIANCE,
        typical_gap_days=float(gap),
        usual_return_days=gap * exp(z * sqrt(_UNKNOWN_VARIANCE)),
        tail=NormalDist().inv_cdf(settings.quantile),
    )


def _seen_tail(
    logs: LogGaps, moments: tuple[float, float, float], settings: RhythmSettings
) -> float:
    """Return the quantile of last gaps, measured by what was foretold before them."""
    level, spread = _foretold(logs.without_last(), moments, settings.prior_gaps)
    judged = (logs.count > settings.own_gaps) & (spread > 0)
    if np.count_nonzero(judged) < settings.foretold_customers:
        return NormalDist().inv_cdf(settings.quantile)
    beyond = (logs.last[judged] - level[judged]) / spread[judged]
    return max(0.0, float(np.quantile(beyond, settings.quantile)))


def silence_limit(
    logs: LogGaps, population: Population, settings: RhythmSettings
) -> Floats:
    """
    Return the whole days (n,) that the next gap exceeds with chance 1 - quantile.

    exp(level + tail·spread) of the own gaps, of the population for customers with fewer
    than ``own_gaps``; the usual return time for first-time buyers; never below the floor.
    """
    trusted = np.where(logs.count >= settings.own_gaps, logs.count, 0)
    own = LogGaps(trusted, logs.mean, logs.squares, logs.last)
    moments = population.log_mean, population.between, population.within
    level, spread = _foretold(own, moments, settings.prior_gaps)
    limit = np.exp(level + population.tail * spread)
    limit[logs.count == 0] = population.usual_return_days
    # days are whole; what exp and log lose must not make a punctual customer late
    whole: Floats = np.floor(np.maximum(limit, settings.floor_days) + 1e-6)
    return whole


def _foretold(
    logs: LogGaps, moments: tuple[float, float, float], prior: float
) -> tuple[Floats, Floats]:
    """
    Return the level and the spread (n,) that the logarithm of the next gap is given.

    level = m + w·(own mean - m), w = τ²k / (τ²k + σ²), spread² = σ² + (1 - w)·τ²; the
    own variance σ² is drawn to the population's with the weight of ``prior`` gaps.
    ``moments`` are m, τ² between and σ² within customers. Without own gaps w = 0.
    """
    log_mean, between, within = moments
    squares = np.where(logs.count > 0, logs.squares, 0.0)
    variance = (prior * within + squares) / (prior + np.maximum(logs.count - 1, 0))
    signal = between * logs.count
    weight = np.zeros(len(signal))  # stays 0 where nobody differs from anybody
    np.divide(signal, signal + variance, out=weight, where=signal + variance > 0)
    level = log_mean + weight * (logs.mean - log_mean)
    return level, np.sqrt(variance + (1 - weight) * between)


def _mean_and_sd(purchases: Purchases, count: Ints) -> tuple[Floats, Floats]:
    n, gaps = len(count), purchases.gaps
    span = (purchases.last_days - purchases.first_days).astype(np.float64)
    squares = group_sum(gaps * gaps, purchases.gap_owners, n)
    mean, variance = np.full(n, np.nan), np.full(n, np.nan)
    np.divide(span, count, out=mean, where=count > 0)
    # whole days: k·Σg² - (Σg)² is exact, so equal gaps give exactly 0
    exact = count * squares - span * span
    np.divide(exact, count * (count - 1), out=variance, where=count > 1)
    return mean, np.sqrt(variance)


def _last_gaps(purchases: Purchases, count: Ints) -> Floats:
    last = np.full(len(count), np.nan)
    some = count > 0
    last[some] = purchases.gaps[purchases.gap_offsets[1:][some] - 1]
    return last
