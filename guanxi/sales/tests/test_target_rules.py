"""The laws of targets: spreading, spans, and how a figure stands."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.sales.rules.target import Measure, is_sound, spread, standing, together


@given(
    st.decimals(0, 10**9, places=2),
    st.lists(st.integers(0, 31), min_size=1, max_size=12),
)
def test_what_is_spread_comes_to_the_sum_again(
    total: Decimal, weights: list[int]
) -> None:
    if not sum(weights):
        with pytest.raises(ValueError, match="nothing"):
            spread(total, weights, step=Decimal("0.01"))
        return
    parts = spread(total, weights, step=Decimal("0.01"))
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) <= Decimal("0.01")


def test_what_is_left_goes_to_the_largest_fractions_the_earlier_first() -> None:
    assert spread(Decimal(100), [1, 1, 1], step=Decimal(1)) == [34, 33, 33]
    assert spread(Decimal(10), [20, 21, 22], step=Decimal(1)) == [3, 3, 4]


def test_sums_add_up_and_rates_have_a_mean() -> None:
    months = [Decimal(10), None, Decimal(20)]
    assert together(Measure.REVENUE, months) == Decimal(30)
    assert together(Measure.MARGIN, months) == Decimal(15)
    assert together(Measure.REVENUE, [None, None]) is None


def test_revenue_is_held_against_the_days_gone_by() -> None:
    behind = standing(Measure.REVENUE, Decimal(100), Decimal(40), past=10, days=20)
    assert (behind.share, behind.due, behind.outlook) == (
        Decimal("0.4"),
        Decimal("0.5"),
        Decimal(80),
    )
    assert not behind.is_good
    assert standing(
        Measure.REVENUE, Decimal(100), Decimal(50), past=10, days=20
    ).is_good


def test_costs_are_good_below_and_rates_know_no_days() -> None:
    assert standing(Measure.COST, Decimal(100), Decimal(40), past=10, days=20).is_good
    assert not standing(
        Measure.COST, Decimal(100), Decimal(60), past=10, days=20
    ).is_good
    rate = standing(Measure.MARGIN, Decimal(30), Decimal(31), past=1, days=20)
    assert rate.is_good
    assert rate.outlook == Decimal(31)


def test_nothing_gone_by_or_aimed_at_breaks_nothing() -> None:
    first = standing(Measure.REVENUE, Decimal(0), Decimal(5), past=0, days=0)
    assert (first.share, first.outlook) == (None, Decimal(5))


@pytest.mark.parametrize(
    ("measure", "value", "is_fine"),
    [
        (Measure.REVENUE, "-1", False),
        (Measure.MARGIN, "-5", True),
        (Measure.MARGIN, "101", False),
        (Measure.SATISFACTION, "10", True),
        (Measure.SATISFACTION, "10.5", False),
        (Measure.NEW_CUSTOMERS, "1.5", False),
        (Measure.NEW_CUSTOMERS, "12", True),
    ],
)
def test_only_sensible_values_are_aims(
    measure: Measure,
    value: str,
    *,
    is_fine: bool,
) -> None:
    assert is_sound(measure, Decimal(value)) is is_fine
