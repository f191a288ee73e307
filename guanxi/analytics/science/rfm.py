"""RFM: recency, frequency, monetary scores and the segments made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from guanxi.analytics.science.grouped import Codes, Floats, Ints

OTHERS = "others"  # no rule of the segment map fits


@dataclass(frozen=True)
class SegmentRule:
    """A segment and the score ranges, both ends included, that make it."""

    segment: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    monetary: tuple[int, int]


# Ten segments on scores 1..5; the first rule that fits wins.
# Source: documentation of the R package "rfm", example of its segment summary.
TEN_SEGMENTS = (
    SegmentRule("champions", (5, 5), (5, 5), (5, 5)),
    SegmentRule("potential_loyalist", (3, 5), (3, 5), (2, 5)),
    SegmentRule("loyal", (2, 4), (2, 4), (2, 4)),
    SegmentRule("promising", (3, 4), (1, 3), (3, 5)),
    SegmentRule("new", (4, 5), (1, 3), (1, 5)),
    SegmentRule("cannot_lose", (1, 2), (3, 4), (4, 5)),
    SegmentRule("at_risk", (1, 2), (2, 5), (4, 5)),
    SegmentRule("need_attention", (1, 3), (3, 5), (3, 5)),
    SegmentRule("about_to_sleep", (2, 3), (1, 3), (1, 4)),
    SegmentRule("lost", (1, 1), (1, 5), (1, 5)),
)


# The three lists that the scores are for; each names segments of the ten.
MOST_VALUABLE = ("champions",)
LOYAL = ("loyal", "potential_loyalist")
ABOUT_TO_CHURN = ("cannot_lose", "at_risk", "about_to_sleep")


@dataclass(frozen=True)
class CutPoints:
    """
    Where one score ends and the next begins, ascending; the upper bound is exclusive.

    Recency in days, frequency in orders, monetary in units of money (not minor units).
    """

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]


@dataclass(frozen=True)
class RfmSettings:
    """Scores by quantiles of ``bins`` classes, or by ``fixed`` cut points if given."""

    bins: int = 5
    fixed: CutPoints | None = None
    segments: Sequence[SegmentRule] = field(default=TEN_SEGMENTS)

    def __post_init__(self) -> None:
        """:raises ValueError: if the classes or the cut points cannot be used."""
        if not 2 <= self.bins <= 10:
            raise ValueError("bins must be between 2 and 10")
        if self.fixed is not None:
            _check_fixed(self.fixed, self.bins)


def _check_fixed(cuts: CutPoints, bins: int) -> None:
    for points in (cuts.recency, cuts.frequency, cuts.monetary):
        if len(points) != bins - 1 or list(points) != sorted(points):
            raise ValueError("fixed cut points must be bins - 1 ascending numbers")


@dataclass(frozen=True, eq=False)
class RfmScores:
    """Scores (n,) from 1 (worst) to ``bins`` (best); ``segment`` indexes the names."""

    recency: Codes
    frequency: Codes
    monetary: Codes
    segment: Codes
    segment_names: tuple[str, ...]
    cuts: CutPoints


def rfm_scores(
    recency: Ints, frequency: Ints, monetary: Floats, settings: RfmSettings
) -> RfmScores:
    """
    Return RFM scores and segments of n customers.

    ``recency`` days since the last order, ``frequency`` orders, ``monetary`` units of
    money; all (n,). Recency scores run the other way round: fewer days, higher score.
    """
    cuts = settings.fixed or CutPoints(
        recency=quantile_cuts(recency, settings.bins),
        frequency=quantile_cuts(frequency, settings.bins),
        monetary=quantile_cuts(monetary, settings.bins),
    )
    r = (settings.bins - _class_of(recency, cuts.recency)).astype(np.int8)
    f = (_class_of(frequency, cuts.frequency) + 1).astype(np.int8)
    m = (_class_of(monetary, cuts.monetary) + 1).astype(np.int8)
    table = segment_table(settings.segments, settings.bins)
    names = (*(rule.segment for rule in settings.segments), OTHERS)
    return RfmScores(r, f, m, table[r, f, m], names, cuts)


def quantile_cuts(values: Ints | Floats, bins: int) -> tuple[float, ...]:
    """
    Return the inner quantiles plus one unit: ``bins - 1`` cut points, ascending.

    Quantiles interpolate linearly (Hyndman & Fan 1996, type 7). The added unit is the
    convention of the R package "rfm", whose published tables this reproduces. Of
    nobody, all are 0.
    """
    inner = np.arange(1, bins) / bins
    if not len(values):
        return (0.0,) * (bins - 1)
    return tuple(float(cut) + 1 for cut in np.quantile(values, inner))


def _class_of(values: Ints | Floats, cuts: tuple[float, ...]) -> Ints:
    return np.searchsorted(np.asarray(cuts, np.float64), values, side="right")


def segment_table(rules: Sequence[SegmentRule], bins: int) -> Codes:
    """
    Return the segment index for every triple of scores, (bins + 1,) * 3.

    Scores count from 1, so index 0 of each axis is unused. A triple without a rule gets
    ``len(rules)``, the place of ``OTHERS``.
    """
    table = np.full((bins + 1,) * 3, len(rules), np.int8)
    for index in reversed(
        range(len(rules))
    ):  # so that the first rule has the last word
        rule = rules[index]
        axes = (rule.recency, rule.frequency, rule.monetary)
        table[tuple(slice(low, high + 1) for low, high in axes)] = index
    return table
