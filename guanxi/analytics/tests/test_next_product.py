"""The next product: rules, peers, what is bought again, and who gets which suggestion."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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

Rows = list[tuple[int, int, int]]
NOBODY = (np.zeros(0, np.int64), np.zeros(0, np.int64))
EASY = OfferSettings(support=0.01, confidence=0.2, lift=1.0, least=1)
PURCHASES = st.lists(
    st.tuples(st.integers(0, 70), st.integers(0, 4), st.integers(0, 9)), min_size=1
)


def held_of(rows: Rows, *, count: int, width: int = 5) -> Bought:
    """Return who has what, of purchases (customer, product, day)."""
    table = np.array(rows, np.int64).reshape(-1, 3)
    return bought(table[:, 0], table[:, 1], table[:, 2], count, width, 0.5)


def of_all(width: int = 5) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.ones(width, np.bool_)


def told(why: Grounds) -> set[tuple[bool, int, int, int, int]]:
    columns = (why.is_rule, why.given, why.product, why.both, why.among)
    return set(zip(*(column.tolist() for column in columns), strict=True))


def named(found: Suggested, why: Grounds) -> dict[int, list[int]]:
    """Return the products proposed to each customer, the first one first."""
    rows = sorted(
        zip(
            found.customers.tolist(),
            found.ranks.tolist(),
            why.product[found.grounds].tolist(),
            strict=True,
        )
    )
    return {c: [p for who, _rank, p in rows if who == c] for c, _r, _p in rows}


@given(PURCHASES)
def test_given_any_purchases_then_grounds_are_those_of_plain_counting(
    rows: Rows,
) -> None:
    held = held_of(rows, count=71)
    has = {(customer, product) for customer, product, _day in rows}
    classes = 1 + np.arange(71) % 3
    own = Counter(product for _customer, product in has)
    expected = set()
    for b in range(5):
        for a in range(5):
            both = sum((c, a) in has and (c, b) in has for c in range(71))
            if (
                a != b
                and both
                and both >= 0.2 * own[a]
                and both * 71 >= own[a] * own[b]
            ):
                expected.add((True, a, b, both, own[a]))
        for code in (1, 2, 3):
            inside = [c for c in range(71) if classes[c] == code]
            both = sum((c, b) in has for c in inside)
            fits = both and both >= 0.2 * len(inside)
            if fits and both * 71 >= own[b] * len(inside) - 1e-9:
                expected.add((False, code, b, both, len(inside)))
    assert told(grounds(held, classes, of_all(), EASY)) == expected


@given(PURCHASES, st.integers(1, 5))
def test_given_any_purchases_then_each_gets_the_best_that_is_open_to_him(
    rows: Rows, most: int
) -> None:
    held = held_of(rows, count=71)
    classes = 1 + np.arange(71) % 3
    why = grounds(held, classes, of_all(), EASY)
    found = suggested(held, classes, why, NOBODY, today=0, suggestions=most)
    has = {(customer, product) for customer, product, _day in rows}
    shut = {
        (int(held.owners[n]), int(held.items[n]))
        for n in np.flatnonzero(~due_again(held, 0))
    }
    expected: dict[int, list[int]] = {}
    for customer in range(71):
        best: list[int] = []
        for n in range(len(why.product)):
            product, ground = int(why.product[n]), int(why.given[n])
            applies = (
                (customer, ground) in has
                if why.is_rule[n]
                else classes[customer] == ground
            )
            is_open = (customer, product) not in shut and product not in best
            if applies and is_open and len(best) < most:
                best.append(product)
        if best:
            expected[customer] = best
    assert named(found, why) == expected


def test_given_a_class_of_nobody_then_it_speaks_for_nothing() -> None:
    held = held_of([(c, 0, 1) for c in range(6)], count=8)
    why = grounds(held, np.zeros(8, np.int64), of_all(), EASY)
    assert told(why) == set()


def test_given_what_is_not_on_offer_then_nothing_speaks_for_it() -> None:
    rows = [(c, p, 1) for c in range(6) for p in (0, 1)]
    is_offered = np.array([True, False, True, True, True])
    why = grounds(held_of(rows, count=8), np.zeros(8, np.int64), is_offered, EASY)
    assert set(why.product.tolist()) == {0}


def test_given_goods_bought_again_then_they_are_due_after_their_usual_pause() -> None:
    coffee = [(c, 0, day) for c in range(3) for day in (10, 10, 20, 32)]
    chairs = [(c, 1, 10) for c in range(3)]
    held = held_of([*coffee, *chairs], count=3, width=2)
    assert held.is_again.tolist() == [True, False]
    assert held.pause.tolist() == [10.0, 0.0]  # of 10, 12, 10, 12, …: the lower median
    assert not due_again(held, 41).any()
    assert held.items[due_again(held, 42)].tolist() == [0, 0, 0]


def test_given_a_refused_product_then_the_next_one_takes_its_place() -> None:
    rows = [(c, p, 1) for c in range(9) for p in (0, 1, 2)] + [(9, 0, 1)]
    held = held_of(rows, count=10)
    classes = np.zeros(10, np.int64)
    why = grounds(held, classes, of_all(), EASY)
    asked = {"today": 1, "suggestions": 1}
    assert named(suggested(held, classes, why, NOBODY, **asked), why) == {9: [1]}
    refused = np.array([9]), np.array([1])
    assert named(suggested(held, classes, why, refused, **asked), why) == {9: [2]}
    found = suggested(held, classes, why, NOBODY, today=1, suggestions=3)
    assert hits(found, why, 5, np.array([9 * 5 + 2, 9 * 5 + 4])) == 1


@pytest.mark.parametrize(
    "values", [{"suggestions": 0}, {"least": 0}, {"confidence": 2.0}, {"again": 0.0}]
)
def test_given_impossible_settings_then_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        OfferSettings(**values)  # type: ignore[arg-type]  # -- wrong values on purpose
