"""The next products of customers: found by night, offered, answered, compared."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from guanxi.analytics.commands.analysis import run_analysis, set_analysis_settings
from guanxi.analytics.commands.next_product import (
    OfferSettled,
    record_offer,
    settle_offers,
)
from guanxi.analytics.cross_selling import next_products
from guanxi.analytics.cubes.histories import HISTORIES, history_of
from guanxi.analytics.handlers import notice_purchase, propose_products
from guanxi.analytics.loading import load_dimensions
from guanxi.analytics.models import AnalysisRun, NextProduct, OfferGround
from guanxi.analytics.rules import OfferState
from guanxi.analytics.science.next_product import OfferSettings
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, Segment
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_administrator, make_role, make_user
from guanxi.sales.commands.line import NewLine
from guanxi.sales.events import OrderPlaced
from guanxi.sales.models import Order, Product
from guanxi.sales.tests.factories import make_order, make_product
from tests.callers import Program, token_of

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
NIGHT = AT + timedelta(hours=11)
HOUSE = System("test")
EASY = {"least": 2, "confidence": 0.7, "lift": 1.1, "support": 0.01}
RIGHTS = ("customer.read", "order.read", "product.read", "next_product.read")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_warehouse(settings: Settings, tmp_path: Path) -> None:
    settings.WAREHOUSE_ROOT = tmp_path


class Shop:
    """
    Six who bought a chair and a desk, one with a chair alone, three with a lamp.

    Lamps are no longer on offer.
    """

    def __init__(self) -> None:
        self.chair = make_product("椅子", code="CHAIR")
        self.desk = make_product("书桌", code="DESK")
        self.lamp = make_product("台灯", code="LAMP")
        for number in range(6):
            self.sell(make_customer(f"双购{number}"), self.chair, self.desk)
        self.one = make_customer("王芳")
        self.sell(self.one, self.chair)
        for number in range(3):
            self.sell(make_customer(f"灯客{number}"), self.lamp)
        Product.objects.filter(pk=self.lamp.pk).update(is_active=False)
        set_analysis_settings(HOUSE, values={"offer": EASY}, at=AT)

    def sell(
        self, customer: Customer, *goods: Product, at: datetime = AT, days: int = 10
    ) -> Order:
        lines = [
            NewLine(name=one.name, product=one, unit_price=Decimal(100))
            for one in goods
        ]
        return make_order(customer, lines=lines, at=at - timedelta(days=days))

    def analyse(self, as_of: date = DAY, at: datetime = NIGHT) -> AnalysisRun:
        with time_machine.travel(at, tick=False):
            run = run_analysis(HOUSE, as_of=as_of, at=at).run
            load_dimensions()
            propose_products(run_id=run.pk)
        run.refresh_from_db()
        return run


@pytest.fixture
def shop() -> Shop:
    return Shop()


def proposed() -> dict[str, list[str]]:
    """Return the products that are proposed and were not offered, by customer."""
    found: dict[str, list[str]] = {}
    rows = NextProduct.objects.filter(state="open", bought_at=None).order_by("rank")
    for customer, product in rows.values_list("customer__name", "product__name"):
        found.setdefault(customer, []).append(product)
    return found


def browser(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def reader(*more: str, depth: Depth = Depth.ALL, **levels: Level) -> User:
    named = {key.replace("__", "."): level for key, level in levels.items()}
    rights = dict.fromkeys((*RIGHTS, *more), depth)
    return make_user(roles=[make_role({**rights, "product.read": Depth.ALL}, named)])


def only() -> NextProduct:
    return NextProduct.objects.select_related("product").get(customer__name="王芳")


def test_given_goods_bought_together_then_the_other_one_is_proposed_with_its_reason(
    shop: Shop,
) -> None:
    run = shop.analyse()
    assert proposed() == {"王芳": ["书桌"]}
    row = only()
    assert (row.ground.both, row.ground.among, row.ground.base) == (6, 7, 0.6)
    page = browser(make_administrator()).get(f"/insight/next/{shop.one.pk}/")
    assert "买过椅子的客户 86% 也买了它（全体 60%）" in page.content.decode()
    assert run.summary["next_products"]["buyers"] == 10


def test_given_a_second_night_then_only_what_changed_is_written(shop: Shop) -> None:
    shop.analyse()
    before = only()
    shop.sell(make_customer("双购六"), shop.chair, shop.desk)
    shop.analyse(at=NIGHT + timedelta(hours=1))
    after = only()
    assert (after.pk, after.found_at) == (before.pk, before.found_at)
    assert (after.ground_id, after.ground.both) == (before.ground_id, 7)
    grounds = set(OfferGround.objects.filter(is_current=True).values_list("pk"))
    shop.analyse(at=NIGHT + timedelta(hours=2))
    same = set(OfferGround.objects.filter(is_current=True).values_list("pk"))
    assert same == grounds


def test_given_a_product_no_longer_on_offer_then_it_is_proposed_to_nobody(
    shop: Shop,
) -> None:
    shop.analyse()
    Product.objects.filter(pk=shop.desk.pk).update(is_active=False)
    page = browser(make_administrator()).get(f"/insight/next/{shop.one.pk}/")
    assert "书桌" not in page.content.decode()  # at once, and from the next night on:
    shop.analyse()
    assert proposed() == {}


def test_given_whoever_objects_to_profiling_then_nothing_is_proposed(
    shop: Shop,
) -> None:
    shop.analyse()
    limit_processing(HOUSE, shop.one, LimitKind.PROFILING, reason="来电", at=AT)
    shop.analyse()
    assert proposed() == {}
    # Nor does he count among those who speak for others.
    told = OfferGround.objects.filter(kind="rule", is_current=True)
    assert sorted(told.values_list("both", "among")) == [(6, 6), (6, 6)]


def test_given_a_class_of_customers_then_what_its_members_bought_is_proposed(
    shop: Shop,
) -> None:
    board = make_product("黑板")
    for number in range(4):
        shop.sell(make_customer(f"学校{number}", industry="教育"), board)
    other = make_customer("另一所", industry="教育")
    shop.sell(other, shop.lamp)
    easy = {**EASY, "confidence": 0.3, "lift": 1.1}
    set_analysis_settings(HOUSE, values={"offer": easy}, at=AT)
    shop.analyse()
    row = NextProduct.objects.select_related("ground").get(
        customer__name="另一所", product=board
    )
    assert (row.ground.kind, row.ground.industry) == ("peers", "教育")
    page = browser(make_administrator()).get(f"/insight/next/{other.pk}/")
    assert "教育" in page.content.decode()


def test_given_an_offer_when_ordered_within_ninety_days_then_it_is_accepted_once(
    shop: Shop,
) -> None:
    shop.analyse()
    offered_at = NIGHT + timedelta(days=1)
    record_offer(HOUSE, only(), outcome=OfferState.OFFERED, at=offered_at)
    order = shop.sell(shop.one, shop.desk, at=NIGHT + timedelta(days=80), days=0)
    event = OrderPlaced(
        **order.about, amount="", ordered_on=order.ordered_on, at=order.ordered_at
    )
    notice_purchase(event)
    notice_purchase(event)
    row = only()
    assert (row.state, row.bought_at) == ("accepted", order.ordered_at)
    names = LoggedEvent.objects.filter(kind="next_product").order_by("pk")
    assert [n.rpartition(".")[2] for n in names.values_list("name", flat=True)] == [
        "ProductOffered",
        "OfferAccepted",
    ]


def test_given_an_offer_when_ordered_later_or_from_a_file_then_told_apart(
    shop: Shop,
) -> None:
    shop.analyse()
    record_offer(HOUSE, only(), outcome=OfferState.OFFERED, at=NIGHT)
    shop.sell(shop.one, shop.desk, at=NIGHT + timedelta(days=91), days=0)
    assert settle_offers(HOUSE, since=NIGHT - timedelta(days=400)) == 1
    assert settle_offers(HOUSE, since=NIGHT - timedelta(days=400)) == 0
    row = only()
    assert (row.state, row.bought_at is not None) == ("offered", True)


def test_given_a_declined_product_then_it_rests_for_a_year_and_can_be_taken_back(
    shop: Shop,
) -> None:
    shop.analyse()
    record_offer(HOUSE, only(), outcome=OfferState.DECLINED, at=NIGHT)
    shop.analyse(at=NIGHT + timedelta(days=2))
    assert proposed() == {}
    with pytest.raises(OfferSettled):
        record_offer(HOUSE, only(), outcome=OfferState.ACCEPTED, at=NIGHT)
    record_offer(HOUSE, only(), outcome=OfferState.OPEN, at=NIGHT)
    assert proposed() == {"王芳": ["书桌"]}
    assert only().offered_at is None


def test_given_a_declined_product_after_a_year_then_the_old_answer_stays(
    shop: Shop,
) -> None:
    shop.analyse()
    record_offer(HOUSE, only(), outcome=OfferState.DECLINED, at=NIGHT)
    old = only()
    shop.analyse(at=NIGHT + timedelta(days=366))
    assert proposed() == {"王芳": ["书桌"]}
    with pytest.raises(OfferSettled):
        record_offer(HOUSE, old, outcome=OfferState.OPEN, at=NIGHT)


def test_given_the_panel_when_buttons_are_pressed_then_the_offer_is_recorded(
    shop: Shop,
) -> None:
    shop.analyse()
    client = browser(make_administrator())
    place = f"/insight/next/{only().pk}/outcome/"
    answer = client.post(place, {"outcome": "offered"}, headers={"HX-Request": "true"})
    assert "已提出" in answer.content.decode()
    assert client.post(place, {"outcome": "accepted"}).status_code == 302
    assert (only().state, only().offered_by is not None) == ("accepted", True)
    again = client.post(place, {"outcome": "offered"}, headers={"HX-Request": "true"})
    assert "其他人" in again.content.decode()
    assert client.post(place, {"outcome": "nonsense"}).status_code == 404


def test_given_the_list_then_it_filters_and_does_things_to_many(shop: Shop) -> None:
    other = make_customer("李强")
    shop.sell(other, shop.desk)
    shop.analyse()
    client = browser(make_administrator())
    page = client.get("/insight/cross-selling/").content.decode()
    assert "王芳" in page
    assert "李强" in page
    asked = {"where": f"product_id.eq.{shop.chair.pk},kind.eq.rule,state.eq.open"}
    page = client.get("/insight/cross-selling/", asked).content.decode()
    assert "李强" in page
    assert "王芳" not in page
    chosen = [str(pk) for pk in NextProduct.objects.values_list("pk", flat=True)]
    client.post("/insight/cross-selling/", {"action": "segment", "pk": chosen})
    assert Segment.objects.get().members == 2
    client.post("/insight/cross-selling/", {"action": "offer", "pk": chosen})
    assert set(NextProduct.objects.values_list("state", flat=True)) == {"offered"}


def test_given_rules_then_they_lead_to_those_who_have_the_one_and_not_the_other(
    shop: Shop,
) -> None:
    shop.analyse()
    client = browser(make_administrator())
    page = client.get("/insight/cross-selling/rules/").content.decode()
    assert "买过这个的" in page
    assert "85.7%" in page
    rule = OfferGround.objects.get(given=shop.chair, product=shop.desk)
    address = f"/insight/cross-selling/rules/{rule.pk}/"
    assert address in page
    found = client.get(address)
    assert "王芳" in found.content.decode()
    assert "双购1" not in found.content.decode()
    client.post(address)
    assert Segment.objects.get().members == 1


def test_given_offers_then_they_are_compared_with_what_nobody_offered(
    shop: Shop,
) -> None:
    for name in ("甲", "乙", "丙"):
        shop.sell(make_customer(name), shop.chair)
    set_analysis_settings(
        HOUSE, values={"offer": {**EASY, "confidence": 0.5, "lift": 1.0}}, at=AT
    )
    shop.analyse()
    rows = {r.customer.name: r for r in NextProduct.objects.filter(product=shop.desk)}
    record_offer(HOUSE, rows["甲"], outcome=OfferState.OFFERED, at=NIGHT)
    record_offer(HOUSE, rows["乙"], outcome=OfferState.DECLINED, at=NIGHT)
    for name in ("甲", "丙"):
        customer = Customer.objects.get(name=name)
        order = shop.sell(customer, shop.desk, at=NIGHT + timedelta(days=9), days=0)
        settle_offers(HOUSE, customer_id=order.customer_id)
    client = browser(make_administrator())
    with time_machine.travel(NIGHT + timedelta(days=91)):
        page = client.get("/insight/cross-selling/rules/").content.decode()
    assert page.count("50.0%") >= 4  # accepted, ordered and ordered anyway: one of two


def test_given_new_settings_then_others_stay_and_the_next_night_follows(
    shop: Shop,
) -> None:
    client = browser(make_administrator())
    place = "/insight/cross-selling/settings/"
    assert "70" in client.get(place).content.decode()
    values = {
        "suggestions": "1",
        "confidence": "90",
        "lift": "1.1",
        "least": "2",
        "support": "0.1",
        "again": "50",
    }
    assert client.post(place, {**values, "suggestions": "9"}).status_code == 422
    assert client.post(place, values).status_code == 302
    shop.analyse()
    assert proposed() == {}


def test_given_walls_and_books_then_nobody_sees_what_is_proposed_to_others(
    shop: Shop,
) -> None:
    mine = reader("next_product.record", "customer.edit", depth=Depth.OWN)
    own = make_customer("自己的", owner=mine)
    shop.sell(own, shop.chair)
    shop.analyse()
    row, client = only(), browser(mine)
    page = client.get("/insight/cross-selling/").content.decode()
    assert "自己的" in page
    assert "王芳" not in page
    assert client.get(f"/insight/next/{shop.one.pk}/").status_code == 404
    place = f"/insight/next/{row.pk}/outcome/"
    assert client.post(place, {"outcome": "offered"}).status_code == 404
    everybody = reader("next_product.record")
    set_wall(HOUSE, shop.one, to=everybody, reason="回避", at=AT)
    page = browser(everybody).get("/insight/cross-selling/").content.decode()
    assert "王芳" not in page
    assert "自己的" in page
    assert only().state == "open"


def test_given_no_right_to_orders_or_products_then_nothing_gives_them_away(
    shop: Shop,
) -> None:
    shop.analyse()
    blind = make_user(
        roles=[
            make_role(
                dict.fromkeys(
                    (
                        *("customer.read", "product.read"),
                        *("next_product.read", "analysis.read"),
                    ),
                    Depth.ALL,
                )
            )
        ]
    )
    page = browser(blind).get(f"/insight/next/{shop.one.pk}/").content.decode()
    assert "书桌" in page
    assert "椅子" not in page
    assert "椅子" not in browser(blind).get("/insight/cross-selling/").content.decode()
    rules = browser(blind).get("/insight/cross-selling/rules/").content.decode()
    assert "椅子" not in rules
    masked = reader(order__total=Level.HIDDEN)
    page = browser(masked).get(f"/insight/next/{shop.one.pk}/").content.decode()
    assert "椅子" not in page
    without = make_user(
        roles=[
            make_role(dict.fromkeys(("customer.read", "next_product.read"), Depth.ALL))
        ]
    )
    page = browser(without).get(f"/insight/next/{shop.one.pk}/").content.decode()
    assert "书桌" not in page


def test_given_a_program_then_it_reads_and_records(shop: Shop) -> None:
    shop.analyse()
    scopes = (*RIGHTS, "next_product.record")
    program = Program(token_of(make_administrator(), *scopes))
    (row,) = program.get("/next-products").json()["items"]
    assert (row["customer"], row["product"], row["kind"]) == ("王芳", "书桌", "rule")
    (one,) = program.get(f"/customers/{shop.one.pk}/next-products").json()["items"]
    assert one["reason"].startswith("Of the customers who bought 椅子, 86%")
    place = f"/next-products/{row['id']}/outcome"
    assert program.post(place, {"outcome": "offered"}).json()["state"] == "offered"
    assert program.post(place, {"outcome": "declined"}).json()["state"] == "declined"
    again = program.post(place, {"outcome": "accepted"})
    assert (again.status_code, again.json()["code"]) == (400, "offer_settled")


def test_given_many_suggestions_then_a_page_asks_as_often_as_with_one(
    shop: Shop,
) -> None:
    shop.analyse()
    client = browser(make_administrator())

    def count() -> int:
        client.get("/insight/cross-selling/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/insight/cross-selling/")
        return len(asked)

    few = count()
    for number in range(12):
        shop.sell(make_customer(f"椅客{number}"), shop.chair)
    set_analysis_settings(HOUSE, values={"offer": {**EASY, "confidence": 0.1}}, at=AT)
    shop.analyse()
    assert NextProduct.objects.count() > 10
    assert count() == few


def keep(folder: Path, name: str, columns: dict[str, list[Any]]) -> None:
    """Let the warehouse have rows of a fact; what is not given is empty."""
    schema, count = HISTORIES[name].schema, len(next(iter(columns.values())))
    empty = {True: "", False: 0}
    arrays = [
        pa.array(
            columns.get(field.name, [empty[field.type == pa.string()]] * count),
            field.type,
        )
        for field in schema
    ]
    history_of(folder, name).append(1, [pa.record_batch(arrays, schema)])


def test_given_two_years_of_lines_then_what_was_proposed_is_tried_on_the_last_part(
    tmp_path: Path,
) -> None:
    # Sixty who buy 1, then 2 later; sixty who buy 3, then 4; all have 5 before.
    rows = []
    for customer in range(1, 121):
        first, second = (1, 2) if customer % 2 else (3, 4)
        late = date(2026, 1, 10) if customer > 60 else date(2024, 9, 1)
        rows += [
            (customer, first, date(2024, 3, 1)),
            (customer, 5, date(2024, 3, 2)),
            (customer, second, late),
        ]
    ids, products, days = (list(column) for column in zip(*rows, strict=True))
    lines = {"customer_id": ids, "product_id": products, "ordered_on": days}
    keep(tmp_path, "sales", lines | {"order_id": list(range(len(rows)))})
    keep(tmp_path, "classes", {"customer_id": list(range(1, 121))})
    none = np.zeros(0, np.int64)
    found = next_products(
        tmp_path,
        OfferSettings(least=2, confidence=0.1, suggestions=1),
        as_of=DAY,
        on_offer=np.array([1, 2, 3, 4]),
        without=none,
        refused=(none, none),
    )
    assert found is not None
    told = found.quality
    # Rules know who takes which; what most have is the same for all who lack it.
    assert (told.days, told.customers, told.hits) == (180, 60, 60)
    assert told.popular == 0
