"""Life-cycle patterns, and who moved from class to class between months."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.analysis import analyse
from guanxi.analytics.commands.analysis import run_analysis, set_analysis_settings
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.handlers import forget_persons
from guanxi.analytics.moves import NONE, Moves
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.queries import why
from guanxi.analytics.states import keep_months, kept_months, moved
from guanxi.analytics.tests.test_commands import buy
from guanxi.analytics.tests.test_explore import RIGHTS, reader
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, SegmentMember, Traits
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_user,
)

DAY = date(2026, 3, 2)
SYSTEM = System("test")
MARCH, FEBRUARY, JANUARY = date(2026, 3, 1), date(2026, 2, 1), date(2026, 1, 1)


def monthly(first: date, count: int) -> list[date]:
    return [first + timedelta(days=30 * n) for n in range(count)]


def orders(**bought: Sequence[date]) -> pa.Table:
    rows = [
        (number, day, 1_000)
        for number, days in enumerate(bought.values(), 1)
        for day in days
    ]
    ids, days, amounts = zip(*rows, strict=True)
    return pa.table([ids, days, amounts], schema=ORDER_SCHEMA)


def test_the_pattern_is_the_stage_in_which_somebody_was_lost() -> None:
    table = orders(
        once=[date(2024, 1, 5)],
        soon_gone=monthly(date(2024, 1, 1), 5),
        long_gone=monthly(date(2022, 1, 1), 24),
        still_here=monthly(date(2024, 1, 1), 27),
        new=monthly(date(2025, 12, 15), 3),
    )
    found = analyse(table, as_of=DAY, settings=AnalysisSettings()).table
    assert found["life_pattern"].to_pylist() == [
        "early_abortion",
        "midway_death",
        "early_exit",
        "long_lasting",
        "",
    ]
    assert found["end_stage"].to_pylist()[:3] == [
        "stage_exploration",
        "stage_formation",
        "stage_stable",
    ]


def test_a_part_of_the_purchases_is_that_of_its_customers() -> None:
    from guanxi.analytics.science.purchases import Purchases  # noqa: PLC0415 -- alone here

    whole = Purchases.from_rows(
        np.array([1, 2, 2, 3]), np.array([5, 6, 7, 8]), np.array([10, 20, 30, 40])
    )
    part = whole.only(np.array([1, 2]))
    assert part.customer_ids.tolist() == [2, 3]
    assert part.days.tolist() == [6, 7, 8]
    assert part.totals.tolist() == [50, 40]


def test_moves_are_counted_and_the_best_come_first() -> None:
    moves = Moves(
        ["a", "b", NONE],
        np.array([1, 2, 3]),
        np.array([0, 2, 0], np.int8),
        np.array([1, 0, 1], np.int8),
        np.array([5, 9, 7]),
        np.array(["2026-03-01", "2026-03-02", "NaT"], "datetime64[D]"),
    )
    assert moves.moves()["a", "b"] == 2
    assert moves.moves()[NONE, "a"] == 1
    assert moves.members("a", "b") == [(3, 7, None), (1, 5, date(2026, 3, 1))]


# From here on everything goes through doors and the database.


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Sequence[Customer]:
    """One buys every month, one stopped in summer, one began in February."""
    settings.WAREHOUSE_ROOT = tmp_path
    steady, stopped, new = (make_customer(name) for name in ("王芳", "李强", "赵敏"))
    buy(steady, *monthly(date(2025, 1, 10), 14))
    buy(stopped, *monthly(date(2025, 1, 10), 6), amount="300.00")
    buy(new, date(2026, 2, 20), amount="50.00")
    analyzed()
    return steady, stopped, new


def analyzed() -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    with transaction.atomic():
        keep_months(DAY)


def visitor(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def page(viewer: User, query: str = "") -> str:
    return visitor(viewer).get(f"/insight/life-cycle/{query}").content.decode()


@pytest.mark.django_db(transaction=True)
def test_months_are_worked_out_once_and_anew_by_other_laws(
    house: Sequence[Customer], tmp_path: Path
) -> None:
    assert len(kept_months(tmp_path, DAY)) == 13
    with transaction.atomic():
        assert keep_months(DAY) == 0
    values = {"pyramid": {"period_days": 90}}
    set_analysis_settings(make_administrator(), values=values, at=NOON)
    with transaction.atomic():
        assert keep_months(DAY) == 12


@pytest.mark.django_db(transaction=True)
def test_each_month_knows_no_more_than_its_orders(
    house: Sequence[Customer], tmp_path: Path
) -> None:
    stages = ["exploration", "formation", "stable", "decline"]
    span = (date(2025, 6, 1), FEBRUARY)
    moves = moved(tmp_path, "life_stage", stages, span, among=None)
    assert {pair: n for pair, n in moves.moves().items() if n} == {
        ("formation", "stable"): 1,
        ("formation", "decline"): 1,
        (NONE, "exploration"): 1,
    }
    only = np.array([house[2].pk])
    mine = moved(tmp_path, "life_stage", stages, span, among=only)
    assert sum(mine.moves().values()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_stages_patterns_and_moves(house: Sequence[Customer]) -> None:
    told = page(reader(), "?what=life_stage&first=2025-06&last=2026-02")
    assert "提前退出型" in told
    assert "sankey" in told
    assert "期间首次购买" in told
    address = "/insight/life-cycle/life_stage/formation/decline/"
    span = "?first=2025-06&last=2026-02"
    client = visitor(reader())
    members = client.get(f"{address}{span}").content.decode()
    assert "李强" in members
    assert "王芳" not in members
    client.post(f"{address}{span}")
    assert SegmentMember.objects.get().customer == house[1]
    assert (
        client.get(f"/insight/life-cycle/life_stage/odd/decline/{span}").status_code
        == 404
    )
    assert (
        client.get(f"/insight/life-cycle/odd/stable/decline/{span}").status_code == 404
    )


@pytest.mark.django_db(transaction=True)
def test_while_earlier_months_are_worked_out_there_is_no_picture(
    house: Sequence[Customer], tmp_path: Path
) -> None:
    for path in sorted(tmp_path.glob("states_*.parquet"))[:-1]:
        path.unlink()
    told = page(reader())
    assert "目前只有一个月的记录" in told
    assert "sankey" not in told


@pytest.mark.django_db(transaction=True)
def test_tiers_rise_and_fall(house: Sequence[Customer]) -> None:
    told = page(reader(), "?what=tier&first=2025-06&last=2026-02")
    assert "升级" in told
    assert "降级" in told


@pytest.mark.django_db(transaction=True)
def test_walls_and_unread_fields_count_at_once(house: Sequence[Customer]) -> None:
    viewer, span = reader(), "?first=2025-06&last=2026-02"
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, house[1], to=viewer, reason="亲属", at=NOON)
    assert "formation/decline" not in page(viewer, f"{span}&what=life_stage")
    address = f"/insight/life-cycle/life_stage/formation/decline/{span}"
    assert "李强" not in visitor(viewer).get(address).content.decode()
    blind = reader(customer__life_stage=Level.HIDDEN)
    assert "life_stage" not in page(blind, span)
    assert visitor(blind).get(address).status_code == 404
    hidden = reader(
        customer__life_stage=Level.HIDDEN,
        customer__tier=Level.HIDDEN,
        customer__rfm_segment=Level.HIDDEN,
    )
    nothing = visitor(hidden).get("/insight/life-cycle/")
    assert nothing.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_whoever_is_forgotten_is_in_no_month(
    house: Sequence[Customer], tmp_path: Path
) -> None:
    with transaction.atomic():
        forget_persons([house[1].pk], [])
    for path in tmp_path.glob("states_*.parquet"):
        assert house[1].pk not in pq.read_table(path)["customer_id"].to_pylist()
    # What is not there any more is not worked out again either.
    with transaction.atomic():
        assert keep_months(DAY) == 0


@pytest.mark.django_db(transaction=True)
def test_whoever_objects_to_profiling_has_no_pattern(house: Sequence[Customer]) -> None:
    assert Traits.objects.get(customer=house[0]).life_pattern == "long_lasting"
    limit_processing(
        make_administrator(), house[0], LimitKind.PROFILING, reason="来电", at=NOON
    )
    assert Traits.objects.get(customer=house[0]).life_pattern == ""
    analyzed()
    assert Traits.objects.get(customer=house[0]).life_pattern == ""


@pytest.mark.django_db(transaction=True)
def test_a_pattern_explains_itself(house: Sequence[Customer]) -> None:
    told = visitor(reader()).get(f"/insight/why/{house[1].pk}/life_pattern/")
    assert "已流失" in told.content.decode()
    found = why(house[2].pk, "life_pattern")
    assert found is not None
    assert "no pattern" in found.explanation.formula_msgid


@pytest.mark.django_db(transaction=True)
def test_a_month_before_the_first_is_refused_in_words(
    house: Sequence[Customer],
) -> None:
    asked = "/insight/life-cycle/?first=2026-02&last=2025-06"
    answer = visitor(reader()).get(asked)
    assert answer.status_code == 422
    assert "请选择晚于起始月的月份" in answer.content.decode()


@pytest.mark.django_db
def test_before_the_first_analysis_the_page_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "首次分析完成几分钟后" in page(reader())
