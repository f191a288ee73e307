"""Customer equity: its sum by hand, its drivers, and who is expected to earn most."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.analysis import analyse
from guanxi.analytics.cubes.histories import ORDERS, history_of
from guanxi.analytics.earnings import entries_of
from guanxi.analytics.equity import (
    Base,
    Plan,
    base_of,
    drivers_of,
    equity_of,
    prospects_of,
    usual_plan,
)
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.ledger import books_until
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.prediction import A_YEAR
from guanxi.analytics.queries import PARAMETERS
from guanxi.analytics.science.bgnbd import BgNbd
from guanxi.analytics.tests.test_costs import spend
from guanxi.analytics.tests.test_explore import buy, load, reader
from guanxi.analytics.warehouse import Warehouse
from guanxi.customers.models import Customer
from guanxi.customers.rules.investment import Aim
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON
from guanxi.sales.tests.factories import make_product

DAY = date(2026, 3, 10)
MODEL = BgNbd(0.2425945, 4.4136019, 0.7929199, 2.4258881)
NOBODY = np.zeros(0, np.int64)


def alone() -> Base:
    """One customer who bought twice, 70 and 35 weeks ago; a purchase earns 10.00."""
    columns = {
        "customer_id": [1],
        "purchase_days": [2],
        "first_order_on": [DAY - timedelta(weeks=70)],
        "last_order_on": [DAY - timedelta(weeks=35)],
        "value_each": [4_000.0],
        "value_margin": [0.3],
        "value_upkeep": [200.0],
    }
    return Base(pa.table(columns), np.zeros(1, np.int64), DAY, MODEL)


def test_the_equity_added_up_by_hand() -> None:
    found = equity_of(alone(), Plan(2, 0.21, 5.0, 0.1, 300.0))
    one = np.array([1.0]), np.array([35.0]), np.array([70.0])
    upto = [float(MODEL.expected_given(*one, A_YEAR * y)[0]) for y in (1, 2)]
    worth = 1_000 * (upto[0] / 1.1 + (upto[1] - upto[0]) / 1.331)
    assert found.current == pytest.approx(worth)
    repeats = float(MODEL.expected(np.array([A_YEAR]))[0])
    early = 1_000 * (1 + repeats / 1.1) - 300
    late = 1_000 - 300
    assert found.newcomer == pytest.approx(early)
    assert found.arrivals == pytest.approx([5 * early / 1.1, 5.5 * late / 1.331])
    assert found.potential == pytest.approx(float(found.arrivals.sum()))


def test_without_newcomers_equity_is_that_of_those_who_buy() -> None:
    found = equity_of(alone(), Plan(3, 0.1, 0.0, 0.0, 0.0))
    assert found.potential == 0
    assert found.current > 0


@pytest.fixture
def people(settings: Settings, tmp_path: Path, db: None) -> list[Customer]:
    """Sixty who bought sofas of 100 that cost 60; one who has not, one who was won."""
    settings.WAREHOUSE_ROOT = tmp_path
    sofa = make_product("沙发", price="100", cost=Decimal(60))
    found = [make_customer(f"客户{number:02}") for number in range(60)]
    for number, customer in enumerate(found):
        for bought in range(1 + number % 4):
            day = DAY - timedelta(days=10 + 7 * number + 90 * bought)
            buy(customer, day, (sofa, "1", "100"))
    spend(found[0], "50", Aim.ACQUISITION, DAY)
    make_customer("赵潜")
    load(tmp_path)
    orders = history_of(tmp_path, ORDERS).read(ORDER_SCHEMA.names)
    laws, books = AnalysisSettings(), books_until(tmp_path, DAY)
    scores = analyse(orders, as_of=DAY, settings=laws, books=books)
    table = scores.table.sort_by("customer_id").combine_chunks()
    Warehouse(tmp_path).publish("scores", table.schema, table.to_batches())
    AnalysisRun.objects.create(
        as_of=DAY,
        state=AnalysisRun.State.DONE,
        requested_at=NOON,
        finished_at=NOON,
        parameters=PARAMETERS.dump_python(scores.parameters, mode="json"),
    )
    return found


def knower(depth: Depth = Depth.ALL, **levels: Level) -> User:
    told = {
        "product__cost": Level.READ,
        "customer__future_value": Level.READ,
        "customer__lifetime_value": Level.READ,
    }
    return reader(depth, **{**told, **levels})


def visit(viewer: User, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/{path}")
    assert answer.status_code == status
    return answer.content.decode()


def test_equity_is_what_the_scores_say_is_to_come(
    people: list[Customer], tmp_path: Path
) -> None:
    entries = entries_of(tmp_path, among=None, without=NOBODY, costs=None)
    assert entries
    run = AnalysisRun.objects.get()
    parameters = PARAMETERS.validate_python(run.parameters)
    base = base_of(tmp_path, parameters, entries, None)
    assert base
    plan = usual_plan(base, years=5, rate=0.1)
    found = equity_of(base, plan)
    scores = Warehouse(tmp_path)
    told = pq.read_table(scores.path("scores")).column("future_value")
    # The trait is in steps of a tenth.
    assert found.current == pytest.approx(sum(told.to_pylist()), rel=0.05)
    won = [one for one in drivers_of(base, entries) if one.key == "brand"]
    assert people[0].pk not in won[0].customer_ids
    assert won[0].among == plan.newcomers


def test_a_chance_leans_towards_that_of_all(
    people: list[Customer], tmp_path: Path
) -> None:
    buyers = np.array([one.pk for one in people], np.int64)
    found = prospects_of(tmp_path, buyers, None, NOBODY)
    assert len(found.customer_ids) == 1
    assert found.chances[0] == pytest.approx((60 + 20 * 60 / 61) / (61 + 20))


def test_the_page_tells_equity_and_takes_other_assumptions(
    people: list[Customer],
) -> None:
    page = visit(knower(), "equity/")
    for told in ("客户资产", "价值资产", "品牌资产", "关系资产", "未来新客户"):
        assert told in page
    none = visit(knower(), "equity/?newcomers=0&years=1")
    assert none != page
    assert "年数" in visit(knower(), "equity/?years=99")


def test_a_driver_leads_to_its_customers(people: list[Customer]) -> None:
    page = visit(knower(), "equity/brand/")
    assert people[1].name in page
    assert f'/customers/{people[0].pk}/"' not in page
    visit(knower(), "equity/other/", 404)


def test_the_best_are_current_and_potential_customers(
    people: list[Customer],
) -> None:
    pages = visit(knower(), "best/") + visit(knower(), "best/?after=50")
    assert "赵潜" in pages
    assert "潜在" in pages
    assert "现有" in pages


def test_only_customers_in_sight_are_in_it(people: list[Customer]) -> None:
    viewer = knower(Depth.OWN)
    Customer.objects.filter(pk=people[3].pk).update(owner=viewer)
    page = visit(viewer, "best/")
    assert people[3].name in page
    assert people[4].name not in page


@pytest.mark.parametrize("path", ["equity/", "equity/brand/", "best/"])
@pytest.mark.parametrize(
    "field", ["customer__future_value", "product__cost", "investment__amount"]
)
def test_who_may_not_read_a_part_does_not_get_in(
    people: list[Customer], path: str, field: str
) -> None:
    visit(knower(Depth.ALL, **{field: Level.HIDDEN}), path, 404)


def test_before_an_analysis_the_pages_say_what_they_need(
    settings: Settings, tmp_path: Path, db: None
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "还没有客户资产" in visit(knower(), "equity/")
    assert "还没有客户资产" in visit(knower(), "best/")
