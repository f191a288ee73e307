"""Why customers stay: the split, its picture, and what is told of customers in sight."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.analytics import bonds
from guanxi.analytics.tests.test_explore import RIGHTS
from guanxi.customers.commands.bond import assess_bond
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, SegmentMember
from guanxi.customers.rules import State
from guanxi.customers.rules.bond import (
    FACTORS,
    AssessmentMethod,
    Retention,
    Thresholds,
)
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
CUTS = Thresholds()
FIVES: Any = dict.fromkeys(FACTORS, Decimal(5))
SCORES = {"张伟": (9, 60), "李娜": (9, 10), "王芳": (3, 60), "赵强": (3, 10)}


def kept(name: str) -> Customer:
    satisfaction, lock_in = SCORES[name]
    traits = {"satisfaction": satisfaction, "lock_in": lock_in, "order_total": 100}
    day = {"last_order_on": date(2026, 1, 5)}
    return make_customer(name, state=State.ACTUAL, traits={**traits, **day})


def analyst(**levels: Level) -> User:
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "segment.create": Depth.ALL}
    renamed = {name.replace("__", "."): level for name, level in levels.items()}
    return make_user("主管", roles=[make_role(rights, levels=renamed)])


def visitor(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    client.cookies["django_language"] = "zh-hans"
    return client


@pytest.fixture
def house() -> Mapping[str, Customer]:
    found = {name: kept(name) for name in SCORES}
    make_customer("潜在", traits={"satisfaction": 2, "lock_in": 3})
    make_customer("未评", state=State.ACTUAL)
    return found


def test_given_four_buyers_then_each_is_kept_in_another_way(
    house: Mapping[str, Customer],
) -> None:
    parts = {part.retention: part for part in bonds.split(HOUSE, CUTS)}
    assert {part.customers for part in parts.values()} == {1}
    assert parts[Retention.FREE].amount == Decimal(100)
    ((pk, amount, _day),) = bonds.split_members(HOUSE, CUTS, Retention.FREE)
    assert (pk, amount) == (house["赵强"].pk, 10_000)
    assert bonds.unassessed(HOUSE) == 1


def test_given_other_thresholds_then_customers_move_between_the_parts(
    house: Mapping[str, Customer],
) -> None:
    low = Thresholds(satisfaction=Decimal(3), lock_in=Decimal(5))
    parts = {part.retention: part.customers for part in bonds.split(HOUSE, low)}
    assert parts == {
        Retention.LOYAL: 4,
        Retention.WILLING: 0,
        Retention.CAPTIVE: 0,
        Retention.FREE: 0,
    }


def test_given_best_scores_then_they_stand_in_the_last_fields() -> None:
    traits: dict[str, object] = {"satisfaction": 10, "lock_in": 70}
    make_customer("满分", state=State.ACTUAL, traits=traits)
    assert bonds.grid(HOUSE) == {(9, 6): 1}


def test_given_the_picture_then_each_field_leads_to_its_customers(
    house: Mapping[str, Customer],
) -> None:
    client = visitor(analyst())
    page = client.get(reverse("analytics:retention_split"))
    asked = "state.eq.actual,satisfaction.gte.3,satisfaction.lt.4,lock_in.gte.10"
    assert asked in page.text
    assert "主动保持" in page.text
    address = reverse("customers:customers")
    listed = client.get(address, {"where": f"{asked},lock_in.lt.20"}).text
    assert "赵强" in listed
    assert "王芳" not in listed


def test_given_a_part_then_its_customers_become_a_segment(
    house: Mapping[str, Customer],
) -> None:
    client = visitor(analyst())
    cell = reverse("analytics:retention_cell", args=["free"])
    assert "赵强" in client.get(cell).text
    assert client.post(cell).status_code == 302
    (member,) = SegmentMember.objects.values_list("customer_id", flat=True)
    assert member == house["赵强"].pk


def test_given_a_wall_then_who_is_behind_it_does_not_count(
    house: Mapping[str, Customer],
) -> None:
    viewer = analyst()
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, house["赵强"], to=viewer, reason="亲属", at=NOON)
    parts = {part.retention: part.customers for part in bonds.split(viewer, CUTS)}
    assert parts[Retention.FREE] == 0


def test_given_a_role_that_reads_no_bonds_then_there_is_no_such_page(
    house: Mapping[str, Customer],
) -> None:
    client = visitor(analyst(customer__bonds=Level.HIDDEN))
    assert client.get(reverse("analytics:retention_split")).status_code == 404


def test_given_assessed_buyers_then_the_page_tells_what_makes_them_buy_again() -> None:
    for number in range(60):
        customer = make_customer(state=State.ACTUAL)
        satisfaction = Decimal(number % 11)
        assess_bond(
            HOUSE,
            customer,
            AssessmentMethod.SURVEY,
            assessed_on=date(2026, 1, 5),
            at=NOON,
            satisfaction=satisfaction,
            perceived_value=Decimal(number % 7),
            repurchase=satisfaction / 2 + Decimal(number % 3),
            **{**FIVES, "moving_cost": Decimal(number % 5)},
        )
    page = visitor(analyst()).get(reverse("analytics:retention_value")).text
    assert "最影响客户再来意愿的是：<strong>满意度</strong>" in page
    assert "满意度：每高 1 分，重复购买意向平均高 0." in page


def test_given_few_assessed_then_nothing_is_claimed(
    house: Mapping[str, Customer],
) -> None:
    page = visitor(analyst()).get(reverse("analytics:retention_value")).text
    assert "至少要 40 位" in page
