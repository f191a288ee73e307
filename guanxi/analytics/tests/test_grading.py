"""Weighted grades: points, scores, what explains them, and how the scheme is set."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.analysis import analyse
from guanxi.analytics.commands.analysis import run_analysis, set_analysis_settings
from guanxi.analytics.explain import Part
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.grades.words import part_lines
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.queries import analysis_settings, reasons_of, why
from guanxi.analytics.science.grading import (
    Band,
    GradeCut,
    GradingSettings,
    Indicator,
    Scale,
    graded,
    percent_ranks,
    points_of,
)
from guanxi.analytics.science.pyramid import Measure, PyramidSettings
from guanxi.analytics.tests.test_commands import buy
from guanxi.analytics.tests.test_explore import RIGHTS
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, SegmentMember, Traits
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_user,
)

DAY = date(2026, 3, 2)
SYSTEM = System("test")
BANDS = [Band(0, 20), Band(1000, 60), Band(5000, 100)]


def floats(*values: float) -> Any:
    return np.array(values, np.float64)


def test_points_by_rank_are_the_others_that_stand_behind() -> None:
    assert percent_ranks(floats(10, 30, 20, 40, 50)).tolist() == [0, 50, 25, 75, 100]
    assert percent_ranks(floats(1, 2, 2, 3)).tolist() == [0, 50, 50, 100]
    assert percent_ranks(floats(0.1, 0.4, 0.4, 0.9)).tolist() == [0, 50, 50, 100]
    assert percent_ranks(floats(7)).tolist() == [100]
    assert percent_ranks(floats()).tolist() == []
    assert percent_ranks(floats(5, 5, 5)).tolist() == [50, 50, 50]


def test_points_by_rank_are_the_same_counted_and_sorted() -> None:
    values = np.random.default_rng(3).integers(0, 300, 5_000).astype(np.float64)
    assert np.allclose(percent_ranks(values), percent_ranks(values + 0.25))


def test_less_is_better_and_fixed_values_have_their_points() -> None:
    days = floats(5, 90, 30)
    assert points_of(days, Indicator("recency", 1, Scale.LOW)).tolist() == [100, 0, 50]
    amounts = floats(-1, 0, 999, 1000, 9000, np.nan)
    found = points_of(amounts, Indicator("amount", 1, Scale.BANDS, BANDS))
    assert found.tolist()[:5] == [0, 20, 20, 60, 100]
    assert np.isnan(found[5])


def test_the_score_is_the_mean_by_weights_of_what_is_known() -> None:
    scheme = GradingSettings(
        indicators=[
            Indicator("amount", 30, Scale.BANDS, BANDS),
            Indicator("orders", 10, Scale.BANDS, [Band(0, 0), Band(5, 100)]),
        ]
    )
    values = {
        "amount": floats(1000, 5000, np.nan, np.nan),
        "orders": floats(5, np.nan, 2, np.nan),
    }
    found = graded(values, scheme)
    # (30 × 60 + 10 × 100) / 40; one indicator alone; nothing known at all.
    assert found.score.tolist()[:3] == [70, 100, 0]
    assert np.isnan(found.score[3])
    assert found.grade.tolist() == [1, 0, 3, 4]


@pytest.mark.parametrize(
    "facts",
    [
        {"indicators": []},
        {"indicators": [Indicator("a", 1), Indicator("a", 2)]},
        {"grades": [GradeCut("a", 50), GradeCut("b", 50), GradeCut("c", 0)]},
        {"grades": [GradeCut("a", 50)]},
    ],
)
def test_a_scheme_that_grades_nobody_is_refused(facts: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needed|must fall"):
        GradingSettings(**facts)


def test_an_indicator_that_tells_nothing_is_refused() -> None:
    for facts in (
        {"weight": 0},
        {"weight": 5, "scale": Scale.BANDS},
        {"weight": 5, "scale": Scale.BANDS, "bands": [Band(1, 5), Band(1, 9)]},
        {"weight": 5, "scale": Scale.BANDS, "bands": [Band(1, 101)]},
    ):
        with pytest.raises(ValueError, match=r"weight|bands|points"):
            Indicator("amount", **facts)


def trade() -> pa.Table:
    """Three customers: one buys much once, one little and often, one between them."""
    rows = [(1, date(2026, 2, 1), 90_000), (2, date(2026, 2, 20), 5_000)]
    rows += [(3, date(2025, month, 5), 1_000) for month in range(6, 13)]
    ids, days, amounts = zip(*rows, strict=True)
    return pa.table([ids, days, amounts], schema=ORDER_SCHEMA)


@pytest.mark.parametrize(
    ("by", "vital"),
    [(Measure.AMOUNT, 1), (Measure.SCORE, 3), (Measure.PROFIT, None)],
)
def test_the_pyramid_ranks_by_the_value_that_was_chosen(
    by: Measure, vital: int | None
) -> None:
    scheme = GradingSettings(indicators=[Indicator("orders", 100)])
    laws = AnalysisSettings(pyramid=PyramidSettings(by=by), grading=scheme)
    found = analyse(trade(), as_of=DAY, settings=laws).table
    tiers = dict(
        zip(found["customer_id"].to_pylist(), found["tier"].to_pylist(), strict=True)
    )
    assert [pk for pk, tier in tiers.items() if tier == "vital"] == (
        [vital] if vital else []
    )
    assert ("tier_measure" in found.column_names) == (by is not Measure.AMOUNT)


# From here on everything goes through doors and the database.


@pytest.fixture
def three(settings: Settings, tmp_path: Path) -> Sequence[Customer]:
    """The same three, in the database."""
    settings.WAREHOUSE_ROOT = tmp_path
    much, little, often = (make_customer(name) for name in ("王芳", "李强", "赵敏"))
    buy(much, date(2026, 2, 1), amount="900.00")
    buy(little, date(2026, 2, 20), amount="50.00")
    buy(often, *(date(2025, month, 5) for month in range(6, 13)), amount="10.00")
    return much, little, often


def setter(**fields: Level) -> User:
    depths = {
        **dict.fromkeys(RIGHTS, Depth.ALL),
        "analysis.configure": Depth.ALL,
        "analysis.run": Depth.ALL,
    }
    levels = {name.replace("__", "."): level for name, level in fields.items()}
    return make_user("主管", roles=[make_role(depths, levels)])


def visitor(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def scheme_of(*shown: tuple[str, int, str, str], least: tuple[int, ...] = ()) -> str:
    """Return the query of a scheme of the indicators (key, weight, scale, bands)."""
    asked = QueryDict(mutable=True)
    for key in ("contribution", "orders", "recency", "expected"):
        asked[f"weight_{key}"] = "0"
    for key, weight, scale, bands in shown:
        asked[f"weight_{key}"], asked[f"scale_{key}"] = str(weight), scale
        asked[f"bands_{key}"] = bands
    for letter, points in zip("abc", least, strict=False):
        asked[f"least_{letter}"] = str(points)
    return asked.urlencode()


BY_ORDERS = scheme_of(("orders", 100, "bands", "0=10 2=90"))


@pytest.mark.django_db(transaction=True)
def test_an_analysis_grades_and_each_grade_explains_itself(
    three: Sequence[Customer],
) -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    traits = Traits.objects.get(customer=three[0])
    # Contribution 100 × 40, orders 25 × 20, recency 50 × 20; nothing foretold: 70 / 80.
    found = why(three[0].pk, "grade")
    assert found is not None
    assert [(p.key, p.points, round(p.weight)) for p in found.explanation.parts] == [
        ("contribution", 100.0, 50),
        ("orders", 25.0, 25),
        ("recency", 50.0, 25),
        ("expected", None, 0),
    ]
    assert found.explanation.inputs["grade_score"] == "68.8"
    assert (traits.grade, traits.grade_score) == ("b", 65)
    told = visitor(setter()).get(f"/insight/why/{three[0].pk}/grade/").content.decode()
    assert "加权得分 68.8" in told
    assert "贡献率" in told
    assert "88.2%" in told
    assert "分级方案第 1 版" in told
    reasons = {one["score"]: one for one in reasons_of([three[0].pk])}
    assert reasons["grade"]["parts"][0]["weight"] == 50.0


@pytest.mark.django_db(transaction=True)
def test_what_one_may_not_read_is_covered_in_the_explanation(
    three: Sequence[Customer],
) -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    viewer = setter(customer__order_total=Level.HIDDEN)
    told = visitor(viewer).get(f"/insight/why/{three[0].pk}/grade/").content.decode()
    assert "88.2%" not in told
    assert "***" in told
    hidden = setter(customer__grade=Level.HIDDEN)
    page = f"/insight/why/{three[0].pk}/grade/"
    assert visitor(hidden).get(page).status_code == 404
    assert visitor(hidden).get("/insight/grading/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_scheme_is_tried_saved_and_then_applied(three: Sequence[Customer]) -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    client = visitor(setter())
    page = client.get(f"/insight/grading/?{BY_ORDERS}").content.decode()
    assert "试算结果" in page
    assert analysis_settings().grading.version == 1
    moved = client.get(f"/insight/grading/b/d/?{BY_ORDERS}").content.decode()
    assert "王芳" in moved
    assert "赵敏" not in moved
    assert client.post(f"/insight/grading/?{BY_ORDERS}").status_code == 302
    saved = analysis_settings().grading
    assert (saved.version, [one.key for one in saved.indicators]) == (2, ["orders"])
    assert LoggedEvent.objects.filter(name="analytics.ThresholdsChanged").count() == 1
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert Traits.objects.get(customer=three[2]).grade == "a"
    assert Traits.objects.get(customer=three[0]).grade == "d"
    found = why(three[0].pk, "grade")
    assert found is not None
    assert found.explanation.inputs["version"] == 2


@pytest.mark.django_db(transaction=True)
def test_customers_are_graded_on_demand(three: Sequence[Customer]) -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    client = visitor(setter())
    assert (
        client.post(f"/insight/grading/?{BY_ORDERS}", {"run": "1"}).status_code == 302
    )
    assert AnalysisRun.objects.filter(state=AnalysisRun.State.QUEUED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_those_who_move_become_a_segment_and_walls_count_at_once(
    three: Sequence[Customer],
) -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    viewer = setter()
    client, address = visitor(viewer), f"/insight/grading/b/d/?{BY_ORDERS}"
    client.post(address)
    assert SegmentMember.objects.get().customer == three[0]
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, three[0], to=viewer, reason="亲属", at=NOON)
    assert "王芳" not in client.get(address).content.decode()
    page = client.get(f"/insight/grading/?{BY_ORDERS}").content.decode()
    assert "/insight/grading/b/d/" not in page


@pytest.mark.django_db(transaction=True)
def test_profit_and_data_are_indicators_and_those_unread_are_not_offered(
    three: Sequence[Customer],
) -> None:
    Traits.objects.filter(customer=three[1]).update(completeness=80, credit_grade="B")
    wide = scheme_of(
        ("completeness", 50, "high", ""), ("credit", 50, "bands", "1=25 3=75")
    )
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    visitor(setter()).post(f"/insight/grading/?{wide}")
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    found = Traits.objects.get(customer=three[1])
    assert (found.grade, found.grade_score) == ("a", 85)
    assert Traits.objects.get(customer=three[0]).grade == ""
    narrow = setter(customer__credit_grade=Level.HIDDEN, product__cost=Level.HIDDEN)
    page = visitor(narrow).get("/insight/grading/").content.decode()
    assert "weight_completeness" in page
    assert "weight_credit" not in page
    assert "weight_profit" not in page
    # What he may not read stays in the scheme when he saves it.
    visitor(narrow).post("/insight/grading/?weight_completeness=20")
    keys = {one.key: one.weight for one in analysis_settings().grading.indicators}
    assert keys == {"completeness": 20, "credit": 50}


@pytest.mark.django_db(transaction=True)
def test_whoever_objects_to_profiling_is_not_graded(three: Sequence[Customer]) -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    limit_processing(
        make_administrator(), three[0], LimitKind.PROFILING, reason="来电", at=NOON
    )
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    traits = Traits.objects.get(customer=three[0])
    assert (traits.grade, traits.grade_score) == ("", None)
    assert traits.order_total == Decimal(900)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "told"),
    [
        (scheme_of(), "请至少给一个指标设置权重"),
        (scheme_of(("orders", 10, "bands", "")), "请按从小到大写出数值"),
        (scheme_of(("orders", 10, "bands", "5=20 1=30")), "请按从小到大写出数值"),
        (scheme_of(("orders", 10, "high", ""), least=(50, 60, 20)), "每一级的起点分数"),
    ],
)
def test_a_wrong_scheme_says_how_to_mend_it(query: str, told: str) -> None:
    client = visitor(setter())
    answer = client.get(f"/insight/grading/?{query}")
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert client.post(f"/insight/grading/?{query}").status_code == 422
    assert analysis_settings().grading.version == 1


@pytest.mark.django_db(transaction=True)
def test_the_pyramid_page_shows_what_it_is_ranked_by(three: Sequence[Customer]) -> None:
    values = {"pyramid": {"by": "rfm"}}
    set_analysis_settings(make_administrator(), values=values, at=NOON)
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    page = visitor(setter()).get("/insight/pyramid/").content.decode()
    assert "RFM 得分之和" in page
    told = visitor(setter()).get(f"/insight/why/{three[0].pk}/tier/").content.decode()
    assert "三项得分之和" in told
    # Whoever may not read the scores has no ranking by them.
    assert (
        visitor(setter(customer__r=Level.HIDDEN)).get("/insight/pyramid/").status_code
        == 404
    )


@pytest.mark.django_db
def test_parts_of_an_indicator_that_is_no_more_keep_their_key() -> None:
    part = Part("added_gone", 3.0, 50.0, 40.0, 20.0)
    (line,) = part_lines([part], frozenset())
    assert (line.label, line.value, line.points) == ("added_gone", "3", "50.0")
