"""The pages of sales: what they show, and to whom."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Protocol

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.events import OwnerChanged
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.clock import now
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_people,
    make_role,
    make_team,
    make_user,
)
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import Terms, trash_order
from guanxi.sales.commands.payment import receive_payment
from guanxi.sales.commands.step import ship_order
from guanxi.sales.handlers import move_orders
from guanxi.sales.models import Order, OrderLine, Payment, Product
from guanxi.sales.rules import Channel
from guanxi.sales.tables import ORDERS
from guanxi.sales.tests.factories import HOUSE, make_order, make_product
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db


class Page(Protocol):
    """What a client gets."""

    content: bytes


def browser(user: User, language: str = "zh-hans") -> Client:
    """Return a client signed in as ``user``, whose pages are in ``language``."""
    client = Client(headers={"accept-language": language})
    client.cookies["django_language"] = language
    client.force_login(user)
    return client


def text_of(page: Page) -> str:
    """Return the words of a page without its tags, blanks single."""
    content = page.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))


LINE = {
    "line": "abc123",
    "abc123-name": "沙发",
    "abc123-quantity": "2",
    "abc123-unit_price": "10.50",
    "channel": "store",
}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["已下单", "未付款", "下达配货", "三人沙发", "¥2,999.00", "李雷"]),
        ("en", ["Placed", "Unpaid", "Release for picking", "Still to pay"]),
    ],
)
def test_the_page_of_an_order_tells_its_story(language: str, words: list[str]) -> None:
    sofa = make_product("三人沙发", price="2999.00")
    order = make_order(make_customer("李雷"), lines=[NewLine(product=sofa)])
    response = browser(make_administrator(), language).get(f"/sales/orders/{order.pk}/")
    assert response.status_code == 200
    assert [word for word in words if word not in text_of(response)] == []


def test_buttons_that_narrow_screens_show_as_icons_keep_their_names() -> None:
    order = make_order(make_customer("李雷"))
    html = browser(make_administrator()).get(f"/sales/orders/{order.pk}/").content
    for word in ("编辑", "登记收款"):
        assert f'aria-label="{word}"' in html.decode()
        assert f'<span class="ui-desk">{word}</span>' in html.decode()


@pytest.mark.parametrize(
    "name",
    [
        "orders",
        "products",
        "trashed_orders",
        "trashed_products",
        "new_order",
        "new_product",
    ],
)
def test_the_other_pages_show_in_both_languages(name: str) -> None:
    administrator = make_administrator()
    trash_order(HOUSE, make_order(make_customer("韩梅梅")), at=NOON)
    make_order(make_customer("李雷"))
    make_product("餐桌")
    for language in ("zh-hans", "en"):
        response = browser(administrator, language).get(reverse(f"sales:{name}"))
        assert response.status_code == 200


def test_the_list_shows_and_finds_orders_by_number() -> None:
    make_order(make_customer("李雷"), number="SO-A")
    make_order(make_customer("韩梅梅"), number="SO-B")
    client = browser(make_administrator())
    both = text_of(client.get("/sales/orders/"))
    assert "李雷" in both
    assert "韩梅梅" in both
    one = text_of(client.get("/sales/orders/", {"q": "so-a"}))
    assert "李雷" in one
    assert "韩梅梅" not in one


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


@pytest.mark.parametrize(
    ("step", "state"), [("release", "released"), ("ship", "shipped")]
)
def test_a_step_is_one_click_and_its_undo_another(step: str, state: str) -> None:
    order = make_order()
    client = browser(make_administrator())
    page = client.post(f"/sales/orders/{order.pk}/{step}/", follow=True)
    order.refresh_from_db()
    assert order.state == state
    undo = f"/sales/orders/{order.pk}/step-back/?step={state}"
    assert f'action="{undo}"' in page.content.decode()
    client.post(undo)
    order.refresh_from_db()
    assert order.state == "placed"


def test_a_payment_is_recorded_in_a_dialog_and_undone() -> None:
    order = make_order(amount="100.00")
    client = browser(make_administrator())
    address = f"/sales/orders/{order.pk}/payment/"
    dialog = client.get(address, headers={"hx-request": "true"}).content.decode()
    assert "<!doctype" not in dialog
    assert 'value="100.00"' in dialog
    wrong = client.post(address, {"amount": "100.01", "method": "cash"})
    assert wrong.status_code == 422
    assert "待收金额只有 ¥100.00。" in text_of(wrong)
    client.post(address, {"amount": "40", "method": "cash"})
    payment = Payment.objects.get()
    assert payment.amount == Decimal("40.00")
    client.post(f"/sales/orders/{order.pk}/payments/{payment.pk}/take-back/")
    # Recorded by the clock of the house, so it is fresh.
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("dialog", "sent", "state"),
    [
        ("cancel", {"reason": "重复下单"}, "cancelled"),
        ("schedule", {"due_on": "2026-04-01", "ship_on": "", "version": "1"}, "placed"),
    ],
)
def test_the_other_dialogs_do_what_they_say(
    dialog: str, sent: dict[str, str], state: str
) -> None:
    order = make_order()
    client = browser(make_administrator())
    address = f"/sales/orders/{order.pk}/{dialog}/"
    assert client.get(address).status_code == 200
    assert client.post(address, sent).status_code == 302
    order.refresh_from_db()
    assert order.state == state


def test_a_refund_is_recorded_in_a_dialog() -> None:
    order = make_order(amount="100.00")
    receive_payment(HOUSE, order, amount=Decimal("100.00"), at=NOON)
    client = browser(make_administrator())
    address = f"/sales/orders/{order.pk}/refund/"
    assert client.post(address, {"amount": "30"}).status_code == 422
    assert client.post(address, {"amount": "30", "reason": "划痕"}).status_code == 302
    order.refresh_from_db()
    assert order.refunded == Decimal("30.00")


def test_the_panel_of_a_customer_shows_orders_and_sums() -> None:
    customer = make_customer("李雷")
    make_order(customer, amount="100.00")
    make_order(customer, amount="20.00")
    page = text_of(
        browser(make_administrator()).get(f"/sales/orders/of/{customer.pk}/")
    )
    assert "共 2 张，合计 ¥120.00" in page
    assert "待收 ¥120.00" in page
    empty = make_customer()
    page = text_of(browser(make_administrator()).get(f"/sales/orders/of/{empty.pk}/"))
    assert "还没有订单。" in page


def test_a_product_goes_through_its_pages() -> None:
    client = browser(make_administrator())
    sent = {"code": "SF-1", "name": "沙发", "price": "10", "is_active": "on"}
    assert client.post("/sales/products/new/", sent).status_code == 302
    product = Product.objects.get()
    address = f"/sales/products/{product.pk}/"
    make_order(make_customer("李雷"), lines=[NewLine(product=product)])
    assert "李雷" in text_of(client.get(address))
    assert client.get(f"{address}edit/").status_code == 200
    changed = {**sent, "price": "12", "version": "1"}
    assert client.post(f"{address}edit/", changed).status_code == 302
    assert client.post(f"{address}edit/", changed).status_code == 409
    assert client.post("/sales/products/new/", sent).status_code == 422
    client.post(f"{address}trash/")
    assert "沙发" in text_of(client.get("/sales/products/trash/"))
    client.post(f"{address}restore/")
    product.refresh_from_db()
    assert (product.price, product.deleted_at) == (Decimal("12.00"), None)


def test_the_cost_is_shown_only_to_whom_it_is_told() -> None:
    product = make_product("沙发", cost=Decimal("61.50"))
    reader = make_user(roles=[make_role({"product.read": Depth.ALL})])
    address = f"/sales/products/{product.pk}/"
    assert "¥61.50" not in text_of(browser(reader).get(address))
    assert "¥61.50" in text_of(browser(make_administrator()).get(address))


# -- who and how much -----------------------------------------------------------------

GETS = ["", "edit/", "payment/", "refund/", "cancel/", "schedule/"]
POSTS = [
    *("edit/", "payment/", "refund/", "cancel/", "schedule/", "place/", "release/"),
    *(
        "ship/",
        "complete/",
        "step-back/",
        "trash/",
        "restore/",
        "payments/1/take-back/",
    ),
]
RIGHTS = [f"order.{a}" for a in ("edit", "cancel", "pay", "refund", "ship", "delete")]


@pytest.mark.parametrize(
    ("method", "path"), [*(("get", p) for p in GETS), *(("post", p) for p in POSTS)]
)
def test_doors_are_closed_to_colleague_stranger_and_anonymous(
    method: str, path: str
) -> None:
    owner, colleague, stranger = make_people(*RIGHTS)
    order = make_order(make_customer(owner=owner, team=owner.team))
    address = f"/sales/orders/{order.pk}/{path}"
    before = Order.objects.values_list("version", "updated_at").get()
    lines = OrderLine.objects.count()

    def asked(client: Client) -> int:
        ask: Callable[..., HttpResponse] = getattr(client, method)
        return ask(address).status_code

    assert asked(browser(colleague)) == (200 if path == "" else 403)
    assert asked(browser(stranger)) == 404
    assert asked(Client()) == 302
    assert Order.objects.values_list("version", "updated_at").get() == before
    assert OrderLine.objects.count() == lines


@pytest.mark.parametrize("path", ["/sales/orders/", "/sales/products/"])
def test_lists_cost_the_same_for_one_row_and_for_many(path: str) -> None:
    team = make_team()
    rights = {"order.read": Depth.ALL, "product.read": Depth.ALL}
    client = browser(make_user(roles=[make_role(rights)], team=team))
    make_order(make_customer(owner=make_user("甲")))
    make_product()
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for index in range(12):
        make_order(make_customer(owner=make_user(f"乙{index}")))
        make_product()
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)
    assert len(many) <= 8


def test_the_page_of_an_order_costs_few_queries() -> None:
    sofa = make_product("沙发")
    order = make_order(lines=[NewLine(product=sofa)] * 20)
    client = browser(make_administrator())
    client.get(f"/sales/orders/{order.pk}/")
    with CaptureQueriesContext(connection) as log:
        client.get(f"/sales/orders/{order.pk}/")
    assert len(log) <= 12


def test_selected_orders_are_released_each_by_itself() -> None:
    placed, shipped = make_order(), ship_order(HOUSE, make_order(), at=NOON)
    release = next(bulk for bulk in ORDERS.bulk if bulk.key == "release")
    result = release.run(make_administrator(), [placed, shipped], {})
    assert result.done == 1
    assert result.refused == [f"{shipped.number}: “已发货”的订单不能变为“配货中”。"]


def test_selected_orders_go_to_the_trash() -> None:
    order = make_order()
    trash = next(bulk for bulk in ORDERS.bulk if bulk.key == "trash")
    assert trash.run(make_administrator(), [order], {}).done == 1
    order.refresh_from_db()
    assert order.deleted_at is not None


def test_orders_follow_their_customer_when_it_changes_hands() -> None:
    first, second = make_user("甲"), make_user("乙", team=make_team())
    customer = make_customer(owner=first)
    order = make_order(customer)
    assign_customers(HOUSE, [customer], second, at=NOON)
    move_orders(
        OwnerChanged(
            customer_id=customer.pk,
            owner_id=second.pk,
            old_owner_id=first.pk,
            owner_name="乙",
            at=NOON,
        )
    )
    order.refresh_from_db()
    assert (order.owner_id, order.team_id) == (second.pk, second.team_id)


def test_nothing_moves_for_a_customer_that_is_gone() -> None:
    order = make_order()
    move_orders(
        OwnerChanged(customer_id=0, owner_id=1, old_owner_id=2, owner_name="", at=NOON)
    )
    assert Order.objects.get().version == order.version


@pytest.mark.parametrize(
    ("action", "done"), [("release", ["released"]), ("trash", ["placed"])]
)
def test_given_orders_handled_together_when_undone_then_they_are_as_before(
    action: str, done: list[str]
) -> None:
    order = make_order()
    client = browser(make_administrator())
    address = reverse("sales:orders")
    client.post(address, {"action": action, "pk": str(order.pk)})
    assert list(Order.objects.values_list("state", flat=True)) == done
    toast = next(iter(client.get(address).context["messages"]))
    assert client.post(toast.extra_tags).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.deleted_at) == ("placed", None)


def test_the_undo_of_a_step_leaves_the_steps_after_it_alone() -> None:
    order = make_order(make_customer("李雷"))
    client = browser(make_administrator())
    client.post(f"/sales/orders/{order.pk}/release/")
    toast = next(iter(client.get("/sales/orders/").context["messages"]))
    ship_order(HOUSE, order, at=now())
    client.post(toast.extra_tags)
    order.refresh_from_db()
    assert order.state == "shipped"
    client.post(f"/sales/orders/{order.pk}/step-back/?step=shipped")
    client.post(toast.extra_tags)
    order.refresh_from_db()
    assert order.state == "placed"


def test_orders_released_together_and_shipped_since_stay_shipped_when_undone() -> None:
    waiting, gone = make_order(), make_order()
    client = browser(make_administrator())
    chosen = {"action": "release", "pk": [str(waiting.pk), str(gone.pk)]}
    client.post("/sales/orders/", chosen)
    toast = next(iter(client.get("/sales/orders/").context["messages"]))
    ship_order(HOUSE, gone, at=now())
    client.post(toast.extra_tags)
    states = dict(Order.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "placed", gone.pk: "shipped"}


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
