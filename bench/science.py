"""
Fitting models of purchases to a million customers, as JSON.

Customers are generated who behave as BG/NBD and gamma-gamma say. Beside each time stands
how many times as long it took as its yardstick in the same rounds: one plain evaluation
of the likelihood on all rows, ungrouped, for the fits; numpy's bare exp over as many
numbers for what is told of each customer. Middle and least of some rounds are told.
"""

import argparse
import json
import resource
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import betaln, gammaln

from guanxi.analytics.science.bgnbd import BgNbd, fit_bgnbd
from guanxi.analytics.science.dropout import fit_pareto_nbd
from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.spend import GammaGamma, fit_gamma_gamma

TRUE = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, gamma=15.44)
ROUNDS = 7
SAMPLE = 2357  # as many customers as the usual published example has


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    found = _measured(parser.parse_args().customers)
    json.dump(found, sys.stdout, indent=1)
    sys.stdout.write("\n")


def generated(n: int, seed: int = 7) -> Histories:
    """Return ``n`` customers of one quarter, watched for 39 weeks, in whole days."""
    rng = np.random.default_rng(seed)
    pace = rng.gamma(TRUE.r, 1 / TRUE.alpha, n)
    leaving = rng.beta(TRUE.a, TRUE.b, n)
    age = rng.integers(27 * 7, 39 * 7, n) / 7
    x, last, now = np.zeros(n), np.zeros(n), np.zeros(n)
    here = np.arange(n)
    while len(here):
        now[here] += rng.exponential(1, len(here)) / np.maximum(pace[here], 1e-300)
        here = here[now[here] <= age[here]]
        x[here] += 1
        last[here] = np.floor(now[here] * 7) / 7
        here = here[rng.random(len(here)) > leaving[here]]
    return Histories(x, last, age, np.ones(n), unit_days=7.0)


def amounts(histories: Histories, seed: int = 8) -> Floats:
    """Return the mean amount (n,) of each one's repeat purchases, 0 without one."""
    rng = np.random.default_rng(seed)
    x = histories.repeats
    rate = rng.gamma(SPEND.q, 1 / SPEND.gamma, len(x))
    total = rng.gamma(np.maximum(SPEND.p * x, 1e-9), 1 / rate)
    return np.where(x > 0, np.round(total / np.maximum(x, 1), 2), 0.0)


def _plain(h: Histories) -> float:
    """Return the log-likelihood as the paper writes it, row by row."""
    r, alpha, a, b = TRUE.r, TRUE.alpha, TRUE.a, TRUE.b
    x = h.repeats
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stay = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + h.age)
    left = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b)
    left = left - (r + x) * np.log(alpha + h.last)
    return float(np.sum(common + np.logaddexp(stay, np.where(x > 0, left, -np.inf))))


def _plain_spend(x: Floats, z: Floats) -> float:
    shape, q, gamma = SPEND.p * x, SPEND.q, SPEND.gamma
    value = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma)
    value = value + (shape - 1) * np.log(z) + shape * np.log(x)
    return float(np.sum(value - (shape + q) * np.log(gamma + x * z)))


def _measured(n: int) -> dict[str, object]:
    h = generated(n)
    means = amounts(h)
    some = h.repeats > 0
    x, z = h.repeats[some], means[some]
    sample = Histories(
        *(each[:SAMPLE] for each in (h.repeats, h.last, h.age, h.weights)), h.unit_days
    )
    tracemalloc.start()
    fit = fit_bgnbd(h)
    fitted_mb = tracemalloc.get_traced_memory()[1] >> 20
    tracemalloc.stop()
    model = BgNbd(*fit.values.tolist())
    numbers = np.linspace(-1, 0, n)

    def told() -> None:
        model.expected_given(h.repeats, h.last, h.age, 52.0)

    plain, few = (lambda: _plain(h)), (lambda: _plain(sample))
    exp = partial(np.exp, numbers)
    return {
        "customers": n,
        "triples": len(h.grouped().repeats),
        "parameters": fit.parameters,
        "bgnbd_fit": _beside(lambda: fit_bgnbd(h), plain) | {"fit_mb": fitted_mb},
        "gamma_gamma_fit": _beside(
            lambda: fit_gamma_gamma(x, z), lambda: _plain_spend(x, z)
        ),
        "expectations_and_alive": _beside(told, exp),
        "pareto_nbd_fit_sample": _beside(lambda: fit_pareto_nbd(sample), few),
        "bgnbd_fit_sample": _beside(lambda: fit_bgnbd(sample), few),
        "peak_mb": _peak(),
    }


def _beside(
    act: Callable[[], object], yardstick: Callable[[], object]
) -> dict[str, object]:
    act()
    yardstick()
    ours, theirs = [], []
    for _round in range(ROUNDS):
        ours.append(_seconds(act))
        theirs.append(_seconds(yardstick))
    return {
        "median_seconds": round(statistics.median(ours), 4),
        "least_seconds": round(min(ours), 4),
        "yardstick_seconds": round(statistics.median(theirs), 4),
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 3),
    }


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
