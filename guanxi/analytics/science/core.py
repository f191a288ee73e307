"""Core customers: the fewest who bring the main share of what all bring (核心客户)."""

import numpy as np

from guanxi.analytics.science.grouped import Ints


def main_share(values: Ints, customer_ids: Ints, percent: int) -> Ints:
    """
    Return the positions of the fewest customers who bring ``percent`` of the sum.

    The highest of ``values`` (n,) first, equal ones by the smaller id. The sum is of what
    is above zero: whoever cost money takes nothing from what the others brought.
    """
    order = np.lexsort((customer_ids, -values))
    earning = order[: int(np.count_nonzero(values > 0))]
    reached = np.cumsum(values[earning])
    if not len(reached):
        return earning
    needed = int(reached[-1]) * percent
    last = int(np.searchsorted(reached * 100, needed, side="left"))
    return earning[: last + 1]
