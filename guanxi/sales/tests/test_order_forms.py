"""The forms of an order: placed, changed, and in conflict with a colleague."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_user,
)
from guanxi.sales.commands.order import Terms
from guanxi.sales.models import Order, OrderLine
from guanxi.sales.rules.order import Channel
from guanxi.sales.tests.factories import make_order, make_product
from guanxi.sales.tests.pages import LINE, browser, text_of
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db


def test_an_order_is_placed_through_the_form() -> None:
    customer = make_customer("李雷")
    client = browser(make_administrator())
    response = client.post(
        "/sales/orders/new/", {**LINE, "customer": customer.pk, "due_on": "2026-03-20"}
    )
    order = Order.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/sales/orders/{order.pk}/"
    assert (order.total, order.state, str(order.due_on)) == (
        Decimal("21.00"),
        "placed",
        "2026-03-20",
    )


def test_a_draft_is_kept_through_the_form() -> None:
    sent = {**LINE, "customer": make_customer().pk, "draft": "1"}
    browser(make_administrator()).post("/sales/orders/new/", sent)
    assert Order.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"customer": ""}, "请选择客户。"),
        ({"line": ""}, "请至少添加一行明细。"),
        ({"abc123-quantity": "0"}, "第 1 行：数量必须大于零。"),
        ({"number": "TAKEN"}, "已有相同编号的订单。"),
    ],
)
def test_what_is_wrong_stands_in_the_form_and_nothing_is_lost(
    change: dict[str, str], words: str
) -> None:
    make_order(number="TAKEN")
    sent = {**LINE, "customer": make_customer().pk, "note": "送货上楼", **change}
    response = browser(make_administrator()).post("/sales/orders/new/", sent)
    assert response.status_code == 422
    assert words in text_of(response)
    assert "送货上楼" in text_of(response)
    assert Order.objects.count() == 1


def test_an_order_is_changed_through_the_form_unless_somebody_else_did() -> None:
    order = make_order(amount="100.00")
    client = browser(make_administrator())
    address = f"/sales/orders/{order.pk}/edit/"
    page = client.get(address).content.decode()
    assert 'value="100.00"' in page
    assert client.post(address, {**LINE, "version": 1}).status_code == 302
    order.refresh_from_db()
    assert order.total == Decimal("21.00")
    late = client.post(address, {**LINE, "version": 1})
    assert late.status_code == 409
    assert "其他同事刚刚修改了这张订单" in text_of(late)


def test_given_days_moved_by_somebody_else_when_moved_then_he_is_not_overwritten() -> (
    None
):
    order = make_order()
    client = browser(make_administrator())
    address = f"/sales/orders/{order.pk}/schedule/"
    assert 'name="version" value="1"' in client.get(address).content.decode()
    first = {"due_on": "2026-04-01", "ship_on": "", "version": 1}
    assert client.post(address, first).status_code == 302
    late = client.post(address, {**first, "due_on": "2026-05-01"})
    assert late.status_code == 409
    assert "其他同事刚刚修改了这张订单" in text_of(late)
    rights = dict.fromkeys(("customer.read", "order.read", "order.edit"), Depth.ALL)
    program = Program(token_of(make_user(roles=[make_role(rights)])))
    where = f"/orders/{order.pk}/schedule"
    stale = program.send("POST", where, {"due_on": "2026-05-01", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    moved = program.send("POST", where, {"ship_on": "2026-03-20", "version": 2})
    answer = moved.json()
    assert (answer["due_on"], answer["ship_on"]) == ("2026-04-01", "2026-03-20")


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "²", "-1"])
def test_what_can_be_no_number_of_a_record_is_none(number: str) -> None:
    client = browser(make_administrator())
    assert client.get("/sales/orders/new/", {"customer": number}).status_code == 200
    asked = reverse("sales:new_line")
    assert client.get(asked, {"product": number}).status_code == 200


def test_lines_that_are_not_for_the_viewer_cannot_be_overwritten() -> None:
    rights = {"order.read": Depth.ALL, "order.edit": Depth.ALL}
    role = make_role(rights, {"order.total": Level.HIDDEN})
    order = make_order(make_customer("李雷"))
    client = browser(make_user(roles=[role]))
    url = reverse("sales:edit_order", args=[order.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {**LINE, "version": "1"}).status_code == 403
    assert OrderLine.objects.get(order=order).name == "沙发"
    assert Order.objects.get(pk=order.pk).version == 1


def test_a_note_that_is_not_for_the_viewer_stays_when_he_changes_an_order() -> None:
    rights = {"order.read": Depth.ALL, "order.edit": Depth.ALL}
    role = make_role(rights, {"order.note": Level.HIDDEN})
    order = make_order(make_customer("李雷"), terms=Terms(note="先打电话"))
    client = browser(make_user(roles=[role]))
    url = reverse("sales:edit_order", args=[order.pk])
    assert "先打电话" not in text_of(client.get(url))
    sent = {**LINE, "version": "1", "note": "改掉"}
    assert client.post(url, sent).status_code == 302
    changed = Order.objects.get(pk=order.pk)
    assert (changed.note, changed.total) == ("先打电话", Decimal("21.00"))


def test_the_sums_come_from_the_law() -> None:
    sent = {**LINE, "abc123-quantity": "3", "abc123-unit_price": "0.335"}
    page = browser(make_administrator()).post("/sales/orders/sums/", sent).content
    assert b'<output id="amount-abc123" hx-swap-oob="true">\xc2\xa51.00<' in page
    assert b'<output id="order-total" hx-swap-oob="true">\xc2\xa51.00<' in page


def test_the_look_ups_offer_what_the_viewer_may_see() -> None:
    make_customer("李雷")
    make_product("三人沙发", code="SF-1", price="2999.00")
    client = browser(make_administrator())
    asked = client.get("/sales/orders/products/", {"product_query": "srsf"})
    assert "三人沙发 SF-1 · ¥2,999.00" in text_of(asked)
    assert "李雷" in text_of(
        client.get("/sales/orders/customers/?customer_query=lilei")
    )
    nothing = client.get("/sales/orders/products/", {"product_query": "冰箱"})
    assert "在售产品中没有找到“冰箱”。" in text_of(nothing)
    stranger = browser(make_user())
    asked = stranger.get("/sales/orders/products/", {"product_query": "srsf"})
    assert "三人沙发" not in text_of(asked)
    assert "李雷" not in text_of(
        stranger.get("/sales/orders/customers/?customer_query=lilei")
    )


def test_a_line_begins_with_the_product_it_was_chosen_for() -> None:
    sofa = make_product("三人沙发", price="2999.00")
    page = browser(make_administrator()).get(
        "/sales/orders/lines/new/", {"product": sofa.pk}
    )
    assert 'value="三人沙发"' in page.content.decode()
    assert page["HX-Trigger-After-Settle"] == "lines-changed"


def test_who_may_not_write_a_term_changes_the_rest_and_keeps_it() -> None:
    rights = dict.fromkeys(("customer.read", "order.read", "order.edit"), Depth.ALL)
    levels = {"order.channel": Level.READ, "order.due_on": Level.READ}
    clerk = make_user(roles=[make_role(rights, levels)])
    order = make_order(terms=Terms(Channel.STORE, due_on=date(2026, 3, 9)))
    client = browser(clerk)
    page = client.get(f"/sales/orders/{order.pk}/edit/").content.decode()
    assert 'name="channel"' not in page
    sent = {**LINE, "ship_on": "2026-03-05", "version": 1}
    assert client.post(f"/sales/orders/{order.pk}/edit/", sent).status_code == 302
    days = {"due_on": "2026-05-01", "ship_on": "2026-03-06", "version": 2}
    assert client.post(f"/sales/orders/{order.pk}/schedule/", days).status_code == 302
    order.refresh_from_db()
    assert (order.channel, str(order.due_on), str(order.ship_on)) == (
        "store",
        "2026-03-09",
        "2026-03-06",
    )
