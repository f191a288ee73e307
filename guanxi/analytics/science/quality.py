"""How good probabilities are: ranking, calibration, lift; all on customers not trained on."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from guanxi.analytics.science.grouped import Floats, Ints

_LEAST = 1e-12  # probabilities are kept off 0 and 1 before a logarithm is taken


@dataclass(frozen=True)
class Ranking:
    """Area under the ROC curve, its standard error and the ends of its interval."""

    auc: float
    error: float
    low: float
    high: float


def ranking(happened: Ints, scores: Floats, level: float = 0.95) -> Ranking:
    """
    Return the AUC of ``scores`` (n,) for ``happened`` (n,) 0 or 1; ties count half.

    The chance that one who left has a higher score than one who stayed. Standard error:
    DeLong, DeLong & Clarke-Pearson 1988 by midranks (Sun & Xu 2014). Oracle: counting
    all pairs; scikit-learn's roc_auc_score.

    :raises ValueError: if only one outcome occurs.
    """
    is_one = happened == 1
    ones, zeros = int(is_one.sum()), int((~is_one).sum())
    if not ones or not zeros:
        raise ValueError("both outcomes must occur")
    ranks = rankdata(scores)
    above = (ranks[is_one] - rankdata(scores[is_one])) / zeros
    below = 1 - (ranks[~is_one] - rankdata(scores[~is_one])) / ones
    auc = float(above.mean())
    variance = _variance(above) / ones + _variance(below) / zeros
    error = float(np.sqrt(variance))
    reach = float(ndtri((1 + level) / 2)) * error
    return Ranking(auc, error, max(0.0, auc - reach), min(1.0, auc + reach))


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def log_loss(happened: Ints, chance: Floats) -> float:
    """Return the mean negative log-likelihood per customer, natural logarithm."""
    safe = np.clip(chance, _LEAST, 1 - _LEAST)
    return float(-np.mean(np.where(happened == 1, np.log(safe), np.log1p(-safe))))


def brier(happened: Ints, chance: Floats) -> float:
    """Return the mean squared error of the probabilities (Brier 1950)."""
    return float(np.mean((chance - happened) ** 2))


@dataclass(frozen=True, eq=False)
class Calibration:
    """Ten classes (10,) of equal width: customers, mean probability, share that left."""

    low: Floats
    count: Ints
    foretold: Floats
    happened: Floats

    @property
    def error(self) -> float:
        """
        Expected calibration error: Σ nₖ/n · |share that left − mean probability|.

        Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017: ten classes [0, .1), …, [.9, 1].
        """
        filled = self.count > 0
        gaps = np.abs(self.foretold - self.happened)[filled]
        return float(np.sum(gaps * self.count[filled]) / self.count.sum())


def calibration(happened: Ints, chance: Floats) -> Calibration:
    """Return how probabilities (n,) compare with what happened; NaN in empty classes."""
    place = np.minimum((chance * 10).astype(np.int64), 9)
    count = np.bincount(place, minlength=10)
    foretold, seen = np.full(10, np.nan), np.full(10, np.nan)
    for share, values in ((foretold, chance), (seen, happened)):
        sums = np.bincount(place, weights=values, minlength=10)
        np.divide(sums, count, out=share, where=count > 0)
    return Calibration(np.arange(10) / 10, count, foretold, seen)


@dataclass(frozen=True, eq=False)
class Lift:
    """
    Ten groups (10,) by falling probability: customers, how many left, and the lift.

    ``lift`` = share that left in the group ÷ share of all; ``reached`` is the share of
    all who left that lies in this group and those above it.
    """

    count: Ints
    left: Floats
    lift: Floats
    reached: Floats


def lift_table(happened: Ints, chance: Floats) -> Lift:
    """
    Return the lift of each tenth of n customers, highest probability first.

    Customers of equal probability share their outcome evenly, so that the order of rows
    says nothing. Oracle: sorting and counting.
    """
    order = np.argsort(-chance, kind="stable")
    ranked = chance[order]
    starts = np.flatnonzero(np.diff(ranked, prepend=np.inf) != 0)
    sizes = np.diff(np.append(starts, len(ranked)))
    share = np.add.reduceat(happened[order].astype(np.float64), starts) / sizes
    spread = np.concatenate([[0.0], np.cumsum(np.repeat(share, sizes))])
    edges = np.rint(np.arange(11) * len(ranked) / 10).astype(np.int64)
    count, left = np.diff(edges), np.diff(spread[edges])
    rate, base = np.full(10, np.nan), happened.mean()
    np.divide(left, count, out=rate, where=count > 0)
    return Lift(count, left, rate / base, spread[edges[1:]] / spread[-1])


@dataclass(frozen=True)
class Confusion:
    """Who is called at risk from a threshold on, against who left."""

    threshold: float
    hits: int  # at risk, left
    false_alarms: int  # at risk, stayed
    missed: int  # not at risk, left
    left_alone: int  # not at risk, stayed


def confusion(happened: Ints, chance: Floats, threshold: float) -> Confusion:
    """Return the four counts; at risk is a probability of ``threshold`` or more."""
    called, left = chance >= threshold, happened == 1
    return Confusion(
        threshold,
        int((called & left).sum()),
        int((called & ~left).sum()),
        int((~called & left).sum()),
        int((~called & ~left).sum()),
    )
