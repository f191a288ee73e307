"""The pages of sales: what they show, and to whom."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_people,
    make_role,
    make_team,
    make_user,
)
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import trash_order
from guanxi.sales.commands.payment import receive_payment
from guanxi.sales.models import Order, OrderLine, Payment, Product
from guanxi.sales.tests.factories import HOUSE, make_order, make_product
from guanxi.sales.tests.pages import browser, text_of

pytestmark = pytest.mark.django_db


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


def test_given_covered_names_when_an_order_is_opened_then_its_customer_is_covered() -> (
    None
):
    order = make_order(make_customer("欧阳李雷"))
    role = make_role(
        {"order.read": Depth.ALL, "customer.read": Depth.ALL},
        {"customer.name": Level.MASKED},
    )
    client = browser(make_user(roles=[role]))
    response = client.get(f"/sales/orders/{order.pk}/")
    assert response.status_code == 200
    assert "李雷" not in text_of(response)


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
