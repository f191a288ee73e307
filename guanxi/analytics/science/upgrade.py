"""Who may rise into the next tier of the pyramid, and what speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Codes, Flags, Floats, Ints

# Buying a fifth more than usual is growth; our own default.
GROWTH = 1.2


@dataclass(frozen=True, eq=False)
class Upgrades:
    """
    The distance of n customers to the tier above, and what speaks for reaching it.

    ``gap`` in what the pyramid ranks by, NaN for the highest tier. ``is_near``: one order
    of the usual size is enough, and is to be expected. ``is_foretold``: the amount to be expected within twelve
    months would do. ``is_growing``: buys a fifth more than usual.
    """

    gap: Floats
    is_near: Flags
    is_foretold: Flags
    is_growing: Flags

    @property
    def is_rising(self) -> Flags:
        """Who has the potential to rise, (n,)."""
        return self.is_near | self.is_foretold | self.is_growing


def upgrades(
    tier: Codes,
    measure: Ints,
    boundaries: Sequence[int | None],
    *,
    usual_order: Ints,
    expected: Floats,
    trend: Floats,
    is_money: bool,
) -> Upgrades:
    """
    Return who may rise, of n customers with the index of their ``tier`` (0 = top).

    ``boundaries`` are the least that the pyramid has in each tier, None where nobody is.
    ``usual_order`` and ``expected`` are amounts in minor units, ``trend`` a ratio, NaN for
    unknown; amounts are compared with the boundary only if the pyramid ranks by money.
    """
    next_up = _next_up(boundaries)[tier]
    gap = np.maximum(next_up - measure, 0)
    is_money_known = is_money & ~np.isnan(gap)
    # Of whom nothing more is to be expected, no order is to be expected either.
    comes_again = np.isnan(expected) | (expected >= np.maximum(gap, 1))
    return Upgrades(
        gap,
        is_money_known & (gap <= usual_order) & comes_again,
        is_money_known & (np.nan_to_num(expected) >= np.maximum(next_up, 1)),
        ~np.isnan(gap) & (np.nan_to_num(trend) >= GROWTH),
    )


def _next_up(boundaries: Sequence[int | None]) -> Floats:
    """Return for each tier the least of the nearest one above that holds somebody."""
    found, above = [], np.nan
    for least in boundaries:
        found.append(above)
        above = above if least is None else float(least)
    return np.array(found)
