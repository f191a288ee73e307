"""Homes of those whose work is no worklist have their own next rows, and a way on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Level, System
from guanxi.identity.commands.role import ship_roles
from guanxi.identity.models import Role, User
from guanxi.identity.tests.factories import make_team, make_user
from guanxi.sales.models import Order
from guanxi.sales.tests.factories import make_order

pytestmark = pytest.mark.django_db


def holder(key: str) -> User:
    ship_roles(System("tests"))
    return make_user("沈", roles=[Role.objects.get(key=key)], team=make_team())


def home(viewer: User) -> str:
    client = Client()
    client.force_login(viewer)
    return client.get("/").content.decode()


def owing(name: str, due_on: date, amount: str = "100.00") -> Order:
    made = make_order(make_customer(name), amount=amount)
    Order.objects.filter(pk=made.pk).update(due_on=due_on)
    return made


def test_finance_sees_the_oldest_debts_and_the_way_to_all() -> None:
    today = localdate()
    newer = owing("李雷", today - timedelta(days=1))
    older = owing("韩梅", today - timedelta(days=9), "250.00")
    owing("王芳", today + timedelta(days=3))
    page = home(holder("finance"))
    assert page.index(older.number) < page.index(newer.number)
    assert "韩梅 · 应于" in page
    assert "¥250.00" in page
    assert "王芳" not in page
    assert "/orders/?where=payment_state.in.(unpaid,part)" in page


def test_without_debts_the_page_says_so_and_leads_on() -> None:
    page = home(holder("finance"))
    assert "没有逾期的款项。" in page
    assert "全部待收款订单" in page


def test_amounts_are_for_those_who_read_them() -> None:
    owing("李雷", localdate() - timedelta(days=1), "77.00")
    viewer = holder("finance")
    role = viewer.roles.get()
    role.levels = {**role.levels, "order.total": int(Level.HIDDEN)}
    role.save()
    page = home(viewer)
    assert "李雷 · 应于" in page
    assert "77.00" not in page


def test_the_surveyor_sees_the_poorest_records_of_the_team() -> None:
    viewer = holder("surveyor")
    make_customer("甲", team=viewer.team, traits={"quality": 80})
    make_customer("乙", team=viewer.team, traits={"quality": 20})
    make_customer("丙", traits={"quality": 1})
    page = home(viewer)
    assert page.index("数据质量 20 分") < page.index("数据质量 80 分")
    assert "丙" not in page


def test_logistics_sees_what_to_ship_next() -> None:
    made = make_order(make_customer("李雷"), amount="9.00")
    Order.objects.filter(pk=made.pk).update(ship_on=localdate(), total=Decimal(9))
    page = home(holder("logistics"))
    assert f"{made.number}</a>" in page


def test_as_many_queries_for_many_rows_as_for_one() -> None:
    viewer = holder("finance")
    client = Client()
    client.force_login(viewer)
    counts = []
    for days in (1, 2):
        for number in range(days * days):
            owing(f"客户{number}", localdate() - timedelta(days=days))
        client.get("/")
        with CaptureQueriesContext(connection) as told:
            client.get("/")
        counts.append(len(told))
    assert counts[0] == counts[1]
