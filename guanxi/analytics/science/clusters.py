"""Segments that customers form by themselves: alike inside, different from each other."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import skew
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.learners import Matrix


@dataclass(frozen=True)
class ClusterSettings:
    """How many segments are tried; ``count`` fixes it. Random choices follow ``seed``."""

    least: int = 2
    most: int = 8
    count: int | None = None
    seed: int = 1
    learned_rows: int = 50_000  # a drawn part finds the centers; all rows get one
    judged_rows: int = 3000  # silhouettes compare all pairs of a drawn part

    def __post_init__(self) -> None:
        """:raises ValueError: if there are not at least two segments."""
        if not 2 <= self.least <= self.most <= 50:
            raise ValueError("segments must be between 2 and 50")
        if self.count is not None and not 2 <= self.count <= 50:
            raise ValueError("segments must be between 2 and 50")


@dataclass(frozen=True, eq=False)
class Clusters:
    """
    ``segments`` (n,) from 0, the largest first; k of them.

    ``silhouettes`` of every number tried: (b − a)/max(a, b) with a the mean distance
    inside the own and b to the nearest other segment (Rousseeuw 1987), −1 to 1.
    ``within`` is the mean distance to the own center, ``between`` the mean distance of
    centers from each other, ``within_each`` (k,) by segment, all in standard deviations of
    a column; ``explained`` the share of all squared distance that lies between segments.
    """

    segments: Ints
    sizes: Ints
    silhouettes: dict[int, float]
    within: float
    within_each: Floats
    between: float
    explained: float


def clusters(matrix: Matrix, is_category: Flags, settings: ClusterSettings) -> Clusters:
    """
    Divide n customers into segments by k-means, as many as give the best silhouette.

    ``matrix`` (n, c) numbers, categories as codes, NaN where unknown. Columns are scaled
    to equal weight; long right tails by logarithm; a category becomes one column a level
    that together weigh like a number (as k-prototypes, Huang 1998, with weight 1);
    unknown is the mean. The order of rows changes nothing. Oracle: scikit-learn; drawn
    groups are found again in tests.

    :raises ValueError: if there are fewer different customers than segments.
    """
    scaled = scaled_columns(matrix, is_category)
    order = np.lexsort(scaled.T)
    ordered = scaled[order]
    rng = np.random.default_rng(settings.seed)
    learned = _part(ordered, settings.learned_rows, rng)
    judged = _part(learned, settings.judged_rows, rng)
    different = len(np.unique(judged, axis=0))
    tried = [settings.count] if settings.count else _numbers(settings, different)
    if not tried or max(tried) > different:
        raise ValueError("too few different customers")
    found = {k: _fitted(learned, k, settings.seed) for k in tried}
    silhouettes = {k: _silhouette(judged, model) for k, model in found.items()}
    best = max(silhouettes, key=lambda k: silhouettes[k])
    return _described(scaled, found[best], silhouettes)


def _numbers(settings: ClusterSettings, different: int) -> list[int]:
    return list(range(settings.least, min(settings.most, different - 1) + 1))


def _part(rows: Matrix, most: int, rng: np.random.Generator) -> Matrix:
    if len(rows) <= most:
        return rows
    kept = np.sort(rng.choice(len(rows), most, replace=False))
    part: Matrix = rows[kept]
    return part


def _fitted(rows: Matrix, count: int, seed: int) -> KMeans:
    return KMeans(count, n_init=4, random_state=seed).fit(rows)


def _silhouette(rows: Matrix, model: KMeans) -> float:
    segments = model.predict(rows)
    if not 2 <= len(np.unique(segments)) < len(rows):
        return -1.0
    return float(silhouette_score(rows, segments))


def _described(
    scaled: Matrix, model: KMeans, silhouettes: dict[int, float]
) -> Clusters:
    raw = model.predict(scaled)
    count = len(model.cluster_centers_)
    sizes = np.bincount(raw, minlength=count)
    order = np.lexsort((np.arange(count), -sizes))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    segments: Ints = rank[raw]
    centers = model.cluster_centers_[order]
    off = np.linalg.norm(scaled - centers[segments], axis=1) / np.sqrt(scaled.shape[1])
    apart = np.linalg.norm(centers[:, None] - centers, axis=2)
    whole = ((scaled - scaled.mean(axis=0)) ** 2).sum()
    inside = ((scaled - centers[segments]) ** 2).sum()
    each = np.bincount(segments, weights=off, minlength=count)
    return Clusters(
        segments=segments,
        sizes=sizes[order],
        silhouettes=silhouettes,
        within=float(off.mean()),
        within_each=each / np.maximum(sizes[order], 1),
        between=float(apart.sum() / (count * (count - 1)) / np.sqrt(scaled.shape[1])),
        explained=float(1 - inside / whole) if whole > 0 else 0.0,
    )


def scaled_columns(matrix: Matrix, is_category: Flags) -> Matrix:
    """Return the columns (n, d) that distances are measured in."""
    parts = [
        _levels(column) if kind else _number(column)
        for column, kind in zip(matrix.T, is_category, strict=True)
    ]
    wide: Matrix = np.concatenate(parts, axis=1)
    return wide


def _number(column: Floats) -> Matrix:
    known = column[~np.isnan(column)]
    if not len(known) or known.min() == known.max():
        return np.zeros((len(column), 1))
    if float(skew(known)) > 1:
        smallest = known.min()
        column, known = np.log1p(column - smallest), np.log1p(known - smallest)
    z = np.where(np.isnan(column), 0.0, (column - known.mean()) / known.std())
    return z[:, None]


def _levels(column: Floats) -> Matrix:
    """Return one column a level; two different levels lie √2 apart, as two numbers do."""
    levels = np.unique(column[~np.isnan(column)])
    own: Matrix = (column[:, None] == levels).astype(np.float64)
    centered: Matrix = own - own.mean(axis=0)
    return centered
