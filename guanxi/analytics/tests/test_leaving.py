"""Who is about to leave: learned from what was known then, tried on what came, told honestly."""

import re
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
from guanxi.analytics.leaving import _standing, leaving
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.queries import PARAMETERS
from guanxi.analytics.rules import FORMULAS, LEAVING, LEAVING_COLUMNS
from guanxi.analytics.science.leaving import COLUMNS, leaving_columns, stayed_away
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.tests.purchases import bought, on_days
from guanxi.analytics.tests.test_explore import reader
from guanxi.analytics.warehouse import Warehouse
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

LAST = 700
TODAY = date(1970, 1, 1) + timedelta(days=LAST)


def customers(count: int, *, leave: float = 0.5, seed: int = 4) -> Purchases:
    """Return purchases of people of whom a part stays away from some day on, first rarely."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[int, int, int]] = []
    for one in range(1, count + 1):
        gap, day = rng.uniform(12, 45), float(rng.integers(0, 300))
        last = rng.uniform(day + 60, 1_000) if rng.random() < leave else 10_000
        while day <= min(LAST, last):
            rows.append((one, int(day), int(rng.integers(5_000, 20_000))))
            tired = 1.7 if last - day < 3 * gap else 1
            day += max(1.0, rng.normal(gap, 0.3 * gap)) * tired
    ids, days, amounts = np.array(rows, np.int64).T
    return Purchases.from_rows(ids, days, amounts)


def test_the_columns_are_those_by_hand() -> None:
    regular = [(day, 10_000) for day in (0, 20, 40, 60)] + [(90, 5_000)]
    found = leaving_columns(bought(regular, on_days(95)), 100)
    named = dict(zip(COLUMNS, found[0].tolist(), strict=True))
    assert named == pytest.approx(
        {
            "silent": 10,
            "overdue": 10 / 22.5,
            "times": 5,
            "rhythm": 22.5,
            "uneven": 5 / 22.5,
            "last_gap": 30 / 22.5,
            "tenure": 100,
            "recent": 4 / (90 / 22.5),
            "amount": 9_000,
            "last_amount": 5 / 9,
        }
    )
    once = dict(zip(COLUMNS, found[1].tolist(), strict=True))
    assert (once["silent"], once["times"]) == (5, 1)
    assert all(np.isnan(once[name]) for name in ("overdue", "rhythm", "uneven"))


def test_who_buys_in_time_has_not_stayed_away() -> None:
    known = bought(on_days(1), on_days(2), on_days(3))
    later = Purchases.from_rows(np.array([2]), np.array([50]), np.array([1]))
    assert stayed_away(known, later).tolist() == [1, 0, 1]


def test_what_comes_later_changes_nothing_of_what_is_learned_from() -> None:
    known, cut = customers(300), 400
    ids = known.customer_ids[known.owners]
    early = known.days <= cut
    moved = np.where(early, known.days, np.minimum(known.days + 40, LAST))
    other = Purchases.from_rows(ids, moved, np.where(early, known.amounts, 1))
    here, there = _standing(known, cut, 90), _standing(other, cut, 90)
    assert here
    assert there
    assert np.array_equal(here[1], there[1], equal_nan=True)
    assert not np.array_equal(here[2], there[2])


def test_the_model_ranks_better_than_the_silence_and_says_what_comes() -> None:
    found = leaving(customers(3_000), LAST)
    model = found.model
    assert (model.problem, model.horizon) == ("", 60)
    assert model.judged > 1_000
    assert model.auc > max(0.8, model.rule_auc)
    assert model.calibration_error < 0.05
    assert model.tenths[0].lift > 2
    assert model.tenths[-1].reached == pytest.approx(1)
    assert model.suspicious == []
    told = found.risk[np.isfinite(found.risk)]
    assert (told % 5 == 0).all()
    assert told.min() >= 0
    assert told.max() <= 100
    silent = customers(3_000).silent_days(LAST)
    assert np.isnan(found.risk[silent > 120]).all()
    high = found.risk >= 60
    assert (found.reasons[high, 0] >= 0).all()
    assert set(LEAVING) == set(COLUMNS) == set(LEAVING_COLUMNS)


def test_the_same_purchases_teach_the_same() -> None:
    one, other = (leaving(customers(600), LAST) for _ in range(2))
    assert np.array_equal(one.risk, other.risk, equal_nan=True)
    assert one.model == other.model


@pytest.mark.parametrize(
    ("purchases", "problem"),
    [
        (customers(60), "few"),
        (customers(600, leave=0), "same"),
        (bought(on_days(LAST - 1), on_days(LAST)), "short"),
    ],
)
def test_where_nothing_can_be_learned_it_says_why(
    purchases: Purchases, problem: str
) -> None:
    found = leaving(purchases, LAST)
    assert found.model.problem == problem
    assert np.isnan(found.risk).all()


def told(viewer: User, path: str) -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/{path}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def analyzed(folder: Path, first_pk: int, purchases: Purchases) -> None:
    """Leave what an analysis leaves: a run, and the scores."""
    ids = purchases.owners + first_pk
    columns = (ids, purchases.days.astype(np.int32), purchases.amounts)
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
def customer(db: None, settings: Settings, tmp_path: Path) -> Customer:
    """Somebody who is the first of 600 customers of a house with a model."""
    settings.WAREHOUSE_ROOT = tmp_path
    found = make_customer("王芳")
    analyzed(tmp_path, found.pk, customers(600))
    return found


def test_the_page_says_who_is_about_to_and_how_it_was_tried(customer: Customer) -> None:
    page = told(reader(), "churn/")
    assert "风险不低于 50%" in page
    assert "检验时模型不知道之后发生的事" in page
    assert "沉默时间与自身节奏之比" in page
    assert "未来 12 个月面临流失的金额" in page
    assert "churn_risk.gte.50" in page


def test_whoever_may_not_read_the_risk_sees_the_model_alone(customer: Customer) -> None:
    page = told(reader(customer__churn_risk=Level.HIDDEN), "churn/")
    assert "风险不低于 50%" not in page
    assert "检验时模型不知道之后发生的事" in page
    without = told(reader(customer__expected_amount=Level.HIDDEN), "churn/")
    assert "面临流失的金额" not in without


def test_customers_behind_a_wall_are_not_counted(customer: Customer) -> None:
    viewer = reader()

    def judged() -> int:
        (count,) = re.findall(
            r'参与判断的客户</span><span class="ui-stat-value">(\d+)', page
        )
        return int(count)

    page = told(viewer, "churn/")
    before = judged()
    rights = dict.fromkeys(("customer.read", "wall.edit"), Depth.ALL)
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, customer, to=viewer, reason="亲属", at=NOON)
    page = told(viewer, "churn/")
    assert before >= judged()
    assert judged() == 0  # of the made-up ones nobody is in the list of customers


def test_each_risk_tells_how_it_came_about(customer: Customer) -> None:
    assert "逻辑回归" in told(reader(), f"why/{customer.pk}/churn_risk/") or (
        "模型不再判断" in told(reader(), f"why/{customer.pk}/churn_risk/")
    )


@pytest.mark.parametrize(
    ("risk", "reasons", "wanted"),
    [
        (60, ("overdue", "rhythm"), "churn_risk"),
        (60, ("overdue", None), "churn_risk_one"),
        (5, (None, None), "churn_risk_none"),
        (None, (None, None), "churn_gone"),
    ],
)
def test_each_case_has_its_own_words(
    customer: Customer,
    risk: int | None,
    reasons: tuple[str | None, str | None],
    wanted: str,
) -> None:
    parameters = PARAMETERS.validate_python(AnalysisRun.objects.get().parameters)
    row: Row = {
        "churn_risk": risk,
        "silent_days": 300,
        "churn_reason_1": reasons[0],
        "churn_value_1": 2.25,
        "churn_reason_2": reasons[1],
        "churn_value_2": 31.0,
    }
    found = explain("churn_risk", row, parameters)
    assert found.formula_msgid == FORMULAS[wanted]
    assert found.formula_msgid % found.inputs


@pytest.mark.django_db
def test_too_few_customers_and_no_analysis_say_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "尚未分析" in told(reader(), "churn/")
    found = make_customer("王芳")
    analyzed(tmp_path, found.pk, customers(40))
    assert "客户太少" in told(reader(), "churn/")
    assert "客户太少" in told(reader(), f"why/{found.pk}/churn_risk/")
