"""Orders that are changed: lines, days, terms, and what is paid by then."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import (
    NOON,
    make_role,
    make_user,
)
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import (
    Terms,
    change_order,
    place_order,
    reschedule_order,
    trash_order,
)
from guanxi.sales.commands.step import ship_order
from guanxi.sales.models import Order, OrderLine
from guanxi.sales.rules.order import Channel
from guanxi.sales.tests.factories import HOUSE, make_order
from guanxi.sales.tests.traces import events, pay

pytestmark = pytest.mark.django_db
ONE = [NewLine(name="沙发", unit_price=Decimal("100.00"))]
LATER = NOON + timedelta(minutes=31)


def test_given_a_placed_order_when_changed_then_lines_total_and_audit_agree() -> None:
    order = make_order(amount="100.00")
    pay(order, "100.00")
    order.refresh_from_db()

    changed = change_order(
        HOUSE,
        order,
        lines=[NewLine(name="沙发", unit_price=Decimal("130.00"))],
        terms=Terms(due_on=date(2026, 3, 9)),
        version=order.version,
        at=NOON,
    )

    assert (changed.total, changed.payment_state) == (Decimal("130.00"), "part")
    assert OrderLine.objects.filter(order=order).count() == 1
    row = LoggedEvent.objects.get(name="sales.OrderChanged")
    assert row.changes == {"total": ["100.00", "130.00"], "due_on": ["", "2026-03-09"]}


def test_given_another_version_when_changed_then_it_is_a_conflict() -> None:
    order = make_order()
    with pytest.raises(Conflict):
        change_order(HOUSE, order, lines=ONE, terms=Terms(), version=7, at=NOON)


def test_given_a_change_when_it_settles_or_opens_the_bill_then_that_is_told() -> None:
    order = make_order(amount="100.00")
    pay(order, "60.00")
    change = partial(change_order, HOUSE, order, terms=Terms(), at=LATER)
    cheaper = change(
        lines=[NewLine(name="沙发", unit_price=Decimal("60.00"))], version=2
    )
    assert (cheaper.payment_state, cheaper.paid_at) == ("paid", LATER)
    assert events(order)[-2:] == ["OrderChanged", "OrderPaid"]
    dearer = change(lines=ONE, version=3)
    assert (dearer.payment_state, dearer.paid_at) == ("part", None)
    assert events(order)[-1] == "OrderChanged"


def test_given_nothing_to_pay_when_changed_then_nobody_paid() -> None:
    order = make_order(amount="100.00")
    free = [NewLine(name="沙发", unit_price=Decimal(0))]
    changed = change_order(HOUSE, order, lines=free, terms=Terms(), version=1, at=LATER)
    assert (changed.payment_state, changed.paid_at) == ("paid", None)
    assert events(order)[-1] == "OrderChanged"


def test_given_more_paid_than_the_new_total_when_changed_then_it_is_refused() -> None:
    order = make_order(amount="100.00")
    pay(order, "100.00")
    cheaper = [NewLine(name="沙发", unit_price=Decimal("99.99"))]
    with pytest.raises(Refused):
        change_order(HOUSE, order, lines=cheaper, terms=Terms(), version=2, at=NOON)
    assert OrderLine.objects.get(order=order).amount == Decimal("100.00")


def test_given_a_shipped_order_when_changed_then_it_is_locked() -> None:
    order = ship_order(HOUSE, make_order(), at=NOON)
    with pytest.raises(Refused):
        change_order(
            HOUSE, order, lines=ONE, terms=Terms(), version=order.version, at=NOON
        )


def test_days_move_before_shipment_and_only_the_payment_after() -> None:
    order = make_order(terms=Terms(due_on=date(2026, 3, 9), ship_on=date(2026, 3, 5)))
    moved = reschedule_order(
        HOUSE,
        order,
        due_on=date(2026, 3, 12),
        ship_on=date(2026, 3, 6),
        version=1,
        at=NOON,
    )
    assert (moved.due_on, moved.ship_on) == (date(2026, 3, 12), date(2026, 3, 6))
    ship_order(HOUSE, order, at=NOON)
    later = partial(reschedule_order, HOUSE, order, at=NOON)
    assert later(due_on=None, ship_on=date(2026, 3, 6), version=3).due_on is None
    with pytest.raises(Refused):
        later(due_on=None, ship_on=date(2026, 3, 7), version=4)
    trashed = trash_order(HOUSE, make_order(), at=NOON)
    with pytest.raises(Refused):
        reschedule_order(HOUSE, trashed, due_on=None, ship_on=None, version=2, at=NOON)


def test_given_terms_one_may_not_write_when_ordering_or_changing_then_denied() -> None:
    rights = {"customer.read", "order.read", "order.create", "order.edit"}
    role = make_role(dict.fromkeys(rights, Depth.ALL), {"order.due_on": Level.READ})
    clerk = make_user(roles=[role])
    customer, soon = make_customer(), Terms(due_on=date(2026, 3, 9))
    order = make_order(customer, terms=soon)
    change = partial(change_order, clerk, order, lines=ONE, version=1, at=NOON)
    deeds: list[Callable[[], object]] = [
        lambda: place_order(clerk, customer, lines=ONE, terms=soon, at=NOON),
        lambda: change(terms=Terms()),
        lambda: reschedule_order(
            clerk, order, due_on=None, ship_on=None, version=1, at=NOON
        ),
    ]
    for deed in deeds:
        with pytest.raises(Denied):
            deed()
    assert Order.objects.count() == 1
    other = Terms(channel=Channel.PHONE, due_on=date(2026, 3, 9))
    assert change(terms=other).channel == "phone"
