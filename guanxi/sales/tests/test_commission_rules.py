"""The laws of commissions: tiers, parts to the cent, and what is taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.identity.tests.factories import NOON
from guanxi.sales.rules.commission import (
    Entry,
    RateTier,
    Source,
    TierBy,
    commission,
    earned,
    thresholds,
    wrong_with,
)

TIERS = [
    RateTier(Decimal(0), Decimal(1)),
    RateTier(Decimal(100_000), Decimal(2)),
    RateTier(Decimal(300_000), Decimal(4)),
]


def entry(number: int, base: str, order: int = 0) -> Entry:
    source = Source.PAYMENT if Decimal(base) > 0 else Source.REFUND
    at = NOON + timedelta(hours=number)
    return Entry(source, number, order or number, at, Decimal(100), Decimal(base))


@pytest.mark.parametrize(
    ("base", "stepped", "whole"),
    [
        ("0", "0", "0"),
        ("50000", "500", "500"),
        ("100000", "1000", "2000"),
        ("250000", "4000", "5000"),
        # 1000 + 4000 + 4 percent of 50,000
        ("350000", "7000", "14000"),
    ],
)
def test_rates_are_for_parts_or_for_all(base: str, stepped: str, whole: str) -> None:
    assert commission(Decimal(base), TIERS, is_stepped=True) == Decimal(stepped)
    assert commission(Decimal(base), TIERS, is_stepped=False) == Decimal(whole)


def test_tiers_of_a_target_are_shares_of_it() -> None:
    tiers = [RateTier(Decimal(0), Decimal(1)), RateTier(Decimal(80), Decimal(3))]
    found = thresholds(tiers, TierBy.TARGET, Decimal(50_000))
    assert [one.start for one in found] == [0, 40_000]
    assert thresholds(tiers, TierBy.TARGET, None) == tiers[:1]


@given(
    bases=st.lists(st.decimals("0.01", 10**6, places=2), min_size=1, max_size=20),
    is_stepped=st.booleans(),
)
def test_lines_come_to_the_commission_on_all(
    *, bases: list[Decimal], is_stepped: bool
) -> None:
    entries = [entry(number, str(base)) for number, base in enumerate(bases)]
    lines = earned(entries, TIERS, is_stepped=is_stepped, rates={})
    total = commission(sum(bases, Decimal(0)), TIERS, is_stepped=is_stepped)
    assert sum(one.amount for one in lines) == total


def test_a_refund_takes_back_what_its_order_once_earned() -> None:
    entries = [
        entry(1, "50000"),
        entry(2, "-10000", order=9),
        entry(3, "-100", order=8),
    ]
    lines = earned(entries, TIERS, is_stepped=True, rates={9: Decimal(4)})
    assert [one.amount for one in lines] == [500, -400, -1]


def test_refunds_alone_make_a_statement_below_zero() -> None:
    (line,) = earned([entry(1, "-200")], TIERS, is_stepped=True, rates={})
    assert line.amount == -2
    assert earned([], TIERS, is_stepped=True, rates={}) == []


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [RateTier(Decimal(5), Decimal(1))],
        [RateTier(Decimal(0), Decimal(1)), RateTier(Decimal(0), Decimal(2))],
        [RateTier(Decimal(0), Decimal(101))],
    ],
)
def test_tiers_that_make_no_sense_are_told(tiers: list[RateTier]) -> None:
    assert wrong_with(tiers)
    assert not wrong_with(TIERS)
