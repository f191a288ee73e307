"""Maximum likelihood on the log scale, with analytic gradients and standard errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import minimize

from guanxi.analytics.science.grouped import Floats

# Parameters (k,) in, log-likelihood and its gradient (k,) out.
Objective: TypeAlias = Callable[[Floats], tuple[float, Floats]]

_LOW, _HIGH = -18.0, 18.0  # of the logarithm of a parameter
_EDGE = 1e-3
_FLAT = 1e-5  # gradient for one customer below which the summit is reached
_SHARP = 1e-5  # information of one customer that a parameter needs at least
SPREAD = 1.5  # e-folds within which a parameter usually lies of its usual value
_STEP = 1e-4  # of the differences that the second derivatives are taken from


class NotIdentified(ValueError):
    """The data cannot tell the parameters: the likelihood has no summit inside."""


@dataclass(frozen=True, eq=False)
class Fit:
    """
    A fitted model: ``values`` (k,) by ``names``, at the summit of the likelihood.

    ``errors`` (k,) are standard errors from the observed information, None where that
    is singular because a model is at its edge.
    """

    names: tuple[str, ...]
    values: Floats
    log_likelihood: float
    n: float
    errors: Floats | None

    @property
    def parameters(self) -> dict[str, float]:
        """Return the parameters by name."""
        return dict(zip(self.names, self.values.tolist(), strict=True))

    @property
    def standard_errors(self) -> dict[str, float] | None:
        """Return the standard errors by name."""
        if self.errors is None:
            return None
        return dict(zip(self.names, self.errors.tolist(), strict=True))

    @property
    def aic(self) -> float:
        """Return Akaike's criterion, 2k - 2 LL; smaller is better."""
        return 2 * len(self.names) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Return Schwarz's criterion, k ln n - 2 LL; smaller is better."""
        return len(self.names) * float(np.log(self.n)) - 2 * self.log_likelihood


def maximize(
    objective: Objective,
    names: tuple[str, ...],
    starts: Sequence[Sequence[float]],
    n: float,
    *,
    loose: tuple[int, ...] = (),
) -> Fit:
    """
    Return the best summit of ``objective`` from any of ``starts``; all parameters > 0.

    Logarithms of the parameters are varied (L-BFGS-B). The parameters with the
    numbers ``loose`` may run away together, in a model that contains a simpler one as a
    limit: the limit is an answer then, if the data tell the other parameters.

    :raises NotIdentified: if no start leads to a summit.
    """
    if n < 1:
        raise NotIdentified

    def descent(logs: Floats) -> tuple[float, Floats]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value, slope = objective(np.exp(logs))
        if not np.isfinite(value) or not np.isfinite(slope).all():
            return np.inf, np.zeros_like(logs)
        return -value / n, -slope * np.exp(logs) / n

    best, height = None, np.inf
    for start in starts:
        found = _descended(descent, np.log(np.asarray(start, np.float64)))
        if found is not None and found[1] < height:
            best, height = found
    firm = [at for at in range(len(names)) if at not in loose]
    if best is None or not _is_summit(descent, best, firm):
        raise NotIdentified
    information = _information(descent, best)
    if not _is_definite(information[np.ix_(firm, firm)]):
        raise NotIdentified
    errors = None
    if _is_definite(information):
        # One step by the second derivatives that are there: it squares what is missing.
        best = best - np.linalg.solve(information, descent(best)[1])
        height = descent(best)[0]
        errors = np.exp(best) * np.sqrt(np.diag(np.linalg.inv(information * n)))
    return Fit(names, np.exp(best), float(-height * n), n, errors)


def settle(
    objective: Objective,
    names: tuple[str, ...],
    usual: Sequence[float],
    n: float,
    *,
    spread: float = SPREAD,
) -> Fit:
    """
    Return the summit of ``objective`` under a weak prior; all parameters > 0.

    The logarithm of each parameter is normal around that of its ``usual`` value, with the
    standard deviation ``spread``: as much as a handful of customers say, so it decides
    only where the data tell nothing, as when nobody ever stays away. Source: Gelman,
    Jakulin, Pittau & Su 2008, *A weakly informative default prior distribution*, Annals
    of Applied Statistics 2(4). ``log_likelihood`` is that of the data alone.

    :raises NotIdentified: if even so there is no summit.
    """
    if n < 1:
        raise NotIdentified
    center = np.log(np.asarray(usual, np.float64))

    def descent(logs: Floats) -> tuple[float, Floats]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value, slope = objective(np.exp(logs))
        if not np.isfinite(value) or not np.isfinite(slope).all():
            return np.inf, np.zeros_like(logs)
        away = (logs - center) / spread
        down = -slope * np.exp(logs) + away / spread
        return float(-value + away @ away / 2) / n, down / n

    found = _descended(descent, center)
    if found is None or not _is_summit(descent, found[0], list(range(len(names)))):
        raise NotIdentified
    best = found[0]
    information = _information(descent, best)
    errors = None
    if np.isfinite(information).all() and np.linalg.eigvalsh(information).min() > 0:
        errors = np.exp(best) * np.sqrt(np.diag(np.linalg.inv(information * n)))
    return Fit(names, np.exp(best), float(objective(np.exp(best))[0]), n, errors)


def _descended(
    descent: Callable[[Floats], tuple[float, Floats]], start: Floats
) -> tuple[Floats, float] | None:
    found = minimize(
        descent,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(_LOW, _HIGH)] * len(start),
        options={"maxiter": 1000, "ftol": 1e-13, "gtol": 1e-6, "maxcor": 10},
    )
    return (found.x, float(found.fun)) if np.isfinite(found.fun) else None


def _is_summit(
    descent: Callable[[Floats], tuple[float, Floats]], logs: Floats, firm: list[int]
) -> bool:
    """Return whether the ``firm`` parameters are inside and the likelihood is flat."""
    inside = (logs[firm] > _LOW + _EDGE) & (logs[firm] < _HIGH - _EDGE)
    return bool(inside.all() and np.abs(descent(logs)[1]).max() < _FLAT)


def _information(
    descent: Callable[[Floats], tuple[float, Floats]], logs: Floats
) -> Floats:
    """Return the information (k, k) of one customer on the logarithms, by differences."""
    rows = [
        (descent(logs + step)[1] - descent(logs - step)[1]) / (2 * _STEP)
        for step in np.eye(len(logs)) * _STEP
    ]
    found: Floats = (np.stack(rows) + np.stack(rows).T) / 2
    return found


def _is_definite(information: Floats) -> bool:
    """Return whether no direction is flat, and the inverse has a meaning."""
    if not np.isfinite(information).all():
        return False
    return bool(np.linalg.eigvalsh(information).min() > _SHARP)
