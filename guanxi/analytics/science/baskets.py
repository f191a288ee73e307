"""Frequent sets of items: what lies in the same basket more often than a given share."""

from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from guanxi.analytics.science.grouped import Ints

Bits: TypeAlias = npt.NDArray[np.uint64]  # one bit for each basket
ItemSet: TypeAlias = tuple[int, ...]  # item numbers, ascending

_WORD = 64


@dataclass(frozen=True, eq=False)
class Baskets:
    """
    What lies in n baskets; the same item in the same basket counts once.

    ``owners`` (m,) basket number from 0, ascending; ``items`` (m,) item number from 0.
    ``count`` is n: baskets without an item count too.
    """

    owners: Ints
    items: Ints
    count: int
    item_count: int

    @classmethod
    def from_rows(cls, owners: Ints, items: Ints, count: int) -> "Baskets":
        """Group rows (k,) of basket and item number, given in any order."""
        width = int(items.max()) + 1 if len(items) else 0
        rows = distinct(owners * max(width, 1) + items)
        baskets, found = np.divmod(rows, max(width, 1))
        return cls(baskets, found, count, width)


def distinct(values: Ints) -> Ints:
    """Return each of ``values`` once, ascending; several times faster than np.unique."""
    ordered = np.sort(values)
    is_new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    once: Ints = ordered[is_new]
    return once


def frequent_sets(
    baskets: Baskets, support: float, max_length: int
) -> dict[ItemSet, int]:
    """
    Return every set of up to ``max_length`` items and in how many baskets it lies.

    Kept are sets in at least ``support`` (share of all baskets, 0 < support <= 1).
    Exact: pairs are counted by a sparse product of the incidence matrix with itself,
    longer sets depth first by the intersection of bit sets (Eclat: Zaki 2000, "Scalable
    algorithms for association mining"). Oracle: R package arules on its Groceries.

    :raises ValueError: if the support or the length cannot be used.
    """
    if not 0 < support <= 1 or max_length < 1:
        raise ValueError("support must lie in (0, 1] and max_length be at least 1")
    least = max(1, ceil(support * baskets.count - 1e-9))
    singles = np.bincount(baskets.items, minlength=baskets.item_count)
    often = np.flatnonzero(singles >= least)
    found: dict[ItemSet, int] = {(int(i),): int(singles[i]) for i in often}
    if max_length > 1 and len(often) > 1:
        pairs = _frequent_pairs(baskets, often, least)
        found.update(pairs)
        if max_length > 2 and len(pairs) > 2:
            _Deepening(baskets, pairs, least, max_length, found).run()
    return found


def _frequent_pairs(baskets: Baskets, often: Ints, least: int) -> dict[ItemSet, int]:
    place = np.full(baskets.item_count, -1)
    place[often] = np.arange(len(often))
    kept = place[baskets.items] >= 0
    rows, columns = baskets.owners[kept], place[baskets.items[kept]]
    ones = np.ones(len(rows), np.int32)
    shape = (baskets.count, len(often))
    lies_in = sparse.csr_matrix((ones, (rows, columns)), shape=shape)
    together = sparse.triu(lies_in.T @ lies_in, k=1).tocoo()
    enough = together.data >= least
    first, second = often[together.row[enough]], often[together.col[enough]]
    counts = together.data[enough]
    order = np.lexsort((second, first))
    return {
        (int(first[at]), int(second[at])): int(counts[at]) for at in order
    }  # sorted, so that the same baskets always tell the same story


class _Deepening:
    """Grows frequent pairs to longer sets, one more item at a time, depth first."""

    def __init__(
        self,
        baskets: Baskets,
        pairs: dict[ItemSet, int],
        least: int,
        max_length: int,
        found: dict[ItemSet, int],
    ) -> None:
        self._least, self._max_length, self._found = least, max_length, found
        self._followers: dict[int, list[int]] = {}
        for first, second in pairs:
            self._followers.setdefault(first, []).append(second)
        named = np.unique(np.array(list(pairs), np.int64))
        self._row = {int(item): at for at, item in enumerate(named)}
        self._bits = bit_sets(baskets, named)

    def run(self) -> None:
        for first, followers in self._followers.items():
            if len(followers) > 1:
                own = self._bits[self._row[first]]
                self._extend((first,), own & self._rows_of(followers), followers)

    def _rows_of(self, items: list[int]) -> Bits:
        return self._bits[[self._row[item] for item in items]]

    def _extend(self, prefix: ItemSet, bits: Bits, items: list[int]) -> None:
        """``bits[k]`` marks the baskets that hold prefix and ``items[k]``."""
        for at, item in enumerate(items[:-1]):
            allowed = set(self._followers.get(item, ()))
            later = [k for k in range(at + 1, len(items)) if items[k] in allowed]
            if not later:
                continue
            both = bits[later]
            both &= bits[at]
            counts = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
            keep = np.flatnonzero(counts >= self._least)
            names = [items[later[k]] for k in keep]
            grown = (*prefix, item)
            for name, count in zip(names, counts[keep], strict=True):
                self._found[(*grown, name)] = int(count)
            if len(names) > 1 and len(grown) + 1 < self._max_length:
                self._extend(grown, both[keep], names)


def bit_sets(baskets: Baskets, named: Ints) -> Bits:
    """Return (len(named), words) bits: which baskets hold each of the ``named`` items."""
    place = np.full(baskets.item_count, -1)
    place[named] = np.arange(len(named))
    kept = place[baskets.items] >= 0
    words = -(-baskets.count // _WORD)
    rows = place[baskets.items[kept]]
    # Owners ascend: a stable sort by item alone puts both in order, in linear time.
    order = np.argsort(rows.astype(np.min_scalar_type(len(named))), kind="stable")
    keys = rows[order] * (words * _WORD) + baskets.owners[kept][order]
    places, marks = keys // _WORD, np.uint64(1) << (keys % _WORD).astype(np.uint64)
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    bits = np.zeros(len(named) * words, np.uint64)
    bits[places[starts]] = np.bitwise_or.reduceat(marks, starts)
    return bits.reshape(len(named), words)
