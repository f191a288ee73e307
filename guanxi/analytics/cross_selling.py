"""From the lines in the warehouse to the next products of customers, and how good they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guanxi.analytics.cubes.histories import CLASSES, SALES, history_of
from guanxi.analytics.science.baskets import distinct
from guanxi.analytics.science.grouped import Flags, Ints
from guanxi.analytics.science.next_product import (
    Bought,
    Grounds,
    OfferSettings,
    Suggested,
    bought,
    due_again,
    grounds,
    hits,
    suggested,
)

# The hold-out is the last part of the time that is known, and of so many customers.
HELD_OUT = 0.25
FEWEST_DAYS_HELD_OUT, MOST_DAYS_HELD_OUT = 28, 180
MOST_TRIED = 100_000
# The largest classes; whoever belongs to none of them has rules alone.
MOST_CLASSES = 256
Group = tuple[str, ...]
Pairs = tuple[Ints, Ints]


@dataclass(frozen=True)
class Quality:
    """
    How good the suggestions are: tried on the last ``days`` of what is known.

    Of ``customers`` who bought something open to them in these days, ``hits`` bought one
    of what was proposed from what was known before, and ``popular`` one of the products
    that most customers had. All 0 where the time is too short to try.
    """

    days: int = 0
    customers: int = 0
    hits: int = 0
    popular: int = 0


@dataclass(frozen=True, eq=False)
class NextProducts:
    """
    The suggestions (k,) by numbers of the house, why, and how good they are.

    ``grounds`` (k,) are rows of ``why``, whose products are numbers of the house, as are
    the given ones of rules; those of peers are places in ``groups``: form, industry, tier.
    """

    customers: Ints
    products: Ints
    ranks: Ints
    grounds: Ints
    why: Grounds
    groups: Sequence[Group]
    quality: Quality
    buyers: int


@dataclass(frozen=True, eq=False)
class _Lines:
    """Purchases (m,): places in ``customer_ids``, places in ``product_ids``, days."""

    owners: Ints
    items: Ints
    days: Ints
    customer_ids: Ints
    product_ids: Ints

    def held(self, which: Flags, again: float) -> Bought:
        """Return who has what of some of the purchases."""
        return bought(
            self.owners[which],
            self.items[which],
            self.days[which],
            len(self.customer_ids),
            len(self.product_ids),
            again,
        )


def next_products(
    folder: Path,
    settings: OfferSettings,
    *,
    as_of: date,
    on_offer: Ints,
    without: Ints,
    refused: Pairs,
) -> NextProducts | None:
    """
    Return what to propose to whom by what was bought up to ``as_of``.

    Only products ``on_offer`` are proposed. Customers ``without`` count for nothing, and
    nothing is said of them; pairs ``refused`` (customers, products) are left out. None
    where nothing was bought, or nothing is loaded.
    """
    lines = _lines(folder, as_of, without)
    if lines is None:
        return None
    today = (as_of - date(1970, 1, 1)).days
    is_offered = np.isin(lines.product_ids, on_offer)
    held = lines.held(np.ones(len(lines.owners), np.bool_), settings.again)
    classes, groups = _classes(folder, lines, settings, ("form", "industry", "tier"))
    why = grounds(held, classes, is_offered, settings)
    shut = _places(lines, refused)
    most = settings.suggestions
    found = suggested(held, classes, why, shut, today=today, suggestions=most)
    # What a tier is made of has seen the days that are held out.
    blind, _groups = _classes(folder, lines, settings, ("form", "industry"))
    quality = _tried(lines, blind, is_offered, settings, today)
    return NextProducts(
        lines.customer_ids[found.customers],
        lines.product_ids[why.product[found.grounds]],
        found.ranks,
        found.grounds,
        _by_number(why, lines.product_ids),
        groups,
        quality,
        len(lines.customer_ids),
    )


def _lines(folder: Path, as_of: date, without: Ints) -> _Lines | None:
    history = history_of(folder, SALES)
    if not history.is_readable():
        return None
    until, known = pa.scalar(as_of, pa.date32()), pc.field("product_id") > 0
    table = history.read(["customer_id", "product_id", "ordered_on"])
    table = table.filter(known & (pc.field("ordered_on") <= until))
    kept = np.isin(table.column("customer_id").to_numpy(), without, invert=True)
    table = table.filter(pa.array(kept)).combine_chunks()
    if not table.num_rows:
        return None
    owners, customer_ids = _encoded(table.column("customer_id"))
    items, product_ids = _encoded(table.column("product_id"))
    days = table.column("ordered_on").cast(pa.int32()).to_numpy().astype(np.int64)
    return _Lines(owners, items, days, customer_ids, product_ids)


def _encoded(column: pa.ChunkedArray) -> Pairs:
    """Return the place of each value among the distinct ones, and these."""
    coded = pc.dictionary_encode(column.combine_chunks())
    return (
        coded.indices.to_numpy().astype(np.int64),
        coded.dictionary.to_numpy().astype(np.int64),
    )


def _classes(
    folder: Path, lines: _Lines, settings: OfferSettings, names: Sequence[str]
) -> tuple[Ints, list[Group]]:
    """
    Return the class of each buyer (n,), 0 for none, and what the classes are.

    The largest ones whose members are enough to speak for anything.
    """
    table = history_of(folder, CLASSES).read(["customer_id", *names])
    known = table.column("customer_id").to_numpy()
    order = np.argsort(known, kind="stable")
    place = np.searchsorted(known, lines.customer_ids, sorter=order)
    place = order[np.minimum(place, max(len(known) - 1, 0))] if len(known) else place
    is_known = np.zeros(len(place), np.bool_)
    if len(known):
        is_known = known[place] == lines.customer_ids
    rows = table.take(pa.array(place[is_known]))
    words = [pc.dictionary_encode(rows.column(n).combine_chunks()) for n in names]
    codes = np.zeros(rows.num_rows, np.int64)
    for word in words:
        codes = codes * (len(word.dictionary) + 1) + word.indices.to_numpy()
    cells, first, cell, sizes = np.unique(
        codes, return_index=True, return_inverse=True, return_counts=True
    )
    large = np.argsort(-sizes, kind="stable")[: MOST_CLASSES - 1]
    large = large[sizes[large] >= settings.least]
    number = np.zeros(len(cells), np.int64)
    number[large] = 1 + np.arange(len(large))
    classes = np.zeros(len(lines.customer_ids), np.int64)
    classes[is_known] = number[cell]
    groups = [
        tuple(word.dictionary[word.indices[int(at)].as_py()].as_py() for word in words)
        for at in first[large]
    ]
    return classes, [("",) * len(names), *groups]


def _places(lines: _Lines, pairs: Pairs) -> Pairs:
    """Return the places of pairs of numbers, without those that nobody knows."""
    found = []
    for ids, known in zip(pairs, (lines.customer_ids, lines.product_ids), strict=True):
        order = np.argsort(known)
        place = np.searchsorted(known, ids, sorter=order)
        place = order[np.minimum(place, len(known) - 1)]
        found.append(np.where(known[place] == ids, place, -1))
    is_known = (found[0] >= 0) & (found[1] >= 0)
    return found[0][is_known], found[1][is_known]


def _by_number(why: Grounds, product_ids: Ints) -> Grounds:
    """Return the grounds with the numbers of products that the house has for them."""
    if not len(why.product):
        return why
    among = np.minimum(why.given, len(product_ids) - 1)
    return Grounds(
        why.is_rule,
        np.where(why.is_rule, product_ids[among], why.given),
        product_ids[why.product],
        why.both,
        why.among,
        why.share,
        why.base,
    )


def _tried(
    lines: _Lines,
    classes: Ints,
    is_offered: Flags,
    settings: OfferSettings,
    today: int,
) -> Quality:
    """Return how often what was known before the last days hit what was bought in them."""
    length = int((today - lines.days.min()) * HELD_OUT)
    if length < FEWEST_DAYS_HELD_OUT:
        return Quality()
    length = min(length, MOST_DAYS_HELD_OUT)
    cut = today - length
    step = -(-len(lines.customer_ids) // MOST_TRIED)
    is_tried, is_early = lines.owners % step == 0, lines.days <= cut
    held = lines.held(is_tried & is_early, settings.again)
    late = is_tried & ~is_early
    wanted = _wanted(held, lines.owners[late], lines.items[late], is_offered, cut)
    if not len(held.owners) or not len(wanted):
        return Quality()
    none = np.zeros(0, np.int64), np.zeros(0, np.int64)
    asked = {"today": cut, "suggestions": settings.suggestions}
    counts = []
    for found_classes, why in (
        (classes, grounds(held, classes, is_offered, settings)),
        (np.ones_like(classes), _popular(held, is_offered)),
    ):
        found = suggested(held, found_classes, why, none, **asked)
        counts.append(hits(_of_buyers(held, found), why, held.width, wanted))
    return Quality(length, len(distinct(wanted // held.width)), *counts)


def _wanted(
    held: Bought, owners: Ints, items: Ints, is_offered: Flags, cut: int
) -> Ints:
    """Return what customers known before bought later that could be proposed to them."""
    is_known = np.zeros(held.count, np.bool_)
    is_known[held.owners] = True
    fits = is_known[owners] & is_offered[items]
    late = distinct(owners[fits] * held.width + items[fits])
    shut = ~due_again(held, cut)
    closed = held.owners[shut] * held.width + held.items[shut]
    found: Ints = late[np.isin(late, closed, invert=True)]
    return found


def _of_buyers(held: Bought, found: Suggested) -> Suggested:
    """Return the suggestions to those who have bought before."""
    is_known = np.zeros(held.count, np.bool_)
    is_known[held.owners] = True
    here = is_known[found.customers]
    return Suggested(found.customers[here], found.ranks[here], found.grounds[here])


def _popular(held: Bought, is_offered: Flags) -> Grounds:
    """Return what speaks for the products that most have, to everybody alike."""
    both = np.bincount(held.items, minlength=held.width)
    order = np.argsort(-both, kind="stable")
    order = order[is_offered[order] & (both[order] > 0)]
    size, base = len(order), both[order] / max(held.count, 1)
    one, among = np.ones(size, np.int64), np.full(size, held.count)
    return Grounds(np.zeros(size, np.bool_), one, order, both[order], among, base, base)
