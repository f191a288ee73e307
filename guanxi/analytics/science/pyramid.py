"""The customer pyramid: tiers by percentile of the value that customers bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from math import ceil

import numpy as np

from guanxi.analytics.science.grouped import Codes, Ints


@dataclass(frozen=True)
class Tier:
    """A layer of the pyramid that ends at ``up_to`` percent of the ranked customers."""

    key: str
    up_to: Decimal


FOUR_TIERS = (
    Tier("vital", Decimal(1)),
    Tier("major", Decimal(20)),
    Tier("normal", Decimal(50)),
    Tier("small", Decimal(100)),
)
THREE_TIERS = (
    Tier("vital", Decimal(1)),
    Tier("normal", Decimal(50)),
    Tier("small", Decimal(100)),
)


class Measure(StrEnum):
    """What customers are ranked by."""

    AMOUNT = "amount"  # what they bought for in the period
    PROFIT = "profit"  # what that earned
    RFM = "rfm"  # the sum of the three scores
    EXPECTED = "expected"  # the amount to be expected in twelve months
    SCORE = "score"  # the weighted score, in tenths


@dataclass(frozen=True)
class PyramidSettings:
    """The tiers from the top down, the days of the period, and what the ranking is by."""

    tiers: Sequence[Tier] = FOUR_TIERS
    period_days: int = 365
    by: Measure = Measure.AMOUNT

    def __post_init__(self) -> None:
        """:raises ValueError: if the tiers do not climb from above 0 to 100 percent."""
        ends = [tier.up_to for tier in self.tiers]
        climbing = all(low < high for low, high in pairwise(ends))
        if not ends or ends[0] <= 0 or ends[-1] != 100 or not climbing:
            raise ValueError("tier ends must rise from above 0 to exactly 100 percent")
        if self.period_days < 1:
            raise ValueError("the period must have at least one day")


@dataclass(frozen=True, eq=False)
class Pyramid:
    """
    Tier index (0 = top) and rank (1 = most valuable) of n customers.

    ``last_ranks`` is the rank at which each tier ends; ``boundaries`` the value of the
    customer at that rank, None for a tier without customers.
    """

    tier: Codes
    rank: Ints
    last_ranks: tuple[int, ...]
    boundaries: tuple[int | None, ...]


def pyramid(
    values: Ints,
    customer_ids: Ints,
    tiers: Sequence[Tier],
    *,
    then: Ints | None = None,
) -> Pyramid:
    """
    Rank customers by ``values`` (n,), highest first, and cut the ranking into tiers.

    A tier ends at ceil(n × percent): so there is a vital customer as soon as there is a
    customer. Equal values are ranked by ``then``, if there is any, and by the smaller id,
    to be the same every time. Who brought nothing, or cost money, belongs to the lowest
    tier whatever the rank.
    """
    keys = (customer_ids, -values) if then is None else (customer_ids, -then, -values)
    order = np.lexsort(keys)
    rank = np.empty(len(values), np.int64)
    rank[order] = np.arange(1, len(values) + 1)
    earning = int(np.count_nonzero(values > 0))
    last_ranks = _last_ranks(len(values), earning, tiers)
    tier = np.searchsorted(last_ranks, rank, side="left").astype(np.int8)
    return Pyramid(tier, rank, last_ranks, _boundaries(values[order], last_ranks))


def _last_ranks(n: int, earning: int, tiers: Sequence[Tier]) -> tuple[int, ...]:
    upper = [min(ceil(n * tier.up_to / 100), earning) for tier in tiers[:-1]]
    return (*upper, n)


def _boundaries(ranked: Ints, last_ranks: tuple[int, ...]) -> tuple[int | None, ...]:
    firsts = (0, *last_ranks[:-1])
    return tuple(
        int(ranked[last - 1]) if last > first else None
        for first, last in zip(firsts, last_ranks, strict=True)
    )
