"""The next product: what customers of the same class have and this one has not yet."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.baskets import distinct
from guanxi.analytics.science.grouped import Flags, Floats, Ints

_CELLS = 1 << 25  # customers × products at a time, so that a million need little memory
_REACH = 64  # how far down the ranking of a class is looked


@dataclass(frozen=True)
class PeerSettings:
    """When the peers of a customer speak for a product."""

    suggestions: int = 3  # for each customer at most
    least_holders: int = 10  # of the product within the class
    least_lift: float = 1.0  # share within the class against all customers

    def __post_init__(self) -> None:
        """:raises ValueError: if a number is below what means anything."""
        if self.suggestions < 1 or self.least_holders < 1 or self.least_lift < 0:
            raise ValueError("settings of peers must be positive")


@dataclass(frozen=True, eq=False)
class NextProducts:
    """
    Suggestions (k,), by customer, then rank: the product and why.

    ``share`` of the customers of the same class who have it, ``base`` of all customers,
    ``lift`` = share / base.
    """

    customers: Ints
    ranks: Ints
    products: Ints
    share: Floats
    base: Floats
    lift: Floats


def next_products(
    owners: Ints, products: Ints, classes: Ints, settings: PeerSettings
) -> NextProducts:
    """
    Return for each customer the products that most of his peers have and he has not.

    ``owners`` (m,) customer number from 0 and ``products`` (m,) product number from 0,
    any order, repeats allowed; ``classes`` (n,) class of each customer from 0. Ranked by
    how far the share in the class exceeds that of all (share − base), so that neither
    what everybody buys anyway nor what three people bought stands first. Collaborative
    filtering by class: Schafer, Konstan & Riedl 1999. Oracle: plain counting in tests.
    """
    n, width = len(classes), int(products.max()) + 1 if len(products) else 0
    if not width:
        return _joined([])
    held = distinct(owners * width + products)
    base = np.bincount(held % width, minlength=width) / n
    rankings = {
        int(code): _ranking(held, classes == code, base, settings)
        for code in np.unique(classes)
    }
    rows = max(1, _CELLS // width)
    return _joined(
        [
            part
            for start in range(0, n, rows)
            for part in _for_some(
                held,
                (start, classes[start : start + rows]),
                rankings,
                (width, settings),
            )
        ]
    )


@dataclass(frozen=True, eq=False)
class _Ranking:
    products: Ints
    share: Floats
    base: Floats


def _ranking(
    held: Ints, is_member: Flags, base: Floats, settings: PeerSettings
) -> _Ranking:
    width = len(base)
    counts = np.bincount(held[is_member[held // width]] % width, minlength=width)
    share = counts / np.count_nonzero(is_member)
    fits = (counts >= settings.least_holders) & (share >= settings.least_lift * base)
    fitting = np.flatnonzero(fits)
    order = np.lexsort((fitting, -share[fitting], -(share - base)[fitting]))
    best = fitting[order][:_REACH]
    return _Ranking(best, share[best], base[best])


def _for_some(
    held: Ints,
    some: tuple[int, Ints],
    rankings: dict[int, _Ranking],
    shape: tuple[int, PeerSettings],
) -> list[tuple[Ints, Ints, _Ranking]]:
    """Suggest to the customers from ``some[0]`` on, whose classes are ``some[1]``."""
    (start, classes), (width, settings) = some, shape
    begin, end = np.searchsorted(held, [start * width, (start + len(classes)) * width])
    cells = np.zeros(len(classes) * width, np.bool_)
    cells[held[begin:end] - start * width] = True
    has = cells.reshape(len(classes), width)
    found = []
    for code in np.unique(classes):
        ranking, members = rankings[int(code)], np.flatnonzero(classes == code)
        free = ~has[np.ix_(members, ranking.products)]
        rank = np.cumsum(free, axis=1, dtype=np.int16)
        row, column = np.nonzero(free & (rank <= settings.suggestions))
        chosen = _Ranking(
            ranking.products[column], ranking.share[column], ranking.base[column]
        )
        found.append((start + members[row], rank[row, column].astype(np.int64), chosen))
    return found


def _joined(found: list[tuple[Ints, Ints, _Ranking]]) -> NextProducts:
    if not found:
        none, nothing = np.zeros(0, np.int64), np.zeros(0)
        return NextProducts(none, none, none, nothing, nothing, nothing)
    customers = np.concatenate([part[0] for part in found])
    ranks = np.concatenate([part[1] for part in found]).astype(np.int64)
    products = np.concatenate([part[2].products for part in found])
    share = np.concatenate([part[2].share for part in found])
    base = np.concatenate([part[2].base for part in found])
    order = np.lexsort((ranks, customers))
    return NextProducts(
        customers[order],
        ranks[order],
        products[order],
        share[order],
        base[order],
        (share / base)[order],
    )
