"""What sales are to be expected: of whom, how far off, and what nobody is told."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import load_workbook
from pytest_django import Settings

from guanxi.analytics import outlooks
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.outlooks import Step, horizon_of
from guanxi.analytics.tests.test_explore import buy, load, reader
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.tests.factories import make_product

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
TODAY = date(2026, 3, 10)
# Spring to spring: two goods, one more each month and one always as many.
MONTHS = [date(2024 + (n + 11) // 12, (n + 11) % 12 + 1, 5) for n in range(15)]


@pytest.fixture
def trade(settings: Settings, tmp_path: Path) -> dict[str, Customer]:
    """Wang buys one lamp more each month, Li one desk; both began in the same month."""
    settings.WAREHOUSE_ROOT = tmp_path
    lamp = make_product("台灯", price="100", category="灯具")
    desk = make_product("书桌", price="1000", category="家具")
    wang, li = make_customer("王芳"), make_customer("李强")
    for number, day in enumerate(MONTHS, 1):
        buy(wang, day, (lamp, str(number), "100"))
        buy(li, day, (desk, "1", "1000"))
    AnalysisRun.objects.create(
        as_of=TODAY, state=AnalysisRun.State.DONE, requested_at=NOON
    )
    load(tmp_path)
    return {"wang": wang, "li": li}


def page(viewer: User, asked: str = "") -> str:
    client = Client()
    client.force_login(viewer)
    text = client.get(f"/insight/forecast/?{asked}").content.decode()
    return " ".join(text.split())


def export(viewer: User, asked: str = "") -> list[tuple[object, ...]]:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/forecast/export/?{asked}")
    assert answer.status_code == 200
    book = load_workbook(BytesIO(b"".join(answer)))
    return list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]  # -- one sheet


@pytest.mark.parametrize(
    ("last_on", "step", "first"),
    [
        (date(2026, 3, 10), Step.MONTH, date(2026, 2, 1)),
        (date(2026, 3, 31), Step.MONTH, date(2026, 3, 1)),
        (date(2026, 3, 10), Step.WEEK, date(2026, 3, 2)),
        (date(2026, 3, 15), Step.WEEK, date(2026, 3, 9)),
    ],
)
def test_only_spans_that_have_ended_are_known(
    last_on: date, step: Step, first: date
) -> None:
    assert horizon_of(last_on, step) == first


def test_each_part_is_foretold_by_what_it_was(trade: object) -> None:
    rows = export(reader(), "rows=category&metric=revenue&ahead=3")
    assert {row[0] for row in rows[1:]} == {"全部合计", "灯具", "家具"}
    ahead = {
        part: [row for row in rows if row[0] == part and row[3]]
        for part in ("灯具", "家具")
    }
    assert [row[1] for row in ahead["家具"]] == ["2026-03", "2026-04", "2026-05"]
    assert [row[3] for row in ahead["家具"]] == [1000, 1000, 1000]
    lamps = [float(str(row[3])) for row in ahead["灯具"]]
    assert 1400 <= lamps[0] <= lamps[2] <= 1900
    assert all(row[4] <= row[3] <= row[5] for row in ahead["灯具"])  # type: ignore[operator]  # -- numbers


def test_the_page_says_how_far_off_and_leads_to_each_part(trade: object) -> None:
    told = page(reader(), "rows=category&metric=revenue&ahead=3")
    assert "未来 3 个月" in told
    assert "平均误差" in told
    assert "没有比沿用过去更准的方法" in told  # of what is always the same
    (address,) = re.findall(r'href="(\?[^"]*where=category[^"]*)"> *灯具', told)
    alone = page(reader(), address.replace("&amp;", "&").lstrip("?"))
    assert "灯具" in alone


def test_orders_behind_a_wall_are_in_no_figure(trade: dict[str, Customer]) -> None:
    viewer = reader()
    rights = dict.fromkeys(("customer.read", "wall.edit"), Depth.ALL)
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, trade["li"], to=viewer, reason="亲属", at=NOON)
    rows = export(viewer, "rows=category&metric=revenue&ahead=3")
    assert "家具" not in {row[0] for row in rows}
    known = [row for row in rows if row[1] == "2026-02"]
    assert {row[2] for row in known} == {1500}


def test_before_much_is_known_it_says_so(settings: Settings, tmp_path: Path) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "还没有数据" in page(reader())
    lamp = make_product("台灯", price="100")
    buy(make_customer("王芳"), date(2026, 1, 5), (lamp, "1", "100"))
    AnalysisRun.objects.create(
        as_of=TODAY, state=AnalysisRun.State.DONE, requested_at=NOON
    )
    load(tmp_path)
    assert "数据太少，无法预测" in page(reader())


def test_the_span_in_which_something_began_is_not_learned_from() -> None:
    steady = outlooks._outlook(1, "", [0, 0, 3.0, *[100.0] * 12], Step.MONTH, 3)
    assert [one.mean for one in steady.ahead] == [100, 100, 100]
    assert steady.before == [100, 100, 100]
    assert outlooks.change_of(steady) == 0
