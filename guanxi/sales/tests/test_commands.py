"""What may be done with orders and products, by whom, and what comes of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_people,
    make_role,
    make_user,
)
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import (
    Terms,
    cancel_order,
    change_order,
    draft_order,
    place_order,
    reschedule_order,
    restore_order,
    submit_order,
    trash_order,
)
from guanxi.sales.commands.owner import follow_owner
from guanxi.sales.commands.payment import (
    receive_payment,
    refund_order,
    take_back_payment,
)
from guanxi.sales.commands.product import (
    ProductFacts,
    change_product,
    create_product,
    restore_product,
    trash_product,
)
from guanxi.sales.commands.step import (
    complete_order,
    release_order,
    ship_order,
    take_back_step,
)
from guanxi.sales.models import Order, OrderLine, Product
from guanxi.sales.rules.order import Channel, Method, OrderState
from guanxi.sales.tests.factories import HOUSE, make_order, make_product
from guanxi.sales.tests.traces import events, pay

pytestmark = pytest.mark.django_db
ONE = [NewLine(name="沙发", unit_price=Decimal("100.00"))]
LATER = NOON + timedelta(minutes=31)


def test_given_a_customer_when_an_order_is_placed_then_all_that_follows_is_written() -> (
    None
):
    owner = make_administrator("周敏")
    customer = make_customer("李雷", owner=owner)
    sofa = make_product("三人沙发", price="2999.00")
    terms = Terms(Channel.STORE, date(2026, 3, 10), date(2026, 3, 5), " 送货上楼 ")

    order = place_order(
        owner,
        customer,
        lines=[
            NewLine(product=sofa, quantity=Decimal(2), discount=Decimal("98.00")),
            NewLine(name="安装", unit_price=Decimal("150.00")),
        ],
        terms=terms,
        at=NOON,
    )

    order.refresh_from_db()
    assert order.number == "SO20260302-0001"
    assert order.total == Decimal("6050.00")
    assert (order.state, order.payment_state) == ("placed", "unpaid")
    assert (order.owner_id, order.team_id) == (owner.pk, None)
    assert (order.ordered_on, order.due_on) == (date(2026, 3, 2), date(2026, 3, 10))
    assert (order.channel, order.note) == ("store", "送货上楼")
    lines = OrderLine.objects.filter(order=order)
    assert [(line.position, line.name, line.amount) for line in lines] == [
        (1, "三人沙发", Decimal("5900.00")),
        (2, "安装", Decimal("150.00")),
    ]
    assert Customer.objects.get(pk=customer.pk).state == "actual"
    logged = LoggedEvent.objects.get(name="sales.OrderPlaced")
    assert logged.party_id == customer.pk
    assert logged.payload["amount"] == "¥6,050.00"
    assert "李雷" not in str(logged.payload)


def test_the_day_of_an_order_is_the_day_in_the_house() -> None:
    late_evening_in_utc = NOON.replace(hour=20)
    assert make_order(at=late_evening_in_utc).ordered_on == date(2026, 3, 3)


def test_numbers_count_on_and_pass_over_those_given_by_hand() -> None:
    first = make_order()
    make_order(number="SO20260302-0002")
    third = make_order()
    tomorrow = make_order(at=NOON + timedelta(days=1))
    assert [first.number, third.number, tomorrow.number] == [
        "SO20260302-0001",
        "SO20260302-0003",
        "SO20260303-0001",
    ]


def test_given_another_constraint_when_it_is_hurt_then_no_number_is_blamed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE sales_order ADD CONSTRAINT no_gifts CHECK (note <> 'gift')"
        )
    terms = Terms(note="gift")
    with pytest.raises(IntegrityError, match="no_gifts"), transaction.atomic():
        place_order(HOUSE, make_customer(), lines=ONE, terms=terms, at=NOON)


def test_given_a_taken_number_when_an_order_is_placed_then_it_is_refused() -> None:
    make_order(number="A-1")
    with pytest.raises(Refused) as refusal:
        make_order(number="A-1")
    assert refusal.value.field == "number"
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [NewLine(name="", unit_price=Decimal(1))],
        [NewLine(name="沙发")],
        [NewLine(name="沙发", unit_price=Decimal(1), quantity=Decimal(0))],
        [NewLine(name="沙发", unit_price=Decimal(-1))],
        [NewLine(name="沙发", unit_price=Decimal(1), discount=Decimal(-1))],
        [NewLine(name="沙发", unit_price=Decimal(1), discount=Decimal(2))],
        [NewLine(name="沙发", unit_price=Decimal(10) ** 12)],
        [NewLine(name="沙发", unit_price=Decimal(1))] * 501,
    ],
)
def test_lines_that_make_no_sense_are_refused(lines: list[NewLine]) -> None:
    with pytest.raises(Refused) as refusal:
        make_order(lines=lines)
    assert refusal.value.field == "lines"
    assert not Order.objects.exists()


def test_given_a_product_in_another_currency_when_ordered_then_it_is_refused() -> None:
    product = make_product()
    product.currency = "USD"
    with pytest.raises(Refused):
        make_order(lines=[NewLine(product=product)])


def test_a_draft_counts_for_nothing_until_it_is_placed() -> None:
    customer = make_customer()
    draft = make_order(customer, is_draft=True)
    assert draft.state == "draft"
    assert Customer.objects.get(pk=customer.pk).state == "potential"

    placed = submit_order(HOUSE, draft, at=NOON + timedelta(days=1))

    assert (placed.state, placed.ordered_on) == ("placed", date(2026, 3, 3))
    assert Customer.objects.get(pk=customer.pk).state == "actual"
    assert events(placed) == ["OrderDrafted", "OrderPlaced"]
    with pytest.raises(Refused):
        submit_order(HOUSE, placed, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_given_two_who_give_one_number_at_once_then_the_later_is_refused() -> None:
    customer = make_customer()

    def order_it() -> str:
        try:
            return make_order(customer, number="A-1").number
        except Refused as refusal:
            return refusal.field
        finally:
            connection.close()

    with ThreadPoolExecutor() as two:
        told = [waiting.result() for waiting in [two.submit(order_it) for _n in "ab"]]
    assert sorted(told) == ["A-1", "number"]
    assert Order.objects.count() == 1


def test_an_order_goes_its_way_and_back() -> None:
    order = make_order()
    assert release_order(HOUSE, order, at=NOON).released_at == NOON
    assert take_back_step(HOUSE, order, at=LATER).state == "placed"
    release_order(HOUSE, order, at=NOON)
    assert ship_order(HOUSE, order, at=NOON).shipped_at == NOON
    back = take_back_step(HOUSE, order, at=NOON)
    assert (back.state, back.shipped_at) == ("released", None)
    ship_order(HOUSE, order, at=NOON)
    with pytest.raises(Refused):
        complete_order(HOUSE, order, at=NOON)
    pay(order, "100.00")
    done = complete_order(HOUSE, order, at=NOON)
    assert (done.state, done.done_at) == ("done", NOON)
    with pytest.raises(Refused):
        take_back_step(HOUSE, order, at=LATER)


def test_given_a_later_step_when_an_earlier_one_is_taken_back_then_refused() -> None:
    order = release_order(HOUSE, make_order(), at=NOON)
    ship_order(HOUSE, order, at=NOON)
    with pytest.raises(Refused):
        take_back_step(HOUSE, order, step=OrderState.RELEASED, at=NOON)
    back = take_back_step(HOUSE, order, step=OrderState.SHIPPED, at=NOON)
    assert back.state == "released"


def test_an_order_is_shipped_only_once_and_not_cancelled_after() -> None:
    order = ship_order(HOUSE, make_order(), at=NOON)
    with pytest.raises(Refused):
        ship_order(HOUSE, order, at=NOON)
    with pytest.raises(Refused):
        cancel_order(HOUSE, order, reason="不要了", at=NOON)


def test_a_cancellation_needs_a_reason_and_no_money() -> None:
    order = make_order(amount="100.00")
    pay(order, "50.00")
    with pytest.raises(Refused) as refusal:
        cancel_order(HOUSE, order, reason="", at=NOON)
    assert refusal.value.field == "reason"
    with pytest.raises(Refused):
        cancel_order(HOUSE, order, reason="客户改变主意", at=NOON)
    refund_order(HOUSE, order, amount=Decimal("50.00"), reason="取消", at=NOON)
    cancelled = cancel_order(HOUSE, order, reason=" 客户改变主意 ", at=NOON)
    assert (cancelled.state, cancelled.cancelled_at) == ("cancelled", NOON)
    assert cancelled.cancel_reason == "客户改变主意"


def test_the_trash_takes_unpaid_orders_and_gives_them_back() -> None:
    order = make_order(amount="100.00")
    trashed = trash_order(HOUSE, order, at=NOON)
    assert trashed.deleted_at == NOON
    assert trash_order(HOUSE, order, at=LATER).deleted_at == NOON
    for act in (release_order, ship_order, take_back_step):
        with pytest.raises(Refused):
            act(HOUSE, order, at=NOON)
    with pytest.raises(Refused):
        change_order(
            HOUSE, order, lines=ONE, terms=Terms(), version=order.version, at=NOON
        )
    assert restore_order(HOUSE, order, at=NOON).deleted_at is None
    assert restore_order(HOUSE, order, at=NOON).version == 3
    pay(order, "1.00")
    with pytest.raises(Refused):
        trash_order(HOUSE, order, at=NOON)


def test_orders_go_with_their_customer_to_a_new_owner() -> None:
    first, second = make_user(), make_user()
    customer = make_customer(owner=first)
    order = make_order(customer)
    customer.owner = second
    assert follow_owner(HOUSE, [customer]) == 1
    assert follow_owner(HOUSE, [customer]) == 0
    order.refresh_from_db()
    assert order.owner_id == second.pk


def test_a_product_is_created_changed_trashed_and_restored() -> None:
    product = make_product("实木餐桌", code="ZY-8", price="1200.00", category="餐厅")
    assert " smcz" in product.search
    changed = change_product(
        HOUSE, product, price=Decimal("1100.00"), version=1, at=NOON
    )
    assert (changed.price, changed.name) == (Decimal("1100.00"), "实木餐桌")
    row = LoggedEvent.objects.get(name="sales.ProductChanged")
    assert row.changes == {"price": ["1200.00", "1100.00"]}
    with pytest.raises(Conflict):
        change_product(HOUSE, product, price=Decimal(1), version=1, at=NOON)
    assert trash_product(HOUSE, product, at=NOON).deleted_at == NOON
    assert restore_product(HOUSE, product, at=NOON).deleted_at is None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": "", "name": "桌"}, "name"),
        ({"code": "X", "name": " "}, "name"),
        ({"code": "TAKEN", "name": "桌"}, "code"),
        ({"code": "X", "name": "桌", "price": Decimal(-1)}, "price"),
    ],
)
def test_products_that_make_no_sense_are_refused(
    facts: ProductFacts, field: str
) -> None:
    make_product(code="TAKEN")
    with pytest.raises(Refused) as refusal:
        create_product(HOUSE, at=NOON, **facts)
    assert refusal.value.field == field


def test_who_may_not_write_the_cost_cannot_slip_it_in() -> None:
    buyer = make_user(roles=[make_role({"product.create": Depth.ALL})])
    with pytest.raises(Denied):
        create_product(buyer, code="X", name="桌", cost=Decimal(1), at=NOON)
    rights = {"product.create": Depth.ALL, "product.read": Depth.ALL}
    knower = make_user(roles=[make_role(rights, {"product.cost": Level.WRITE})])
    made = create_product(knower, code="X", name="桌", cost=Decimal(1), at=NOON)
    assert made.cost == Decimal(1)


RIGHTS = [
    "customer.read",
    *(
        f"order.{a}"
        for a in ("create", "edit", "cancel", "pay", "refund", "ship", "delete")
    ),
]
ACTS: list[Callable[[User, Order], object]] = [
    lambda by, order: submit_order(by, order, at=NOON),
    lambda by, order: change_order(
        by, order, lines=ONE, terms=Terms(), version=1, at=NOON
    ),
    lambda by, order: reschedule_order(
        by, order, due_on=None, ship_on=None, version=1, at=NOON
    ),
    lambda by, order: cancel_order(by, order, reason="x", at=NOON),
    lambda by, order: trash_order(by, order, at=NOON),
    lambda by, order: restore_order(by, order, at=NOON),
    lambda by, order: receive_payment(
        by, order, amount=Decimal(1), method=Method.CASH, at=NOON
    ),
    lambda by, order: take_back_payment(by, order, payment_id=1, at=NOON),
    lambda by, order: refund_order(by, order, amount=Decimal(1), reason="x", at=NOON),
    lambda by, order: release_order(by, order, at=NOON),
    lambda by, order: ship_order(by, order, at=NOON),
    lambda by, order: complete_order(by, order, at=NOON),
    lambda by, order: take_back_step(by, order, at=NOON),
]


@pytest.mark.parametrize("act", ACTS)
def test_colleague_and_stranger_change_nothing(
    act: Callable[[User, Order], object],
) -> None:
    owner, colleague, stranger = make_people(*RIGHTS)
    customer = make_customer(owner=owner, team=owner.team)
    order = make_order(customer, by=owner)
    with CaptureQueriesContext(
        connection,
    ) as log:
        with pytest.raises(Denied):
            act(colleague, order)
        with pytest.raises(NotVisible):
            act(stranger, order)
    writes = [q["sql"] for q in log if not q["sql"].startswith("SELECT")]
    assert writes == []


def test_only_who_sees_the_customer_orders_for_it() -> None:
    owner, colleague, stranger = make_people("order.create", "customer.read")
    customer = make_customer(owner=owner, team=owner.team)
    with pytest.raises(Denied):
        place_order(colleague, customer, lines=ONE, at=NOON)
    with pytest.raises(NotVisible):
        draft_order(stranger, customer, lines=ONE, at=NOON)
    assert not Order.objects.exists()
    assert place_order(owner, customer, lines=ONE, at=NOON).owner_id == owner.pk


def test_only_who_may_touches_products() -> None:
    reader = make_user(roles=[make_role({"product.read": Depth.ALL})])
    nobody = make_user()
    product = make_product()
    acts: list[Callable[[User], object]] = [
        lambda by: change_product(by, product, version=1, at=NOON),
        lambda by: trash_product(by, product, at=NOON),
        lambda by: restore_product(by, product, at=NOON),
    ]
    for act in acts:
        with pytest.raises(Denied):
            act(reader)
        with pytest.raises(NotVisible):
            act(nobody)
    with pytest.raises(Denied):
        create_product(reader, code="X", name="桌", at=NOON)
    assert Product.objects.get().version == 1
