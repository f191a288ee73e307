"""The laws of sales."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.sales.rules.order import (
    SECOND_THOUGHTS,
    TRANSITIONS,
    OrderState,
    PaymentState,
    Steps,
    is_fresh,
    line_amount,
    may_become,
    open_amount,
    order_total,
    payment_state,
    previous_state,
)

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATE = NOON + SECOND_THOUGHTS + timedelta(seconds=1)
CENTS = st.decimals(0, 10**6, places=2)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("1", "99.90", "0", "99.90"),
        ("3", "0.335", "0", "1.00"),
        ("3", "0.345", "0", "1.04"),
        ("2.5", "10.0000", "5.00", "20.00"),
        ("0.333", "3.00", "0", "1.00"),
    ],
)
def test_line_amount_rounds_the_product_half_to_even(
    quantity: str, price: str, discount: str, amount: str
) -> None:
    found = line_amount(Decimal(quantity), Decimal(price), Decimal(discount))
    assert found == Decimal(amount)


def test_order_total_is_exact() -> None:
    assert order_total([Decimal("0.10")] * 3) == Decimal("0.30")
    assert order_total([]) == Decimal(0)


@pytest.mark.parametrize(
    ("total", "paid", "refunded", "state"),
    [
        ("100", "0", "0", PaymentState.UNPAID),
        ("100", "0.01", "0", PaymentState.PART),
        ("100", "100", "0", PaymentState.PAID),
        ("100", "100", "40", PaymentState.PAID),
        ("100", "100", "100", PaymentState.REFUNDED),
        ("100", "40", "40", PaymentState.REFUNDED),
        ("0", "0", "0", PaymentState.PAID),
    ],
)
def test_payment_state_follows_the_sums(
    total: str, paid: str, refunded: str, state: PaymentState
) -> None:
    assert payment_state(Decimal(total), Decimal(paid), Decimal(refunded)) is state


@given(total=CENTS, paid=CENTS, refunded=CENTS)
def test_who_owes_nothing_is_not_unpaid(
    total: Decimal, paid: Decimal, refunded: Decimal
) -> None:
    state = payment_state(total, paid, refunded)
    owes = open_amount(total, paid, refunded) > 0
    assert owes is (state in (PaymentState.UNPAID, PaymentState.PART))


def test_open_amount_is_what_is_not_paid_and_nothing_after_a_full_refund() -> None:
    assert open_amount(Decimal(100), Decimal(30), Decimal(0)) == Decimal(70)
    assert open_amount(Decimal(100), Decimal(120), Decimal(0)) == Decimal(0)
    assert open_amount(Decimal(100), Decimal(30), Decimal(30)) == Decimal(0)


LAWFUL = {
    ("draft", "placed"),
    ("draft", "cancelled"),
    ("placed", "released"),
    ("placed", "shipped"),
    ("placed", "cancelled"),
    ("released", "shipped"),
    ("released", "cancelled"),
    ("shipped", "done"),
}


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("wanted", OrderState)
def test_only_the_lawful_arcs_are_open(state: OrderState, wanted: OrderState) -> None:
    assert may_become(state, wanted) is ((state.value, wanted.value) in LAWFUL)


def test_every_state_says_where_it_leads() -> None:
    assert set(TRANSITIONS) == set(OrderState)


@pytest.mark.parametrize(
    ("state", "steps", "at", "back"),
    [
        (OrderState.PLACED, Steps(None, None, None), NOON, None),
        (OrderState.RELEASED, Steps(NOON, None, None), LATE, OrderState.PLACED),
        (OrderState.SHIPPED, Steps(NOON, NOON, None), NOON, OrderState.RELEASED),
        (OrderState.SHIPPED, Steps(None, NOON, None), NOON, OrderState.PLACED),
        (OrderState.SHIPPED, Steps(None, NOON, None), LATE, None),
        (OrderState.DONE, Steps(None, NOON, NOON), NOON, OrderState.SHIPPED),
        (OrderState.DONE, Steps(None, NOON, NOON), LATE, None),
        (OrderState.CANCELLED, Steps(None, None, None), NOON, None),
    ],
)
def test_a_step_goes_back_to_where_it_came_from(
    state: OrderState, steps: Steps, at: datetime, back: OrderState | None
) -> None:
    assert previous_state(state, steps, at=at) is back


def test_second_thoughts_end_after_half_an_hour() -> None:
    assert is_fresh(NOON, at=NOON + timedelta(minutes=30))
    assert not is_fresh(NOON, at=LATE)
    assert not is_fresh(None, at=NOON)
