"""What a purchase model needs to know of each customer: x, t_x, T (sufficient statistics)."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from guanxi.analytics.science.grouped import Flags, Floats, Ints, group_total
from guanxi.analytics.science.purchases import Purchases

_BITS = 62  # that a packed triple may have
_NEAR = 1e-6  # how near to a whole number counts as one


@dataclass(frozen=True, eq=False)
class Histories:
    """
    The purchase histories of n customers until a cut-off, all arrays (n,).

    ``repeats`` x, purchase days after the first one; ``last`` t_x, time from the first
    purchase to the last (0 for one purchase); ``age`` T, time from the first purchase to
    the cut-off; both in the same unit, of which one has ``unit_days`` days. ``weights``
    how many customers each row stands for.

    Source: Fader, Hardie & Lee 2005, *"Counting your customers" the easy way*. Oracle:
    CDNOW, 2,357 customers with 2,457 repeat purchases in 39 weeks.
    """

    repeats: Floats
    last: Floats
    age: Floats
    weights: Floats
    unit_days: float = 1.0

    @classmethod
    def of(
        cls,
        repeats: Floats | Ints,
        last: Floats,
        age: Floats,
        weights: Floats | Ints | None = None,
        *,
        unit_days: float = 1.0,
    ) -> Self:
        """
        Return checked histories; every row stands for one customer without ``weights``.

        :raises ValueError: if a row is impossible; its text names the first one from 0.
        """
        x = np.asarray(repeats, np.float64)
        t_x, ages = np.asarray(last, np.float64), np.asarray(age, np.float64)
        w = np.ones(len(x)) if weights is None else np.asarray(weights, np.float64)
        wrong = impossible(x, t_x, ages) | ~(np.isfinite(w) & (w >= 0))
        if wrong.any():
            raise ValueError(str(int(np.flatnonzero(wrong)[0])))
        return cls(x, t_x, ages, w, unit_days)

    @classmethod
    def until(cls, purchases: Purchases, cut_off: int, unit_days: float) -> Self:
        """
        Return the histories of ``purchases`` until the day ``cut_off``, in their order.

        A day counts once however many purchases it had. No purchase may be later.
        """
        first = purchases.first_days
        return cls(
            (purchases.day_counts - 1).astype(np.float64),
            (purchases.last_days - first) / unit_days,
            (cut_off - first) / unit_days,
            np.ones(len(purchases)),
            unit_days,
        )

    @cached_property
    def n(self) -> float:
        """Return the number of customers."""
        return float(self.weights.sum())

    def grouped(self) -> "Histories":
        """
        Return each different triple once, weighted by its customers.

        A million customers have some hundred thousand triples, because time is counted
        in days: every likelihood and its gradient are sums over these alone.
        """
        rows = _grouped_on_lattice(self)
        return rows if rows is not None else self._grouped_by_sorting()

    def _grouped_by_sorting(self) -> "Histories":
        order = np.lexsort((self.age, self.last, self.repeats))
        triples = np.stack((self.repeats, self.last, self.age))[:, order]
        new = np.ones(len(order), np.bool_)
        new[1:] = (np.diff(triples, axis=1) != 0).any(axis=0)
        starts = np.flatnonzero(new)
        weights = np.add.reduceat(self.weights[order], starts)
        x, last, age = triples[:, starts]
        return replace(self, repeats=x, last=last, age=age, weights=weights)


def impossible(repeats: Floats, last: Floats, age: Floats) -> Flags:
    """Return which rows (n,) no customer can have, such as a last purchase after T."""
    fine = (repeats >= 0) & (repeats == np.floor(repeats)) & np.isfinite(repeats)
    fine &= (last >= 0) & (last <= age) & np.isfinite(age)
    wrong: Flags = ~(fine & ((repeats > 0) | (last == 0)))
    return wrong


def _grouped_on_lattice(histories: Histories) -> Histories | None:
    """Group by one packed whole number a row; None where times are on no lattice."""
    x, last, age = histories.repeats, histories.last, histories.age
    per_unit = _lattice(last, age, histories.unit_days)
    if per_unit is None or not len(x):
        return None
    base = int(np.rint(age.max() * per_unit)) + 1
    if int(x.max() + 1).bit_length() + 2 * base.bit_length() > _BITS:
        return None
    keys = x.astype(np.int64) * base
    keys += np.rint(last * per_unit).astype(np.int64)
    keys *= base
    keys += np.rint(age * per_unit).astype(np.int64)
    keys, weights = _counted(keys, histories.weights)
    rest, ages = np.divmod(keys, base)
    repeats, lasts = np.divmod(rest, base)
    return replace(
        histories,
        repeats=repeats.astype(np.float64),
        last=lasts / per_unit,
        age=ages / per_unit,
        weights=weights,
    )


def _counted(keys: Ints, weights: Floats) -> tuple[Ints, Floats]:
    """Return the different keys ascending, and the sum of weights of each."""
    if (weights == 1).all():
        keys.sort()
        starts = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
        counts = np.diff(starts, append=len(keys))
        return keys[starts], counts.astype(np.float64)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
    return keys[starts], np.add.reduceat(weights[order], starts)


def _lattice(last: Floats, age: Floats, unit_days: float) -> float | None:
    """Return how many steps of time a unit has, if all times are whole steps."""
    for per_unit in (unit_days, 1.0, 100.0, 1000.0):
        if all(_whole(values[:100] * per_unit) for values in (last, age)) and all(
            _whole(values * per_unit) for values in (last, age)
        ):
            return per_unit
    return None


def _whole(values: Floats) -> bool:
    return not len(values) or bool(np.abs(values - np.rint(values)).max() < _NEAR)


def purchases_after(known: Purchases, later: Purchases, until: int) -> Ints:
    """
    Return how many days each customer of ``known`` bought in ``later``, (n,).

    Only days up to ``until`` count; customers who are only in ``later`` do not.
    """
    inside = (later.days <= until).astype(np.int64)
    counts = group_total(inside, later.offsets)
    places = np.searchsorted(later.customer_ids, known.customer_ids)
    found = np.zeros(len(known), np.int64)
    within = places < len(later)
    same = np.zeros(len(known), np.bool_)
    same[within] = later.customer_ids[places[within]] == known.customer_ids[within]
    found[same] = counts[places[same]]
    return found
