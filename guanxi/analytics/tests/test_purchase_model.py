"""The page of the model of purchases, and the reasons of its numbers."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.analysis import analyse
from guanxi.analytics.explain import Row, explain
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.queries import PARAMETERS
from guanxi.analytics.rules import FORMULAS
from guanxi.analytics.tests.test_explore import reader
from guanxi.analytics.tests.test_prediction import TODAY as LAST_DAY
from guanxi.analytics.tests.test_prediction import trade
from guanxi.analytics.warehouse import Warehouse
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Level
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
TODAY = date(1970, 1, 1) + timedelta(days=LAST_DAY)


def told(viewer: User, path: str) -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def analyzed(folder: Path, first_pk: int, customers: int) -> None:
    """Leave what an analysis leaves of made-up purchases: a run, and the scores."""
    bought, _later = trade(customers, stay=(1.0, 3.0))
    ids = np.searchsorted(bought.customer_ids, bought.customer_ids[bought.owners])
    columns = (ids + first_pk, bought.days.astype(np.int32), bought.amounts)
    arrays = [
        pa.array(one).cast(f.type) for one, f in zip(columns, ORDER_SCHEMA, strict=True)
    ]
    orders = pa.table(arrays, schema=ORDER_SCHEMA)
    found = analyse(orders, as_of=TODAY, settings=AnalysisSettings())
    Warehouse(folder).publish("scores", found.table.schema, found.table.to_batches())
    AnalysisRun.objects.create(
        as_of=TODAY,
        state=AnalysisRun.State.DONE,
        requested_at=NOON,
        finished_at=NOON,
        parameters=PARAMETERS.dump_python(found.parameters, mode="json"),
    )


@pytest.fixture
def customer(settings: Settings, tmp_path: Path) -> Customer:
    """Somebody who is the first of 600 customers of a house with a model."""
    settings.WAREHOUSE_ROOT = tmp_path
    found = make_customer("王芳")
    analyzed(tmp_path, found.pk, 600)
    return found


def test_the_page_says_what_is_foretold_and_how_it_was_tried(
    customer: Customer,
) -> None:
    page = told(reader(), "purchases/")
    assert "未来 12 个月预计金额" in page
    assert "用已知数据检验" in page
    assert "BG/NBD" in page
    assert "购买 20 次" in page


def test_whoever_may_not_read_the_numbers_sees_the_model_alone(
    customer: Customer,
) -> None:
    page = told(reader(customer__expected_amount=Level.HIDDEN), "purchases/")
    assert "预计金额" not in page
    assert "用已知数据检验" in page


def test_each_number_tells_how_it_came_about(customer: Customer) -> None:
    viewer = reader()
    assert "这样的客户有" in told(viewer, f"why/{customer.pk}/p_alive/") or (
        "只有一次购买" in told(viewer, f"why/{customer.pk}/p_alive/")
    )
    assert "个购买日" in told(viewer, f"why/{customer.pk}/expected_orders/")
    assert "gamma-gamma" in told(viewer, f"why/{customer.pk}/expected_amount/")


@pytest.mark.parametrize(
    ("orders", "alive", "trait", "wanted"),
    [
        (0.0, 0, "expected_amount", "expected_nothing"),
        (1.2, None, "expected_orders", "expected_of_one"),
        (1.2, 60, "expected_orders", "expected_orders"),
        (None, None, "expected_amount", "no_model_"),
    ],
)
def test_each_case_has_its_own_words(
    customer: Customer,
    orders: float | None,
    alive: int | None,
    trait: str,
    wanted: str,
) -> None:
    run = AnalysisRun.objects.get()
    parameters = PARAMETERS.validate_python(run.parameters)
    row: Row = {
        "purchase_days": 3,
        "first_order_on": TODAY,
        "last_order_on": TODAY,
        "order_mean": 100,
        "p_alive": alive,
        "expected_orders": orders,
        "expected_amount": None if orders is None else 100,
    }
    found = explain(trait, row, parameters)
    assert found.formula_msgid == FORMULAS[wanted]


def test_too_few_customers_and_no_analysis_say_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "尚未分析" in told(reader(), "purchases/")
    found = make_customer("王芳")
    analyzed(tmp_path, found.pk, 20)
    assert "有购买记录的客户太少" in told(reader(), "purchases/")
    why = told(reader(), f"why/{found.pk}/expected_amount/")
    assert "有购买记录的客户太少" in why
