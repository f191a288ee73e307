"""The next product: what buyers of the same goods, and customers of the same class, bought."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from guanxi.analytics.science.association import RuleSettings, association
from guanxi.analytics.science.baskets import Baskets, Bits, bit_sets, distinct
from guanxi.analytics.science.grouped import Flags, Floats, Ints

MOST_SUGGESTIONS = 5
_WORD = 64
_DAY_BITS = 16  # days since 1970-01-01 up to the year 2149


@dataclass(frozen=True)
class OfferSettings:
    """
    When others speak for a product; shares between 0 and 1. The numbers are our default.

    ``support`` is the share of all buyers who have both products of a rule, ``least`` how
    many customers at least have both, or have the product within a class; ``confidence``
    the share of those others who have it, ``lift`` that share against the share of all.
    ``again`` is the share of the buyers of a product who bought it on more than one day
    from which on it is one that is bought again and again.
    """

    suggestions: int = 3
    support: float = 0.001
    confidence: float = 0.1
    lift: float = 1.2
    least: int = 10
    again: float = 0.5

    def __post_init__(self) -> None:
        """:raises ValueError: if a number is below, or above, what means anything."""
        if not 1 <= self.suggestions <= MOST_SUGGESTIONS or self.least < 1:
            raise ValueError("suggestions and customers must be at least 1")
        if not (0 < self.support <= 1 and 0 < self.confidence <= 1 and self.lift >= 0):
            raise ValueError("shares must lie between 0 and 1")
        if not 0 < self.again <= 1:
            raise ValueError("the share of who buys again must lie between 0 and 1")


@dataclass(frozen=True, eq=False)
class Bought:
    """
    Which of w products n customers have, each pair once.

    ``owners`` (m,) customer number from 0, ascending, ``items`` (m,) product number from
    0, ``last`` (m,) the last day on which it was bought. ``is_again`` (w,) tells which
    products are bought again and again, ``pause`` (w,) after how many days as a rule.
    """

    owners: Ints
    items: Ints
    last: Ints
    count: int
    width: int
    is_again: Flags
    pause: Floats

    @property
    def baskets(self) -> Baskets:
        """What each customer has, as one basket."""
        return Baskets(self.owners, self.items, self.count, self.width)


@dataclass(frozen=True, eq=False)
class Grounds:
    """
    Why products are proposed (r,), the highest share first.

    ``is_rule``: whoever has product ``given`` also bought ``product``; otherwise ``given``
    is a class, whose members bought it. ``both`` of ``among`` customers did, which is
    ``share``; of all it is ``base``.
    """

    is_rule: Flags
    given: Ints
    product: Ints
    both: Ints
    among: Ints
    share: Floats
    base: Floats


@dataclass(frozen=True, eq=False)
class Suggested:
    """Suggestions (k,): the customer, the rank from 1, and the number of the ground."""

    customers: Ints
    ranks: Ints
    grounds: Ints


def bought(
    owners: Ints, items: Ints, days: Ints, count: int, width: int, again: float
) -> Bought:
    """
    Return who has what, from purchases (k,) in any order.

    A product is bought again and again if at least the share ``again`` of its buyers, and
    two of them, bought it on more than one day; its pause is the median number of days
    between one purchase and the next.
    """
    bits = _DAY_BITS + width.bit_length()
    keys = distinct(owners << bits | items << _DAY_BITS | days)
    pairs = keys >> _DAY_BITS
    is_new = np.empty(len(pairs) + 1, np.bool_)
    is_new[:1] = is_new[-1:] = True
    np.not_equal(pairs[1:], pairs[:-1], out=is_new[1:-1])
    ends, again_at = np.flatnonzero(is_new[1:]), np.flatnonzero(~is_new[:-1])
    held = pairs[ends] & ((1 << width.bit_length()) - 1)
    gaps = keys[again_at] - keys[again_at - 1]  # of the same pair: only days differ
    repeats = np.diff(ends, prepend=-1) > 1
    buyers = np.bincount(held, minlength=width)
    repeated = np.bincount(held[repeats], minlength=width)
    return Bought(
        pairs[ends] >> width.bit_length(),
        held,
        keys[ends] & ((1 << _DAY_BITS) - 1),
        count,
        width,
        (repeated >= 2) & (repeated >= again * buyers),
        _medians(pairs[again_at] & ((1 << width.bit_length()) - 1), gaps, width),
    )


def _medians(groups: Ints, values: Ints, width: int) -> Floats:
    """Return the (lower) median of the values of each group (width,); 0 where none."""
    order = np.sort((groups << _DAY_BITS) | values)
    counts = np.bincount(groups, minlength=width)
    found = np.zeros(width)
    some = np.flatnonzero(counts)
    middle = np.cumsum(counts)[some] - counts[some] + (counts[some] - 1) // 2
    found[some] = order[middle] & ((1 << _DAY_BITS) - 1)
    return found


def grounds(
    held: Bought, classes: Ints, is_offered: Flags, settings: OfferSettings
) -> Grounds:
    """
    Return all that speaks for the products on offer (w,), the highest share first.

    ``classes`` (n,) is the class of each customer, 0 for those of none. Rules: Agrawal & Srikant 1994;
    filtering by class: Schafer, Konstan & Riedl 1999. The share is the estimate that a
    customer of the kind has the product, so the first is what he most probably buys;
    what everybody has alike is kept out by the lift. Oracle: plain counting in tests.
    """
    base = np.bincount(held.items, minlength=held.width) / max(held.count, 1)
    parts = [_rules(held, base, settings), _peers(held, classes, base, settings)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    is_rule, given, product, both, among = columns
    share = both / np.maximum(among, 1)
    order = np.lexsort((given, product, ~is_rule, -both, -share))
    order = order[is_offered[product[order]]]
    return Grounds(
        is_rule[order],
        given[order],
        product[order],
        both[order],
        among[order],
        share[order],
        base[product[order]],
    )


_Part = tuple[Flags, Ints, Ints, Ints, Ints]


def _rules(held: Bought, base: Floats, settings: OfferSettings) -> _Part:
    if not held.count:
        return _part(np.zeros((0, 4)), is_rule=True)
    support = min(1.0, max(settings.support, settings.least / held.count))
    asked = RuleSettings(support, settings.confidence, max_length=2)
    found = [
        rule
        for rule in association(held.baskets, asked).rules
        if rule.lift >= settings.lift
    ]
    singles = np.rint(base * held.count)
    rows = np.array(
        [
            (one.antecedent[0], one.consequent, one.count, singles[one.antecedent[0]])
            for one in found
        ]
    )
    return _part(rows.reshape(-1, 4), is_rule=True)


def _peers(held: Bought, classes: Ints, base: Floats, settings: OfferSettings) -> _Part:
    sizes = np.bincount(classes)
    cells = classes[held.owners] * held.width + held.items
    counts = np.bincount(cells, minlength=len(sizes) * held.width)
    both = counts.reshape(len(sizes), held.width)
    share = both / np.maximum(sizes, 1)[:, None]
    fits = (both >= settings.least) & (share >= settings.confidence)
    fits &= share >= settings.lift * base
    fits[:1] = False
    given, product = np.nonzero(fits)
    rows = np.stack([given, product, both[fits], sizes[given]], axis=1)
    return _part(rows, is_rule=False)


def _part(rows: "npt.NDArray[np.generic]", *, is_rule: bool) -> _Part:
    given, product, both, among = rows.astype(np.int64).T
    return np.full(len(rows), is_rule), given, product, both, among


def due_again(held: Bought, today: int) -> Flags:
    """
    Tell which of the pairs of ``held`` (m,) may be proposed although he has it.

    Those are products that are bought again and again, and that he last bought at least
    their usual pause before the day ``today``.
    """
    is_due = today - held.last >= held.pause[held.items]
    found: Flags = held.is_again[held.items] & is_due
    return found


def suggested(
    held: Bought,
    classes: Ints,
    why: Grounds,
    refused: tuple[Ints, Ints],
    *,
    today: int,
    suggestions: int,
) -> Suggested:
    """
    Return for each customer the products for which the highest shares speak.

    What he has is not proposed, unless it is due again on the day ``today``; nor are the
    pairs ``refused`` (customers, products). Each ground in turn is given to all to whom it
    applies and who still have room: a product comes once, with the best that speaks for
    it. Customers are bits, so that a million cost little.
    """
    due = due_again(held, today)
    has = _bits(held, held.owners, held.items)
    free = ~has | _bits(held, held.owners[due], held.items[due])
    order = np.argsort(refused[0], kind="stable")
    free &= ~_bits(held, refused[0][order], refused[1][order])
    codes = int(classes.max()) + 1 if len(classes) else 0
    alike = Baskets(np.arange(held.count), classes, held.count, codes)
    member = bit_sets(alike, np.arange(codes))
    filled = _Filled(held.count, suggestions)
    for number in range(len(why.product)):
        who = has if why.is_rule[number] else member
        fits = who[why.given[number]] & free[why.product[number]]
        filled.add(number, fits)
        free[why.product[number]] &= ~fits
    return filled.all()


def _bits(held: Bought, owners: Ints, items: Ints) -> Bits:
    """Return (width, words) bits: which customers have each product, of some pairs."""
    pairs = Baskets(owners, items, held.count, held.width)
    return bit_sets(pairs, np.arange(held.width))


class _Filled:
    """How many suggestions each customer has so far, counted in three planes of bits."""

    def __init__(self, count: int, most: int) -> None:
        words = -(-count // _WORD)
        self._planes = [np.zeros(words, np.uint64) for _plane in range(3)]
        self._ranks = np.zeros(count, np.int64)
        self._most = most
        self._found: list[tuple[Ints, Ints, Ints]] = []

    def add(self, ground: int, fits: Bits) -> None:
        """Give a ground to those of ``fits`` who have room."""
        full = np.full_like(fits, ~np.uint64(0))
        for at, plane in enumerate(self._planes):
            full &= plane if self._most >> at & 1 else ~plane
        fits = fits & ~full
        words = np.flatnonzero(fits)
        if not len(words):
            return
        customers = _numbers(fits, words)
        self._ranks[customers] += 1
        grounds = np.full(len(customers), ground)
        self._found.append((customers, self._ranks[customers], grounds))
        carry = fits
        for plane in self._planes:
            plane ^= carry
            carry = carry & ~plane

    def all(self) -> Suggested:
        """Return all that was given."""
        if not self._found:
            none = np.zeros(0, np.int64)
            return Suggested(none, none, none)
        customers, ranks, found = (
            np.concatenate(column) for column in zip(*self._found, strict=True)
        )
        return Suggested(customers, ranks, found)


def _numbers(bits: Bits, words: Ints) -> Ints:
    """Return the numbers of the bits set in some words, ascending."""
    some = bits[words].astype("<u8", copy=False).view(np.uint8)
    at = np.flatnonzero(np.unpackbits(some, bitorder="little").view(np.bool_))
    found: Ints = words[at // _WORD] * _WORD + at % _WORD
    return found


def hits(found: Suggested, why: Grounds, width: int, wanted: Ints) -> int:
    """
    Return how many customers bought one of what was proposed to them.

    ``wanted`` are pairs (k,), ascending, customer number × ``width`` + product number.
    """
    pairs = found.customers * width + why.product[found.grounds]
    right = np.isin(pairs, wanted)
    return len(np.unique(found.customers[right]))
