import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.imports import engine
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.refused import labels_of, reason_of
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow
from guanxi.foundation.tests.factories import (
    checked_file,
    digest_of,
    import_file,
    ready_file,
    undo_file,
)
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user
from guanxi.sales.commands.owner import follow_owner
from guanxi.sales.commands.payment import receive_payment, refund_order
from guanxi.sales.imports import order_numbers
from guanxi.sales.models import Order, OrderLine, Payment, Product
from guanxi.sales.tests.factories import make_order, make_product
from guanxi.sales.wiring import room

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
CDNOW = Path(__file__).parents[3] / "../shared/fixtures/cdnow/CDNOW_sample.txt"
TABLES = (
    "sales_order",
    "sales_orderline",
    "sales_payment",
    "sales_product",
    "customers_customer",
    "customers_contactpoint",
    "customers_traits",
)


def broken_laws() -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for law in room.invariants:
            cursor.execute(law.sql)
            if cursor.fetchone() is not None:
                found.append(str(law.name))
    return found


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    labels = labels_of(import_kind(run.kind))
    with translation.override("zh-hans"):
        return [
            (row.number, reason_of(row, labels))
            for row in RefusedRow.objects.filter(run=run).order_by("index")
        ]


def totals() -> dict[str, Decimal]:
    return dict(Order.objects.values_list("number", "total"))


def test_one_row_an_order_makes_customers_actual() -> None:
    there = make_customer("张伟", external_id="C1")
    text = '订单号,客户编号,客户,下单时间,金额,手机\nD1,C1,张伟,2024-05-01 13:45:00,"￥1,234.50",\nD2,C9,李娜,2024/5/2,80,13900139000\n'
    run = import_file(HOUSE, "orders", text)
    assert (run.created, run.refused) == (2, 0)
    first, second = Order.objects.select_related("customer").order_by("number")
    assert (first.total, first.paid, first.payment_state) == (
        Decimal("1234.50"),
        Decimal("1234.50"),
        "paid",
    )
    assert (first.ordered_on, first.state) == (date(2024, 5, 1), "done")
    assert first.customer_id == there.pk
    assert (second.customer.name, second.customer.phone) == ("李娜", "+8613900139000")
    assert set(Customer.objects.values_list("state", flat=True)) == {"actual"}
    assert Payment.objects.count() == 2
    told = LoggedEvent.objects.filter(party_id=there.pk).values_list("name", flat=True)
    assert sorted(told) == ["customers.CustomerStateChanged", "sales.OrderPlaced"]
    placed = LoggedEvent.objects.get(name="sales.OrderPlaced", party_id=there.pk)
    assert (placed.subject_id, placed.at, placed.changes) == (
        first.pk,
        first.ordered_at,
        {},
    )
    assert placed.payload == {
        "order_id": first.pk,
        "customer_id": there.pk,
        "number": "D1",
        "amount": "¥1,234.50",
        "ordered_on": "2024-05-01",
    }
    assert broken_laws() == []


def test_rows_with_one_number_are_lines_of_one_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_product("沙发", code="SF", price="1000.00")
    text = (
        "订单号,客户,日期,商品,数量,单价\n"
        "D1,张伟,2024-05-01,沙发,2,900\n"
        "D2,李娜,2024-05-01,茶几,1,300.5\n"
        "D1,张伟,2024-05-01,抱枕,3,0.335\n"
        "D3,张伟,2024-05-03,沙发,1,\n"
        "D1,张伟,2024-05-01,地毯,1,50\n"
    )
    whole = import_file(HOUSE, "orders", text)
    wanted = totals()
    assert wanted == {
        "D1": Decimal("1851.00"),  # 2 × 900 + 3 × 0.335 + 50; 1.005, half to even
        "D2": Decimal("300.50"),
        "D3": Decimal("1000.00"),
    }
    assert (whole.created, Customer.objects.count()) == (3, 2)
    names = OrderLine.objects.filter(order__number="D1").values_list("name", "position")
    assert list(names) == [("沙发", 1), ("抱枕", 2), ("地毯", 3)]
    assert OrderLine.objects.filter(product__code="SF").count() == 2
    undo_file(HOUSE, whole)
    monkeypatch.setattr(engine, "CHUNK_ROWS", 2)
    import_file(HOUSE, "orders", text)
    assert totals() == wanted
    assert broken_laws() == []


def test_any_quantity_comes_to_the_amount_exactly() -> None:
    text = "订单号,客户,日期,数量,金额\nD1,张伟,2024-05-01,3,10\nD2,张伟,2024-05-01,7000,0.01\nD3,张伟,2024-05-01,2,0\n"
    import_file(HOUSE, "orders", text)
    assert totals() == {"D1": Decimal(10), "D2": Decimal("0.01"), "D3": Decimal(0)}
    for line in OrderLine.objects.all():
        worth = (line.quantity * line.unit_price).quantize(Decimal("0.01"))
        assert worth - line.discount == line.amount
    assert broken_laws() == []


def test_cdnow_comes_in_whole_and_a_second_time_not_at_all() -> None:
    if not CDNOW.exists():
        pytest.skip("needs ../shared/fixtures/cdnow")
    rows = [line.split() for line in CDNOW.read_text().splitlines() if line.strip()]
    run = checked_file(HOUSE, "orders", CDNOW.read_bytes())
    assert run.columns == {"0": "customer", "2": "date", "3": "quantity", "4": "amount"}
    assert (run.preview["created"], run.preview["refused"]) == (6919, 0)
    run = import_file(HOUSE, "orders", CDNOW.read_bytes())
    assert (run.created, run.refused, run.cursor) == (6919, 0, 6919)
    assert Customer.objects.filter(state="actual").count() == 2357
    assert sum(totals().values()) == sum(Decimal(row[4]) for row in rows)
    assert Customer.objects.get(external_id="00004").name == "客户 00004"
    days = Order.objects.order_by("ordered_on").values_list("ordered_on", flat=True)
    assert (days.first(), days.last()) == (date(1997, 1, 1), date(1998, 6, 30))
    again = import_file(HOUSE, "orders", CDNOW.read_bytes())
    assert (again.created, again.skipped) == (0, 6919)
    assert broken_laws() == []
    undo_file(HOUSE, run)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()


def test_given_rows_without_numbers_when_a_longer_file_comes_then_only_new_ones_count() -> (
    None
):
    short = "客户编号,日期,数量,金额,备注\nC1,2024-05-01,1,10,急\nC1,2024-05-01,1,10,\nC2,2024-05-02,2,80,\n"
    assert import_file(HOUSE, "orders", short).created == 3
    longer = (
        "客户编号;日期;数量;金额;备注\n"
        "C3;2024/05/03;1;7.00;\n"
        "C1;2024/05/01;1.0;￥10.00;另一备注\n"
        "C2;2024/05/02;2;80.00;\n"
        "C1;2024/05/01;1;10;\n"
        "C1;2024/05/01;1;10;\n"
        "C2;2024/05/02;3;80;\n"
    )

    run = import_file(HOUSE, "orders", longer)

    assert (run.created, run.skipped, run.refused) == (3, 3, 0)
    assert all(re.fullmatch(r"\d{8}-[A-Z2-7]{10}(-[23])?", n) for n in totals())
    assert sorted(str(number)[:8] for number in totals()) == [
        "20240501", "20240501", "20240501", "20240502", "20240502", "20240503",
    ]  # fmt: skip
    assert import_file(HOUSE, "orders", longer).created == 0
    assert broken_laws() == []


def test_given_rows_whose_numbers_would_be_the_same_when_imported_then_the_later_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order_numbers, "_LETTERS", 0)
    monkeypatch.setattr(order_numbers, "_BITS", 0)
    monkeypatch.setattr(order_numbers, "_REST_BITS", 80)
    text = "客户编号,日期,金额\nC1,2024-05-01,10\nC2,2024-05-01,20\nC1,2024-05-01,10\n"
    run = import_file(HOUSE, "orders", text)
    assert (run.created, run.refused) == (2, 1)
    assert sorted(totals()) == ["20240501-", "20240501--2"]


def test_given_equal_rows_without_numbers_when_cut_off_between_them_then_each_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "CHUNK_ROWS", 2)
    text = "客户编号,日期,金额\n" + "C1,2024-05-01,10\n" * 5
    run = ready_file(HOUSE, "orders", text)

    def cut_off(run: ImportRun) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.execute(HOUSE, run, cut_off)
    done = engine.execute(HOUSE, ImportRun.objects.get(pk=run.pk))

    assert (done.created, done.skipped, Order.objects.count()) == (5, 0, 5)


def test_orders_not_paid_stay_open() -> None:
    text = "订单号,客户,日期,金额,已付款,状态\nD1,张伟,2024-05-01,10,否,待发货\nD2,张伟,2024-05-01,20,是,已完成\nD3,张伟,2024-05-01,20,,交易关闭\n"
    import_file(HOUSE, "orders", text, options={"paid": "no"})
    facts = Order.objects.order_by("number").values_list("state", "payment_state")
    assert list(facts) == [
        ("placed", "unpaid"),
        ("done", "paid"),
        ("cancelled", "unpaid"),
    ]
    assert broken_laws() == []


def test_wrong_rows_are_refused_alone() -> None:
    make_customer("张伟", phone="13800138000", deleted_at=NOON)
    text = (
        "订单号,手机,日期,金额,数量\n"
        "D1,13800138000,2024-05-01,10,1\n"
        "D2,13900139000,2024-02-30,10,1\n"
        "D3,13900139000,2024-05-01,-1,1\n"
        "D4,13900139000,2024-05-01,10,0\n"
        "D5,,2024-05-01,10,1\n"
        "D6,13900139000,2024-05-01,,1\n"
        "D7,13900139000,2024-05-01,10,1\n"
    )
    run = import_file(HOUSE, "orders", text)
    assert (run.created, run.refused) == (1, 6)
    assert reasons(run) == [
        (2, "客户电话：该客户在回收站中，请先恢复。"),
        (3, "下单时间：日期不存在：2024-02-30。"),
        (4, "金额：不能为负数。"),
        (5, "数量：数量须大于零。"),
        (6, "客户电话：缺少客户。"),
        (7, "金额：没有金额，也没有已知产品的价格。"),
    ]
    assert Customer.objects.get(phone="+8613900139000").name == "客户 139****9000"


def test_customers_are_not_made_where_that_is_not_wanted() -> None:
    text = "订单号,客户编号,日期,金额\nD1,C1,2024-05-01,10\n"
    run = import_file(HOUSE, "orders", text, options={"newcomers": "refuse"})
    assert (run.created, run.refused) == (0, 1)
    assert not Customer.objects.exists()


def test_an_update_replaces_the_lines_and_undoing_brings_them_back() -> None:
    make_order(number="D1", amount="100.00")
    make_order(number="D2", amount="70.00")
    before = digest_of(*TABLES)
    text = "订单号,客户,日期,商品,金额,备注\nD1,张伟,2024-05-01,茶几,30,加急\nD1,张伟,2024-05-01,抱枕,40,\nD9,李娜,2024-05-01,灯,5,\n"
    run = import_file(HOUSE, "orders", text, options={"on_match": "update"})
    assert (run.created, run.updated) == (1, 1)
    assert totals() == {"D1": Decimal(70), "D2": Decimal(70), "D9": Decimal(5)}
    order = Order.objects.get(number="D1")
    assert (order.payment_state, order.note) == ("unpaid", "加急")
    assert broken_laws() == []
    undone = undo_file(HOUSE, run)
    assert (undone.removed, undone.restored, undone.kept) == (2, 1, 0)
    assert digest_of(*TABLES) == before


def test_given_a_total_lowered_to_what_is_paid_when_updated_then_the_bill_is_settled() -> (
    None
):
    order = make_order(number="D1", amount="100.00")
    receive_payment(HOUSE, order, amount=Decimal(30), at=NOON)
    before = digest_of(*TABLES)
    text = "订单号,客户,日期,金额\nD1,张伟,2024-05-01,30\n"
    run = import_file(HOUSE, "orders", text, options={"on_match": "update"})
    order.refresh_from_db()
    assert order.payment_state == "paid"
    assert order.paid_at == order.updated_at
    undo_file(HOUSE, run)
    assert digest_of(*TABLES) == before


def test_an_order_taken_back_stays_with_who_looks_after_its_customer_now() -> None:
    first, second = make_user(), make_user()
    customer = make_customer("张伟", owner=first)
    make_order(customer, number="D1", amount="100.00")
    text = "订单号,客户,日期,金额\nD1,张伟,2024-05-01,30\n"
    run = import_file(HOUSE, "orders", text, options={"on_match": "update"})
    customer.owner = second
    follow_owner(HOUSE, [customer])
    assert undo_file(HOUSE, run).restored == 1
    order = Order.objects.get()
    assert (order.total, order.owner_id) == (Decimal("100.00"), second.pk)


def test_what_has_left_the_house_is_not_updated() -> None:
    make_order(number="D1", amount="100.00")
    Order.objects.update(state="shipped", shipped_at=NOON)
    text = "订单号,客户,日期,金额\nD1,张伟,2024-05-01,30\n"
    run = import_file(HOUSE, "orders", text, options={"on_match": "update"})
    assert reasons(run) == [(2, "订单编号：此编号的订单已发货或已取消，保持不变。")]


def test_undoing_restores_the_former_state_exactly() -> None:
    make_customer("张伟", external_id="C1")
    make_order(number="D1")
    before = digest_of(*TABLES)
    text = "订单号,客户编号,日期,金额\nD1,C1,2024-05-01,10\nD2,C1,2024-05-01,20\nD3,C2,2024-05-01,30\n"
    run = import_file(HOUSE, "orders", text)
    assert (run.created, run.skipped) == (2, 1)
    assert Customer.objects.get(external_id="C1").state == "actual"
    undone = undo_file(HOUSE, run)
    assert (undone.removed, undone.restored, undone.kept) == (3, 1, 0)
    assert digest_of(*TABLES) == before
    assert (
        not LoggedEvent.objects.filter(kind="order", party_id__isnull=False)
        .exclude(name="sales.OrderPlaced", payload__number="D1")
        .exists()
    )


def test_undoing_puts_what_was_worked_with_into_the_trash() -> None:
    text = "订单号,客户编号,日期,金额\nD1,C1,2024-05-01,10\nD2,C2,2024-05-01,20\n"
    run = import_file(HOUSE, "orders", text)
    worked = Order.objects.get(number="D1")
    refund_order(HOUSE, worked, amount=Decimal(5), reason="破损", at=NOON)
    undone = undo_file(HOUSE, run)
    assert (undone.removed, undone.kept) == (2, 2)
    assert Order.objects.get().deleted_at is not None
    assert Customer.objects.get().deleted_at is not None


def test_a_seller_does_not_order_for_customers_of_others() -> None:
    permissions = (
        "order.create",
        "order.import",
        "customer.read",
        "import_run.create",
        "import_run.read",
    )
    seller = make_user(
        roles=[make_role(dict.fromkeys(permissions, Depth.OWN))], team=make_team()
    )
    make_customer("张伟", external_id="C1")
    text = "订单号,客户编号,日期,金额\nD1,C1,2024-05-01,10\nD2,C2,2024-05-01,20\n"
    run = import_file(seller, "orders", text)
    assert reasons(run) == [
        (2, "客户编号：你无权查看该客户。"),
        (3, "客户编号：没有这个客户。"),
    ]


def test_products_are_known_by_their_codes() -> None:
    make_product("沙发", code="SF", price="1000.00", category="客厅")
    before = digest_of(*TABLES)
    text = "商品编码,商品名称,价格,分类\nSF,布艺沙发,1200,\nCJ,茶几,300.55,客厅\nCJ,茶几,310,\nXX,,1,\n"
    run = import_file(HOUSE, "products", text, options={"on_match": "update"})
    assert (run.created, run.updated, run.refused) == (1, 2, 1)
    assert list(
        Product.objects.order_by("code").values_list("name", "price", "category")
    ) == [("茶几", Decimal("310.00"), "客厅"), ("布艺沙发", Decimal("1200.00"), "客厅")]
    undone = undo_file(HOUSE, run)
    assert (undone.removed, undone.restored) == (1, 1)
    assert digest_of(*TABLES) == before


def test_a_file_brings_how_products_are_talked_about() -> None:
    text = "商品编码,商品名称,特征,优势,好处\nCJ,茶几,岩板,耐热,不用垫布\n"
    run = import_file(HOUSE, "products", text)
    assert run.created == 1
    (made,) = Product.objects.values_list("feature", "advantage", "benefit")
    assert made == ("岩板", "耐热", "不用垫布")
