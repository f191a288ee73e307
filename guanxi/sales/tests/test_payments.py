"""Payments and refunds: what they settle, and how they are taken back."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Refused
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.commands.order import cancel_order
from guanxi.sales.commands.payment import (
    receive_payment,
    refund_order,
    take_back_payment,
)
from guanxi.sales.commands.step import (
    complete_order,
    ship_order,
    take_back_step,
)
from guanxi.sales.models import Payment
from guanxi.sales.tests.factories import HOUSE, make_order
from guanxi.sales.tests.traces import events, pay

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=31)


def test_given_two_payments_when_the_sum_is_reached_then_the_order_is_paid_once() -> (
    None
):
    order = make_order(amount="100.00")
    pay(order, "30.00")
    order.refresh_from_db()
    assert (order.payment_state, order.owed, order.paid_at) == (
        "part",
        Decimal("70.00"),
        None,
    )
    pay(order, "70.00")
    order.refresh_from_db()
    assert (order.payment_state, order.paid, order.paid_at) == (
        "paid",
        Decimal("100.00"),
        NOON,
    )
    assert events(order) == [
        "OrderPlaced",
        "PaymentReceived",
        "PaymentReceived",
        "OrderPaid",
    ]


def test_who_may_not_read_amounts_is_told_none_when_refused() -> None:
    rights = {f"order.{a}": Depth.ALL for a in ("read", "pay", "refund", "ship")}
    clerk = make_user(roles=[make_role(rights, {"order.total": Level.HIDDEN})])
    order = make_order(amount="123.45")
    asked: list[Callable[[], object]] = [
        partial(receive_payment, clerk, order, amount=Decimal(200), at=NOON),
        partial(refund_order, clerk, order, amount=Decimal(200), reason="x", at=NOON),
        partial(complete_order, clerk, order, at=NOON),
    ]
    for ask in asked:
        with pytest.raises(Refused) as refusal:
            ask()
        assert not re.search(r"\d", str(refusal.value.message))


@pytest.mark.parametrize("amount", ["0", "-1", "100.01", "0.001"])
def test_wrong_payments_are_refused(amount: str) -> None:
    order = make_order(amount="100.00")
    with pytest.raises(Refused) as refusal:
        pay(order, amount)
    assert refusal.value.field == "amount"
    assert not Payment.objects.exists()


def test_nobody_pays_for_a_draft_or_a_cancelled_order() -> None:
    draft = make_order(is_draft=True)
    cancelled = cancel_order(HOUSE, make_order(), reason="重复下单", at=NOON)
    for order in (draft, cancelled):
        with pytest.raises(Refused):
            pay(order, "1.00")


def test_a_payment_can_be_taken_back_for_half_an_hour() -> None:
    order = make_order(amount="100.00")
    payment = pay(order, "100.00")
    with pytest.raises(Refused):
        take_back_payment(HOUSE, order, payment_id=payment.pk, at=LATER)
    back = take_back_payment(HOUSE, order, payment_id=payment.pk, at=NOON)
    assert (back.paid, back.payment_state) == (Decimal(0), "unpaid")
    assert back.paid_at is None
    with pytest.raises(Refused):
        take_back_payment(HOUSE, order, payment_id=payment.pk, at=NOON)


def test_a_refunded_payment_stays() -> None:
    order = make_order(amount="100.00")
    payment = pay(order, "100.00")
    refund_order(HOUSE, order, amount=Decimal("10.00"), reason="划痕", at=NOON)
    with pytest.raises(Refused):
        take_back_payment(HOUSE, order, payment_id=payment.pk, at=NOON)


def test_given_a_completed_order_when_its_payment_is_taken_back_then_refused() -> None:
    order = ship_order(HOUSE, make_order(amount="100.00"), at=NOON)
    payment = pay(order, "100.00")
    complete_order(HOUSE, order, at=NOON)
    with pytest.raises(Refused):
        take_back_payment(HOUSE, order, payment_id=payment.pk, at=NOON)
    take_back_step(HOUSE, order, at=NOON)
    back = take_back_payment(HOUSE, order, payment_id=payment.pk, at=NOON)
    assert (back.state, back.payment_state) == ("shipped", "unpaid")


def test_refunds_reach_what_was_paid_and_no_more() -> None:
    order = make_order(amount="100.00")
    pay(order, "100.00")
    give_back = partial(refund_order, HOUSE, order, reason="退货", at=NOON)
    give_back(amount=Decimal("40.00"))
    order.refresh_from_db()
    assert (order.refunded, order.payment_state) == (Decimal("40.00"), "paid")
    with pytest.raises(Refused):
        give_back(amount=Decimal("60.01"))
    give_back(amount=Decimal("60.00"))
    order.refresh_from_db()
    assert (order.payment_state, order.owed) == ("refunded", Decimal(0))


def test_a_refund_needs_a_reason() -> None:
    order = make_order(amount="100.00")
    pay(order, "100.00")
    with pytest.raises(Refused) as refusal:
        refund_order(HOUSE, order, amount=Decimal(1), reason=" ", at=NOON)
    assert refusal.value.field == "reason"
