"""What a segment has in common: properties more or less frequent in it than elsewhere."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import false_discovery_control, hypergeom

from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.learners import Matrix

_THIRDS = (1 / 3, 2 / 3)


@dataclass(frozen=True, eq=False)
class Common:
    """
    Properties (p,) of each of k segments against all customers.

    ``share`` (k, p) of the segment, ``base`` (p,) of all, ``lift`` = share / base;
    ``chance`` (k, p) two-sided p-value corrected for how many were looked at.
    """

    share: Matrix
    base: Floats
    lift: Matrix
    chance: Matrix


def common(has: Flags, segments: Ints, count: int) -> Common:
    """
    Compare how frequent properties are in segments and among all.

    ``has`` (n, p), ``segments`` (n,) from 0 to ``count`` − 1. Exact two-sided test of the
    hypergeometric distribution, twice the smaller tail (as drawing the segment's
    customers from all); correction for false discoveries: Benjamini & Hochberg 1995.
    Oracle: scipy's fisher_exact for single tables.
    """
    sizes = np.bincount(segments, minlength=count)
    inside = np.stack([has[segments == k].sum(axis=0) for k in range(count)])
    return compared(inside, has.sum(axis=0), sizes, len(has))


def compared(inside: Ints, held: Ints, sizes: Ints, n: int) -> Common:
    """
    Compare as `common` does, from counts: ``inside`` (k, p) of segments, ``held`` of all.

    ``sizes`` (k,) are those of the segments, ``n`` is that of all.
    """
    share = np.zeros(inside.shape)
    np.divide(inside, sizes[:, None], out=share, where=sizes[:, None] > 0)
    base = held / n
    lift = np.ones(inside.shape)
    np.divide(share, base, out=lift, where=np.broadcast_to(held > 0, share.shape))
    below = hypergeom.cdf(inside, n, held, sizes[:, None])
    above = hypergeom.sf(inside - 1, n, held, sizes[:, None])
    two_sided = np.clip(2 * np.minimum(below, above), 0.0, 1.0)
    corrected = false_discovery_control(two_sided.ravel()).reshape(inside.shape)
    return Common(share, base, lift, corrected)


@dataclass(frozen=True)
class Property:
    """A level of column ``column``, or the third from ``low`` to ``high`` of a number."""

    column: int
    level: int | None
    low: float = 0.0
    high: float = 0.0


def properties(matrix: Matrix, is_category: Flags) -> tuple[list[Property], Flags]:
    """
    Return the properties of a table and who has them (n, p).

    A category gives one for each level; a number its lowest, middle and highest third,
    or each value where there are three at most. Unknown has none.
    """
    found: list[Property] = []
    has: list[Flags] = []
    for at, (column, kind) in enumerate(zip(matrix.T, is_category, strict=True)):
        for one, owns in _levels(at, column) if kind else _thirds(at, column):
            found.append(one)
            has.append(owns)
    return found, np.stack(has, axis=1)


def _levels(at: int, column: Floats) -> list[tuple[Property, Flags]]:
    levels = np.unique(column[~np.isnan(column)])
    return [(Property(at, int(level)), column == level) for level in levels]


def _thirds(at: int, column: Floats) -> list[tuple[Property, Flags]]:
    known = column[~np.isnan(column)]
    values = np.unique(known)
    if len(values) <= len(_THIRDS) + 1:
        pairs = [(value, value) for value in values]
    else:
        cuts = np.unique(np.quantile(known, _THIRDS))
        place = np.searchsorted(cuts, values, side="left")
        pairs = [
            (values[place == k].min(), values[place == k].max())
            for k in np.unique(place)
        ]
    return [
        (
            Property(at, None, float(low), float(high)),
            (column >= low) & (column <= high),
        )
        for low, high in pairs
    ]
