"""Who came back: counted by hand, behind a wall, by side, and the people behind a cell."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from python_calamine import CalamineWorkbook

from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.retention import Age, Unit
from guanxi.analytics.tests.test_explore import RIGHTS, buy, load, reader
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, SegmentMember
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
TODAY = date(2026, 4, 10)
HOMES = {"王芳": "浙江省", "赵敏": "浙江省"}


@pytest.fixture
def people(settings: Settings, tmp_path: Path) -> dict[str, Customer]:
    """Three who first bought in January, one of them before, and one in March."""
    settings.WAREHOUSE_ROOT = tmp_path
    lamp = make_product("台灯", price="100", category="灯具", cost=Decimal(60))
    days = {
        "王芳": [
            date(2026, 1, 5),
            date(2026, 2, 7),
            date(2026, 2, 9),
            date(2026, 4, 1),
        ],
        "李强": [date(2026, 1, 20), date(2026, 3, 1)],
        "赵敏": [date(2026, 1, 31)],
        "钱多": [date(2026, 3, 8), date(2026, 4, 9)],
        "旧客": [date(2024, 1, 5), date(2026, 1, 8)],
    }
    found = {}
    for name, bought in days.items():
        found[name] = make_customer(name, province=HOMES.get(name, "广东省"))
        for day in bought:
            buy(found[name], day, (lamp, "1", "100"))
    AnalysisRun.objects.create(
        as_of=TODAY, state=AnalysisRun.State.DONE, requested_at=NOON
    )
    load(tmp_path)
    return found


def visitor(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def table(viewer: User, asked: str = "") -> list[list[str]]:
    """Return the words of the rows of the page's table, that of the sums last."""
    answer = visitor(viewer).get(f"/insight/cohorts/?{asked}")
    assert answer.status_code == 200
    rows = re.findall(r"<tr>(.*?)</tr>", answer.content.decode(), re.DOTALL)[1:]
    plain = [re.sub(r"<[^>]+>", "|", row) for row in rows]
    return [[w.strip() for w in row.split("|") if w.strip()] for row in plain]


def test_each_cohort_is_counted_by_hand(people: dict[str, Customer]) -> None:
    assert table(reader()) == [
        ["2026-01", "3", "100.0%", "33.3%", "33.3%", "…"],
        ["2026-03", "1", "100.0%", "…"],
        ["全部合计", "4", "100.0%", "33.3%", "33.3%"],
    ]


def test_what_came_back_and_what_did_not_are_all(people: dict[str, Customer]) -> None:
    assert table(reader(), "measure=churn")[0][3:] == ["66.7%", "66.7%", "…"]
    assert table(reader(), "measure=customers")[0][3:] == ["1", "1", "1"]


def test_the_amount_is_of_each_customer_of_the_cohort(
    people: dict[str, Customer],
) -> None:
    # 300 yuan by three people in January, 200 by one of them in February.
    assert table(reader(), "measure=amount")[0][2:4] == ["¥100", "¥67"]


def test_quarters(people: dict[str, Customer]) -> None:
    assert table(reader(), "unit=quarter")[0] == ["2026 Q1", "4", "100.0%", "…"]


def test_a_side_has_a_line_for_each_of_its_keys(people: dict[str, Customer]) -> None:
    assert sorted(table(reader(), "rows=province")) == [
        ["全部合计", "4", "100.0%", "33.3%", "33.3%"],
        ["广东省", "2", "100.0%", "0.0%", "100.0%"],
        ["浙江省", "2", "100.0%", "50.0%", "0.0%"],
    ]


def test_who_is_walled_off_is_nobody_here(people: dict[str, Customer]) -> None:
    viewer = reader()
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, people["李强"], to=viewer, reason="亲属", at=NOON)
    assert table(viewer)[0] == ["2026-01", "2", "100.0%", "50.0%", "0.0%", "…"]


BEHIND = "/insight/cohorts/behind/?unit=month&first=2026-01-01&then=2026-02-01"


def test_a_cell_leads_to_its_customers_and_they_to_a_segment(
    people: dict[str, Customer],
) -> None:
    client = visitor(reader())
    told = client.get(BEHIND).content.decode()
    assert "王芳" in told
    assert "李强" not in told
    assert "¥200.00" in told
    answer = client.post(BEHIND)
    assert answer.status_code == 302
    assert SegmentMember.objects.get().customer == people["王芳"]


def test_a_date_that_is_none_leads_nowhere(people: dict[str, Customer]) -> None:
    address = "/insight/cohorts/behind/?unit=month&first=x&then=2026-02-01"
    assert visitor(reader()).get(address).status_code == 404


def test_the_file_has_a_row_for_each_cohort_and_age(
    people: dict[str, Customer],
) -> None:
    answer = visitor(reader()).get("/insight/cohorts/export/")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[2] == ["2026-01", 1, 3, 1, 33.33, 66.67]


def test_the_page_costs_the_same_with_more_cohorts(
    people: dict[str, Customer], tmp_path: Path
) -> None:
    client = visitor(reader())
    client.get("/insight/cohorts/")
    counts = []
    for name in ("新一", "新二"):
        with CaptureQueriesContext(connection) as asked:
            client.get("/insight/cohorts/")
        counts.append(len(asked))
        product = make_product(f"椅子{name}", price="10")
        buy(make_customer(name), date(2026, 2, 3), (product, "1", "10"))
        load(tmp_path)
    assert counts[0] == counts[1]


def test_the_share_of_nobody_is_unknown() -> None:
    assert Age(0, 0, 0, is_over=True).retention is None
    assert Age(3, 1, 0, is_over=False).churn is None
    whole = Age(7, 3, 0, is_over=True)
    assert whole.retention is not None
    assert whole.churn is not None
    assert whole.retention + whole.churn == 100


def test_spans_follow_each_other() -> None:
    assert Unit.QUARTER.first_of(date(2026, 12, 31)) == date(2026, 10, 1)
    assert Unit.QUARTER.later(date(2025, 10, 1), 2) == date(2026, 4, 1)
    assert Unit.QUARTER.age(date(2025, 10, 1), date(2026, 4, 1)) == 2
    assert Unit.MONTH.age(date(2025, 12, 1), date(2026, 1, 1)) == 1
