"""The explorer: figures from every side, and what is behind them, for whoever looks."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from guanxi.analytics import exploring, tasks
from guanxi.analytics.cubes.histories import (
    HISTORIES,
    SNAPSHOTS,
)
from guanxi.analytics.cubes.snapshots import (
    COSTS,
    DAYS,
    calendar,
)
from guanxi.analytics.handlers import count_days
from guanxi.analytics.loading import load_days
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.scoring import forget_scores
from guanxi.analytics.tasks import load_outdated
from guanxi.analytics.warehouse import Warehouse
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, SegmentMember, Traits
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.days.commands import set_special_days
from guanxi.foundation.days.events import DayOffSet
from guanxi.foundation.rooms import Fact, collected
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.commands.line import NewLine
from guanxi.sales.models import Order, Product
from guanxi.sales.tests.factories import make_order, make_product

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
DAY = date(2026, 3, 10)
SPAN = "first_on=2026-01-01&last_on=2026-03-31"
RIGHTS = (
    *("customer.read", "order.read", "analysis.read", "product.read"),
    *("customer.export", "order.export", "segment.create", "segment.read"),
    *("segment.edit", "user.read", "team.read", "investment.read"),
)


def reader(depth: Depth = Depth.ALL, **levels: Level) -> User:
    named = {key.replace("__", "."): level for key, level in levels.items()}
    role = make_role(dict.fromkeys(RIGHTS, depth), named)
    return make_user("林", roles=[role])


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def buy(customer: Customer, day: date, *lines: tuple[Product, str, str]) -> Order:
    ordered = [
        NewLine(
            name=product.name,
            product=product,
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
        )
        for product, quantity, price in lines
    ]
    return make_order(customer, lines=ordered, at=at(day))


def load(folder: Path) -> None:
    """Load all as the first analysis does, over the test's connection."""
    facts = {fact.name: fact for fact in collected("facts")}
    kept = Warehouse(folder)
    for name, about in HISTORIES.items():
        history, batch = kept.history(name), selected(facts[name], about.schema)
        history.append(history.last_load() + 1, [batch], is_whole=True)
    for name, schema in SNAPSHOTS.items():
        kept.publish(name, schema, [selected(facts[name], schema)])
    with connection.cursor() as cursor:
        cursor.execute(facts["costs"].sql())
        rows = cursor.fetchall()
    spent = [dict(zip(COSTS.names, row, strict=True)) for row in rows]
    kept.publish("costs", COSTS, pa.Table.from_pylist(spent, COSTS).to_batches())
    kept.publish("days", DAYS, [calendar()])


def selected(fact: Fact, schema: pa.Schema) -> pa.RecordBatch:
    with connection.cursor() as cursor:
        cursor.execute(fact.sql())
        rows: Sequence[tuple[object, ...]] = cursor.fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [
        pa.array(values, field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    return pa.record_batch(arrays, schema)


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> dict[str, Customer]:
    """Two customers in two provinces with three orders of sofas and lamps."""
    settings.WAREHOUSE_ROOT = tmp_path
    sofa = make_product("沙发", price="1000", category="家具", cost=Decimal(600))
    lamp = make_product("台灯", price="100", category="灯具")
    wang = make_customer("王芳", province="浙江省", city="杭州市")
    li = make_customer("李强", province="广东省", city="深圳市")
    # 2026-01-01 is a holiday, 2026-03-09 a Monday.
    buy(wang, date(2026, 1, 1), (sofa, "1", "1000"), (lamp, "2", "100"))
    buy(wang, date(2026, 3, 9), (lamp, "1.5", "100"))
    buy(li, date(2026, 3, 9), (sofa, "1", "900"))
    AnalysisRun.objects.create(
        as_of=DAY, state=AnalysisRun.State.DONE, requested_at=NOON
    )
    load(tmp_path)
    return {"wang": wang, "li": li}


def leave_without(folder: Path, column: str) -> None:
    """Leave a history as a version did that did not know ``column`` yet."""
    (path,) = folder.glob("*.parquet")
    table = pq.read_table(path).drop_columns([column])
    path.chmod(0o600)
    pq.write_table(table, path)
    manifest = folder / "manifest.json"
    known = json.loads(manifest.read_text())
    known["columns"].remove(column)
    manifest.write_text(json.dumps(known))


def figures(viewer: User, asked: str) -> list[list[str]]:
    """Return the rows of the exported table, the head first."""
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/explore/export/?{SPAN}&{asked}")
    assert answer.status_code == 200
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


def page(viewer: User, path: str) -> str:
    client = Client()
    client.force_login(viewer)
    return client.get(f"/insight/explore/{path}").content.decode()


def test_an_order_of_two_categories_is_one_order(house: object) -> None:
    asked = "rows=category&metrics=revenue&metrics=orders&metrics=quantity"
    assert figures(reader(), asked) == [
        ["类别", "销售额", "订单数", "数量"],
        ["家具", "1900.00", "2", "2.000"],
        ["灯具", "350.00", "2", "3.500"],
        ["合计", "2250.00", "3", "5.500"],
    ]


def test_both_sides_cross_and_sums_fit(house: object) -> None:
    assert figures(reader(), "rows=province&columns=month&metrics=revenue") == [
        ["省份", "2026-01", "2026-03", "合计"],
        ["浙江省", "1200.00", "150.00", "1350.00"],
        ["广东省", "", "900.00", "900.00"],
        ["合计", "1200.00", "1050.00", "2250.00"],
    ]


def test_holidays_are_days_off_and_mondays_are_not(house: object) -> None:
    asked = "rows=working&metrics=orders"
    assert figures(reader(), asked)[1:3] == [["工作日", "2"], ["休息日", "1"]]


def test_profit_counts_lines_of_known_cost(house: object) -> None:
    seeing_costs = reader(product__cost=Level.READ)
    asked = "rows=category&metrics=profit&metrics=margin"
    assert figures(seeing_costs, asked)[1:] == [
        ["家具", "700.00", "36.8421"],
        ["灯具", "0.00", ""],
        ["合计", "700.00", "36.8421"],
    ]
    # Who may not read what goods cost is offered neither, and asks in vain.
    assert "利润率" not in page(reader(), f"?{SPAN}&rows=category")
    assert "700" not in page(reader(), f"?{SPAN}&rows=category&metrics=profit")


def test_refunds_leave_lines_that_come_to_what_is_left(
    house: dict[str, Customer], tmp_path: Path
) -> None:
    lines = [
        NewLine(name="配件", unit_price=Decimal("33.33")),
        NewLine(name="配件", unit_price=Decimal("33.33")),
        NewLine(name="配件", unit_price=Decimal("33.34")),
    ]
    made = make_order(house["li"], lines=lines, at=at(date(2026, 2, 3)))
    Order.objects.filter(pk=made.pk).update(refunded=Decimal("10.01"))
    load(tmp_path)
    asked = "rows=month&metrics=revenue&where=month:2026-02-01"
    assert figures(reader(), asked)[1:] == [
        ["2026-02", "89.99"],
        ["合计", "89.99"],
    ]


def test_everybody_sees_figures_of_his_own_orders(house: dict[str, Customer]) -> None:
    viewer = reader(Depth.OWN)
    Customer.objects.filter(pk=house["li"].pk).update(owner=viewer)
    Order.objects.filter(customer=house["li"]).update(owner=viewer)
    assert figures(viewer, "rows=province&metrics=revenue")[1:] == [
        ["广东省", "900.00"],
        ["合计", "900.00"],
    ]


def test_who_sees_no_order_at_all_sees_no_figure(house: object) -> None:
    rights = {"analysis.read": Depth.ALL, "order.read": Depth.TEAM}
    viewer = make_user("新人", roles=[make_role(rights)])
    text = page(viewer, f"?{SPAN}&rows=province&metrics=revenue")
    assert "没有销售" in text
    assert (
        page(viewer, f"behind/?{SPAN}&rows=month&of=customers").count("没有记录") == 1
    )


def test_classes_of_customers_out_of_sight_are_not_told(
    house: dict[str, Customer],
) -> None:
    viewer = reader(Depth.OWN)
    Order.objects.filter(customer=house["li"]).update(owner=viewer)
    assert figures(viewer, "rows=province&metrics=orders")[1] == ["未填写", "1"]
    assert "李强" not in page(viewer, f"behind/?{SPAN}&rows=month&of=customers")


def test_a_wall_takes_orders_out_at_once(house: dict[str, Customer]) -> None:
    viewer = reader()
    warden = make_user(
        "陈",
        roles=[make_role({"wall.edit": Depth.ALL} | dict.fromkeys(RIGHTS, Depth.ALL))],
    )
    set_wall(warden, house["li"], to=viewer, reason="亲属", at=NOON)
    assert figures(viewer, "rows=province&metrics=revenue")[-1] == [
        *("合计", "1350.00")
    ]


def test_a_field_that_is_not_read_is_no_side(house: object) -> None:
    viewer = reader(customer__province=Level.HIDDEN)
    text = page(viewer, f"?{SPAN}&rows=province")
    assert "浙江省" not in text
    assert 'value="province"' not in text
    assert "浙江省" not in page(viewer, f"?{SPAN}&rows=month&where=province:浙江省")


def test_a_cell_leads_to_its_orders_and_customers(house: dict[str, Customer]) -> None:
    viewer = reader()
    path = f"behind/?{SPAN}&rows=category&where=category:灯具"
    orders = page(viewer, path)
    assert "¥200.00" in orders
    assert "¥150.00" in orders
    assert "¥900.00" not in orders
    customers = page(viewer, f"{path}&of=customers")
    assert "王芳" in customers
    assert "李强" not in customers


def test_the_customers_of_a_cell_become_a_segment(house: dict[str, Customer]) -> None:
    viewer = reader()
    client = Client()
    client.force_login(viewer)
    asked = f"{SPAN}&rows=category&where=category:灯具"
    client.post(f"{reverse('analytics:explore_segment')}?{asked}")
    assert list(SegmentMember.objects.values_list("customer_id", flat=True)) == [
        house["wang"].pk
    ]


def test_a_row_drills_down_and_a_chip_rolls_up(house: object) -> None:
    text = page(reader(), f"?{SPAN}&rows=province&metrics=revenue")
    assert "rows=city&amp;metrics=revenue&amp;where=province%3A%E6%B5%99" in text
    narrowed = page(
        reader(), f"?{SPAN}&rows=city&metrics=revenue&where=province:浙江省"
    )
    assert "杭州市" in narrowed
    assert "深圳市" not in narrowed
    assert "上卷：去掉“省份：浙江省”" in narrowed


def test_change_compares_with_the_days_before(house: object) -> None:
    asked = "first_on=2026-03-01&last_on=2026-03-31&rows=category&metrics=revenue"
    assert "–" in page(reader(), f"?{asked}&show=change")
    early = "first_on=2026-02-10&last_on=2026-04-20&rows=category&metrics=revenue"
    assert "\N{MINUS SIGN}10.0%" in page(reader(), f"?{early}&show=change")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("rows=month&columns=month", "列维度不能与行维度相同"),
        ("first_on=2026-03-01&last_on=2026-02-01", "结束日期早于开始日期"),
        ("rows=nonsense", "选择一个有效的选项"),
        ("rows=month&show=change", "行或列是时间时无法与上一时段对比"),
    ],
)
def test_what_cannot_be_asked_is_told(house: object, asked: str, told: str) -> None:
    text = page(reader(), f"?{asked}")
    assert 'class="ui-error"' in text
    assert told in text


def test_nonsense_in_the_address_narrows_nothing(house: object) -> None:
    asked = "rows=month&where=month:2026-99-01&where=nobody:1&where=owner:x"
    assert figures(reader(), f"{asked}&metrics=revenue")[-1][1] == "2250.00"


def test_before_the_first_analysis_the_page_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "还没有数据" in page(reader(), "")


def test_given_figures_of_an_older_version_then_pages_say_so_and_they_are_loaded_anew(
    house: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_without(tmp_path / "sales", "is_first")
    viewer = reader()
    assert "还没有数据" in page(viewer, "")
    client = Client()
    client.force_login(viewer)
    shown = client.get("/insight/dashboards/sales/", follow=True)
    assert "还没有数据" in shown.content.decode()
    monkeypatch.setattr(tasks, "load_warehouse", lambda *args, **kwargs: load(tmp_path))
    load_outdated(NOON)
    assert figures(viewer, "rows=month&metrics=orders")[-1] == ["合计", "3"]


def test_given_figures_of_today_then_they_are_not_loaded_again(
    house: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tasks, "load_warehouse", lambda *args, **kwargs: pytest.fail("loaded")
    )
    load_outdated(NOON)


def test_given_classes_of_an_older_version_then_a_customer_is_still_forgotten(
    house: dict[str, Customer], tmp_path: Path
) -> None:
    leave_without(tmp_path / "classes", "life_stage")
    forget_scores([house["wang"].pk])
    (path,) = (tmp_path / "classes").glob("*.parquet")
    assert pq.read_table(path).column("customer_id").to_pylist() == [house["li"].pk]


def test_new_customers_are_those_of_their_first_day_and_the_others_came_back(
    house: object,
) -> None:
    asked = "rows=month&metrics=buyers&metrics=new_buyers&metrics=came_back"
    assert figures(reader(), asked) == [
        ["月份", "有购买记录的客户", "新客户数", "回购客户占比"],
        ["2026-01", "1", "1", "0.0000"],
        ["2026-03", "2", "1", "50.0000"],
        ["合计", "2", "2", "50.0000"],
    ]


def test_scores_are_sides_to_whoever_reads_them(
    house: dict[str, Customer], tmp_path: Path
) -> None:
    Traits.objects.update_or_create(customer=house["wang"], defaults={"r": 5})
    load(tmp_path)
    assert figures(reader(), "rows=r&metrics=revenue")[1:3] == [
        ["5", "1350.00"],
        ["未填写", "900.00"],
    ]
    assert "最近消费得分" in page(reader(), f"?{SPAN}&rows=month")
    covered = reader(customer__r=Level.HIDDEN)
    assert "1,350" not in page(covered, f"?{SPAN}&rows=r&metrics=revenue")


def test_no_snapshot_names_or_reaches_anybody(
    house: dict[str, Customer], tmp_path: Path
) -> None:
    make_customer("赵敏", phone="13800138000")
    load(tmp_path)
    told = b"".join(
        str(pq.read_table(path).to_pylist()).encode()
        for path in tmp_path.glob("**/*.parquet")
        if path.stem != "days"
    ).decode()
    assert "浙江省" in told
    assert not [
        word for word in ("王芳", "李强", "赵敏", "13800138000") if word in told
    ]


def test_every_metric_answers_by_every_side(house: object) -> None:
    viewer = reader(product__cost=Level.READ)
    metrics = list(exploring.cube().metrics)
    for side in exploring.cube().dimensions:
        for start in range(0, len(metrics), 4):
            asked = "&".join(f"metrics={key}" for key in metrics[start : start + 4])
            assert len(figures(viewer, f"rows={side}&{asked}")) > 2


def test_new_customers_by_province(house: object) -> None:
    assert figures(reader(), "rows=province&metrics=new_buyers")[1:] == [
        ["广东省", "1"],
        ["浙江省", "1"],
        ["合计", "2"],
    ]


def test_a_first_order_before_the_span_makes_no_new_customer(house: object) -> None:
    asked = "rows=channel&metrics=new_buyers&first_on=2026-02-01"
    assert figures(reader(), asked)[-1] == ["合计", "1"]


def test_a_first_order_that_nobody_may_tell_is_not_told(
    house: dict[str, Customer],
) -> None:
    viewer = reader(Depth.OWN)
    Order.objects.filter(ordered_at__gte=at(date(2026, 2, 1))).update(owner=viewer)
    assert figures(viewer, "rows=month&metrics=new_buyers")[1:] == [
        ["2026-03", "2"],
        ["合计", "2"],
    ]


def test_behind_new_customers_stand_only_these(house: dict[str, Customer]) -> None:
    asked = f"behind/?{SPAN}&rows=month&metrics=buyers&where=month:2026-03-01"
    text = page(reader(), f"{asked}&of=customers&cell=new_buyers")
    assert "李强" in text
    assert "王芳" not in text
    cell = "cell=new_buyers"
    assert cell in page(
        reader(), f"?{SPAN}&rows=month&metrics=buyers&metrics=new_buyers"
    )


def test_a_view_is_kept_shown_as_a_tab_and_let_go(house: object) -> None:
    viewer = reader()
    client = Client()
    client.force_login(viewer)
    url = f"{reverse('analytics:explore_views')}?{SPAN}&rows=province"
    client.post(url, {"name": "各省销售"})
    assert "各省销售" in page(viewer, "")
    assert "各省销售" not in page(reader(), "")
    (kept,) = client.get(url).context["views"]
    client.post(url, {"remove": kept.pk})
    assert "各省销售" not in page(viewer, "")


def test_as_many_queries_for_many_rows_as_for_one(
    house: dict[str, Customer], tmp_path: Path
) -> None:
    viewer = reader()
    client = Client()
    client.force_login(viewer)
    url = f"/insight/explore/behind/?{SPAN}&rows=month"
    with_few = _queries(client, url)
    for number in range(20):
        customer = make_customer(f"客户{number}")
        make_order(customer, at=at(date(2026, 2, 3)))
    load(tmp_path)
    assert _queries(client, url) == with_few


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as told:
        client.get(url)
    return len(told)


def test_given_days_named_by_the_house_then_the_calendar_has_them_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    day = date(2040, 10, 1)
    event = DayOffSet(
        day_id=1,
        first_on=day.isoformat(),
        last_on=day.isoformat(),
        name="国庆节",
        at=NOON,
    )
    count_days(event)
    assert not list(tmp_path.iterdir())
    load_days()
    set_special_days(
        System("tests"), day, day, is_working=False, name="国庆节", at=NOON
    )
    count_days(event)
    kept = pq.read_table(tmp_path / "days.parquet").to_pydict()
    works = dict(zip(kept["ordered_on"], kept["is_working"], strict=True))
    assert (works[day], works[date(2040, 10, 2)]) == (0, 1)
