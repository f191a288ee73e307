"""Orders grouped by customer and day: the input of every law of behavior."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from guanxi.analytics.science.grouped import (
    Floats,
    Ints,
    group_total,
    offsets_of,
    owners_of,
    sorted_rows,
)


@dataclass(frozen=True, eq=False)
class Purchases:
    """
    The purchases of n customers on m customer-days; the same day counts once.

    ``customer_ids`` (n,) ascending; ``offsets`` (n + 1,) into the other arrays; ``days``
    (m,) days since 1970-01-01, ascending for each customer; ``amounts`` (m,) minor units
    of money, the sum of the day; ``orders`` (m,) how many orders the day had.
    """

    customer_ids: Ints
    offsets: Ints
    days: Ints
    amounts: Ints
    orders: Ints

    @classmethod
    def from_rows(cls, customer_ids: Ints, days: Ints, amounts: Ints) -> Self:
        """Group order rows (k,), given in any order."""
        rows = sorted_rows(customer_ids, days)
        ids, days, amounts = customer_ids[rows], days[rows], amounts[rows]
        new_customer = np.diff(ids, prepend=ids[:1] - 1) != 0
        new_day = new_customer | (np.diff(days, prepend=days[:1]) != 0)
        first_rows = np.flatnonzero(new_day)
        ends = np.append(first_rows, len(rows)).astype(np.int64)
        starts = np.flatnonzero(new_customer[first_rows])
        return cls(
            customer_ids=ids[new_customer],
            offsets=np.append(starts, len(first_rows)).astype(np.int64),
            days=days[first_rows],
            amounts=group_total(amounts, ends),
            orders=np.diff(ends),
        )

    def __len__(self) -> int:
        """Return n, the number of customers."""
        return len(self.customer_ids)

    @cached_property
    def day_counts(self) -> Ints:
        """Purchase days of each customer, (n,), at least 1."""
        return np.diff(self.offsets)

    @cached_property
    def owners(self) -> Ints:
        """For each purchase day the index of its customer, (m,)."""
        return owners_of(self.offsets)

    @cached_property
    def order_counts(self) -> Ints:
        """Orders of each customer, (n,)."""
        return group_total(self.orders, self.offsets)

    @cached_property
    def totals(self) -> Ints:
        """Amount of each customer, (n,) minor units."""
        return group_total(self.amounts, self.offsets)

    @cached_property
    def first_days(self) -> Ints:
        """First purchase day of each customer, (n,)."""
        return self.days[self.offsets[:-1]]

    @cached_property
    def last_days(self) -> Ints:
        """Last purchase day of each customer, (n,)."""
        return self.days[self.offsets[1:] - 1]

    @cached_property
    def gaps(self) -> Ints:
        """Days between one purchase day and the next of the same customer, (m - n,)."""
        within = np.ones(max(len(self.days) - 1, 0), np.bool_)
        within[self.offsets[1:-1] - 1] = False
        return np.diff(self.days)[within]

    @cached_property
    def gap_offsets(self) -> Ints:
        """Where the gaps of each customer begin, (n + 1,)."""
        return self.offsets - np.arange(len(self.offsets))

    @cached_property
    def gap_owners(self) -> Ints:
        """For each gap the index of its customer, (m - n,)."""
        return owners_of(self.gap_offsets)

    def only(self, at: Ints) -> Self:
        """Return the purchases of the customers at the places ``at`` (k,), ascending."""
        counts = self.day_counts[at]
        offsets = offsets_of(counts)
        begins = np.repeat(self.offsets[:-1][at] - offsets[:-1], counts)
        rows = begins + np.arange(len(begins))
        return type(self)(
            customer_ids=self.customer_ids[at],
            offsets=offsets,
            days=self.days[rows],
            amounts=self.amounts[rows],
            orders=self.orders[rows],
        )

    def silent_days(self, today: int) -> Ints:
        """Return the days since the last purchase, (n,)."""
        return today - self.last_days

    def amounts_between(self, after: Floats | Ints, until: Floats | Ints) -> Ints:
        """
        Return what each customer spent on the days after ``after`` and up to ``until``.

        Both (n,) days since 1970-01-01. Returns (n,) minor units.
        """
        inside = (self.days > after[self.owners]) & (self.days <= until[self.owners])
        return group_total(np.where(inside, self.amounts, 0), self.offsets)
