"""What may be asked about orders and products, and by whom."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import translation
from pytest_django.fixtures import DjangoAssertNumQueries

from guanxi.customers.queries.timeline import timeline
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.invariants import Invariant
from guanxi.identity.tests.factories import (
    NOON,
    make_people,
    make_role,
    make_team,
    make_user,
)
from guanxi.sales.commands.order import cancel_order, trash_order
from guanxi.sales.commands.payment import receive_payment, refund_order
from guanxi.sales.commands.product import change_product, trash_product
from guanxi.sales.commands.step import complete_order, release_order, ship_order
from guanxi.sales.models import Order
from guanxi.sales.queries.fact import order_day_bounds, order_facts, purchase_days
from guanxi.sales.queries.offer import Offers, offers
from guanxi.sales.queries.order import (
    find_orders,
    order,
    order_sums,
    orders,
    orders_of,
    trashed_orders,
)
from guanxi.sales.queries.product import (
    find_products,
    product,
    products,
    products_like,
    trashed_products,
)
from guanxi.sales.tests.factories import HOUSE, make_order, make_product
from guanxi.sales.wiring import room

pytestmark = pytest.mark.django_db


def test_depth_decides_which_orders_are_seen() -> None:
    team = make_team()
    mine = make_user(roles=[make_role({"order.read": Depth.OWN})], team=team)
    leader = make_user(roles=[make_role({"order.read": Depth.TEAM})], team=team)
    nobody = make_user()
    own = make_order(make_customer(owner=mine, team=team))
    other = make_order(make_customer(owner=nobody, team=make_team()))
    assert list(orders(mine)) == [own]
    assert list(orders(leader)) == [own]
    assert list(orders(nobody)) == []
    assert set(orders(HOUSE)) == {own, other}
    assert order(mine, own.pk) == own
    with pytest.raises(NotVisible):
        order(mine, other.pk)


def test_the_trash_is_for_those_who_may_delete() -> None:
    owner, colleague, _stranger = make_people("order.delete")
    trashed = make_order(make_customer(owner=owner, team=owner.team))
    trash_order(owner, trashed, at=NOON)
    assert list(orders(owner)) == []
    assert list(trashed_orders(owner)) == [trashed]
    assert list(trashed_orders(colleague)) == []
    assert order(owner, trashed.pk).deleted_at == NOON


def test_the_sums_of_a_customer_count_real_orders_after_refunds() -> None:
    customer = make_customer()
    paid = make_order(customer, amount="100.00")
    receive_payment(HOUSE, paid, amount=Decimal("100.00"), at=NOON)
    refund_order(HOUSE, paid, amount=Decimal("30.00"), reason="划痕", at=NOON)
    part = make_order(customer, amount="50.00")
    receive_payment(HOUSE, part, amount=Decimal("20.00"), at=NOON)
    make_order(customer, amount="7.00", is_draft=True)
    cancel_order(HOUSE, make_order(customer, amount="8.00"), reason="x", at=NOON)
    trash_order(HOUSE, make_order(customer, amount="9.00"), at=NOON)
    make_order(amount="1000.00")

    sums = order_sums(HOUSE, customer.pk)

    assert (sums.count, sums.worth, sums.owed) == (
        2,
        Decimal("120.00"),
        Decimal("30.00"),
    )
    assert len(orders_of(HOUSE, customer.pk, most=9)) == 4


def test_a_customer_without_orders_comes_to_nothing() -> None:
    sums = order_sums(HOUSE, make_customer().pk)
    assert (sums.count, sums.worth, sums.owed) == (0, Decimal(0), Decimal(0))


@pytest.mark.parametrize("text", ["SO2026", " so20260302-0001 ", "SO20260302-0001"])
def test_an_order_is_found_by_the_start_of_its_number(text: str) -> None:
    make_order(make_customer("李雷"), amount="100.00")
    (found,) = find_orders(HOUSE, text, 8)
    assert (found.label, found.detail) == ("SO20260302-0001", "李雷 · ¥100.00")


def test_numbers_given_in_small_letters_and_special_signs_are_found() -> None:
    make_order(number="web_1%")
    make_order(number="webX1a")
    assert [found.label for found in find_orders(HOUSE, "web_1", 8)] == ["web_1%"]
    assert find_orders(HOUSE, "w", 8) == []


def test_nobody_finds_what_he_may_not_see() -> None:
    make_order()
    make_product("餐桌")
    nobody = make_user()
    assert find_orders(nobody, "SO2026", 8) == []
    assert find_products(nobody, "餐桌", 8) == []


def test_the_search_by_number_reads_the_index() -> None:
    make_order()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM sales_order WHERE number LIKE 'SO20260302%'"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: (((number)::text >= 'SO20260302'" in plan


@pytest.mark.parametrize("text", ["实木", "餐桌", "smcz", "shimu", "ZY-8", "zy-8 实木"])
def test_a_product_is_found_by_name_pinyin_and_code(text: str) -> None:
    table = make_product("实木餐桌", code="ZY-8", price="1200.00")
    make_product("沙发", code="SF-1")
    assert list(products_like(HOUSE, text)) == [table]
    (found,) = find_products(HOUSE, text, 8)
    assert found.detail == "ZY-8 · ¥1,200.00"


def test_products_in_the_trash_or_not_on_offer_are_not_offered() -> None:
    sofa, table, lamp = make_product("沙发"), make_product("餐桌"), make_product("灯")
    trash_product(HOUSE, sofa, at=NOON)
    change_product(HOUSE, table, is_active=False, version=1, at=NOON)
    assert set(products(HOUSE)) == {table, lamp}
    assert list(trashed_products(HOUSE)) == [sofa]
    assert list(products_like(HOUSE, "餐桌")) == []
    assert product(HOUSE, sofa.pk).deleted_at == NOON
    with pytest.raises(NotVisible):
        product(make_user(), lamp.pk)


def test_the_facts_are_real_orders_in_minor_units() -> None:
    customer = make_customer()
    paid = make_order(customer, amount="100.50")
    receive_payment(HOUSE, paid, amount=Decimal("100.50"), at=NOON)
    refund_order(HOUSE, paid, amount=Decimal("0.25"), reason="找零", at=NOON)
    make_order(customer, amount="7.00", is_draft=True)
    cancel_order(HOUSE, make_order(customer), reason="x", at=NOON)
    trash_order(HOUSE, make_order(customer), at=NOON)
    foreign = make_order(customer)
    Order.objects.filter(pk=foreign.pk).update(currency="USD")
    with connection.cursor() as cursor:
        cursor.execute(order_facts())
        assert [column.name for column in cursor.description] == [
            "order_id",
            "customer_id",
            "ordered_on",
            "amount",
            "costed",
            "profit",
        ]
        bought = (customer.pk, date(2026, 3, 2))
        assert cursor.fetchall() == [(paid.pk, *bought, 10025, 0, 0)]
        cursor.execute(purchase_days())
        assert cursor.fetchall() == [bought]


@override_settings(CURRENCY="JPY")
def test_the_facts_of_a_currency_without_cents_are_whole() -> None:
    make_order(amount="1200")
    with connection.cursor() as cursor:
        cursor.execute(order_facts())
        assert cursor.fetchall()[0][3] == 1200


@override_settings(CURRENCY="X'; DROP TABLE sales_order; --")
def test_the_currency_cannot_break_out_of_the_facts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(order_facts())
        assert cursor.fetchall() == []


def test_day_bounds_are_those_of_real_orders() -> None:
    assert order_day_bounds() is None
    make_order(at=NOON)
    make_order(at=NOON + timedelta(days=5))
    make_order(at=NOON - timedelta(days=9), is_draft=True)
    trash_order(HOUSE, make_order(at=NOON + timedelta(days=9)), at=NOON)
    assert order_day_bounds() == (date(2026, 3, 2), date(2026, 3, 7))


def test_the_page_offers_what_law_and_right_allow() -> None:
    placed = make_order(amount="100.00")
    assert offers(HOUSE, placed, at=NOON) == Offers(
        edit=True,
        view_access=True,
        share=True,
        reschedule=True,
        release=True,
        ship=True,
        pay=True,
        cancel=True,
        trash=True,
        take_back_payment=True,
    )
    assert offers(make_user(), placed, at=NOON) == Offers()
    draft = make_order(is_draft=True)
    assert offers(HOUSE, draft, at=NOON).submit
    assert not offers(HOUSE, draft, at=NOON).pay


def test_the_page_of_a_shipped_order_offers_less() -> None:
    found = make_order(amount="100.00")
    release_order(HOUSE, found, at=NOON)
    receive_payment(HOUSE, found, amount=Decimal("100.00"), at=NOON)
    shipped = offers(HOUSE, ship_order(HOUSE, found, at=NOON), at=NOON)
    assert shipped == Offers(
        complete=True,
        view_access=True,
        share=True,
        take_back=True,
        refund=True,
        take_back_payment=True,
    )
    assert shipped.has_more


def test_the_page_of_a_trashed_order_offers_its_return() -> None:
    trashed = trash_order(HOUSE, make_order(), at=NOON)
    assert offers(HOUSE, trashed, at=NOON) == Offers(restore=True)
    assert not Offers(restore=True).has_more


@pytest.mark.parametrize("invariant", room.invariants, ids=lambda one: str(one.name))
def test_the_invariants_hold_after_all_commands(invariant: Invariant) -> None:
    found = make_order(amount="100.00")
    receive_payment(HOUSE, found, amount=Decimal("60.00"), at=NOON)
    refund_order(HOUSE, found, amount=Decimal("10.00"), reason="x", at=NOON)
    release_order(HOUSE, found, at=NOON)
    ship_order(HOUSE, found, at=NOON)
    cancel_order(HOUSE, make_order(), reason="x", at=NOON)
    make_order(is_draft=True)
    with connection.cursor() as cursor:
        cursor.execute(invariant.sql)
        assert cursor.fetchone() is None


@pytest.mark.parametrize(
    ("column", "value", "broken"),
    [
        ("total", "99", {"total"}),
        ("paid", "1", {"paid", "payment_state"}),
        ("refunded", "1", {"refunded", "payment_state"}),
        ("payment_state", "paid", {"payment_state"}),
        ("state", "shipped", {"step"}),
        ("state", "cancelled", {"step"}),
    ],
)
def test_the_invariants_see_what_is_broken(
    column: str, value: str, broken: set[str]
) -> None:
    keys = ("total", "paid", "refunded", "payment_state", "step")
    found = make_order(amount="100.00")
    Order.objects.filter(pk=found.pk).update(**{column: value})
    seen = set()
    with connection.cursor() as cursor:
        for key, invariant in zip(keys, room.invariants, strict=True):
            cursor.execute(invariant.sql)
            if cursor.fetchone() is not None:
                seen.add(key)
    assert seen == broken


@pytest.mark.django_db(transaction=True)
def test_orders_placed_at_once_get_different_numbers() -> None:
    customers = [make_customer() for _customer in range(4)]
    start = Barrier(len(customers))
    numbers: list[str] = []

    def place(index: int) -> None:
        start.wait()
        numbers.append(make_order(customers[index]).number)
        connection.close()

    threads = [Thread(target=place, args=(i,)) for i in range(len(customers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [f"SO20260302-000{n}" for n in range(1, 5)]


def test_the_timeline_of_a_customer_tells_only_of_orders_one_may_see(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    team = make_team()
    rights = {"customer.read": Depth.TEAM, "order.read": Depth.OWN}
    viewer = make_user(roles=[make_role(rights)], team=team)
    party = make_customer(owner=viewer, team=team)
    mine = make_order(party, number="A-1")
    theirs = make_order(party, number="B-1")
    Order.objects.filter(pk=theirs.pk).update(owner=make_user())
    receive_payment(HOUSE, mine, amount=Decimal("100.00"), at=NOON)
    timeline(viewer, party)  # afterwards rights and fields are remembered
    with translation.override("en"), django_assert_num_queries(2):
        told = [item.title for item in timeline(viewer, party).items]
    assert told == [
        "Payment of ¥100.00 received for order A-1",
        "Order A-1 placed, ¥100.00",
        "State changed from Potential customer to Actual customer",
    ]


def test_the_timeline_covers_an_amount_that_is_not_for_the_viewer() -> None:
    team = make_team()
    rights = {"customer.read": Depth.TEAM, "order.read": Depth.TEAM}
    role = make_role(rights, {"order.total": Level.HIDDEN})
    viewer = make_user(roles=[role], team=team)
    party = make_customer(owner=viewer, team=team)
    make_order(party, number="A-1")
    with translation.override("en"):
        told = [item.title for item in timeline(viewer, party).items]
    assert told[0] == "Order A-1 placed, ***"


def test_no_payment_of_a_completed_order_is_offered_back() -> None:
    order = ship_order(HOUSE, make_order(), at=NOON)
    assert offers(HOUSE, order, at=NOON).take_back_payment
    receive_payment(HOUSE, order, amount=Decimal("100.00"), at=NOON)
    done = complete_order(HOUSE, order, at=NOON)
    assert not offers(HOUSE, done, at=NOON).take_back_payment


def test_sums_and_timeline_tell_of_no_order_out_of_sight() -> None:
    depths = {"customer.read": Depth.ALL, "order.read": Depth.OWN}
    seller = make_user(roles=[make_role(depths)])
    customer = make_customer("李雷")
    own, foreign = (
        make_order(customer),
        make_order(customer, amount="900.00"),
    )
    Order.objects.filter(pk=own.pk).update(owner=seller)
    sums = order_sums(seller, customer.pk)
    assert (sums.count, sums.worth) == (1, Decimal("100.00"))
    without = make_user(roles=[make_role({"customer.read": Depth.ALL})])
    told = [
        [item.title for item in timeline(viewer, customer).items]
        for viewer in (HOUSE, without)
    ]
    assert [any(foreign.number in title for title in titles) for titles in told] == [
        True,
        False,
    ]
