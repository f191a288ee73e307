"""Who goes from one class to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guanxi.analytics.science.grouped import Codes, Ints

NONE = "none"
"""Stands for whoever is in no class."""


@dataclass(frozen=True, eq=False)
class Moves:
    """
    Customers in sight (n,) with the class they are in and the one they get into.

    Both index ``keys``, whose last is `NONE`; ``amounts`` of the pyramid's period in minor
    units, ``days`` of the latest order.
    """

    keys: Sequence[str]
    customer_ids: "Ints"
    before: "Codes"
    after: "Codes"
    amounts: "Ints"
    days: Any

    def moves(self) -> Mapping[tuple[str, str], int]:
        """Return how many customers go from one class to another, or stay."""
        import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

        n = len(self.keys)
        counts = np.bincount(self.before.astype(int) * n + self.after, minlength=n * n)
        return {
            (old, new): int(counts[n * i + j])
            for i, old in enumerate(self.keys)
            for j, new in enumerate(self.keys)
        }

    def members(self, old: str, new: str) -> list[tuple[int, int, date]]:
        """Return who goes from ``old`` to ``new``, with amount and last day, the best first."""
        import numpy as np  # noqa: PLC0415 -- as above

        is_before = self.before == self.keys.index(old)
        at = np.flatnonzero(is_before & (self.after == self.keys.index(new)))
        at = at[np.argsort(-self.amounts[at], kind="stable")]
        days = self.days[at].astype("datetime64[D]").astype(object).tolist()
        ids, amounts = self.customer_ids[at].tolist(), self.amounts[at].tolist()
        return list(zip(ids, amounts, days, strict=True))
