"""When somebody looked at more than usual: of his own, and of his colleagues."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

# Few records are nothing to look into, however few they were before.
LEAST_RECORDS, LEAST_REVEALS = 50, 10
TIMES = 3
LEAST_DAYS, LEAST_PEERS = 5, 3
LONGEST_REMARK = 200
# So many acts of one day a page tells; the access log tells all.
MOST_SHOWN = 500


@dataclass(frozen=True)
class Usual:
    """What is usual: the middle of one's own days, and of colleagues on the same day."""

    own: int | None
    peers: int | None


def usual(own: Sequence[int], peers: Sequence[int]) -> Usual:
    """Return the medians; None where there are too few days, or colleagues, to say."""
    return Usual(
        own=round(median(own)) if len(own) >= LEAST_DAYS else None,
        peers=round(median(peers)) if len(peers) >= LEAST_PEERS else None,
    )


def is_outlier(value: int, known: Usual, least: int) -> bool:
    """Tell whether ``value`` is over ``least`` and three times what is usual."""
    limits = [TIMES * one for one in (known.own, known.peers) if one is not None]
    return value > least and any(value > limit for limit in limits)
