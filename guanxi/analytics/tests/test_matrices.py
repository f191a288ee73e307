"""The matrices: who stands where, behind walls, and what is to be done with them."""

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.models import AnalysisRun, CellStrategy
from guanxi.analytics.tests.test_explore import RIGHTS, buy, load, reader
from guanxi.analytics.warehouse import Warehouse
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, SegmentMember
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.tests.factories import make_product

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
TODAY = date(2026, 3, 10)
SPAN = "span=own&first_on=2026-02-01&last_on=2026-03-10"


def visitor(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def setter() -> User:
    depths = {**dict.fromkeys(RIGHTS, Depth.ALL), "analysis.configure": Depth.ALL}
    return make_user("主管", roles=[make_role(depths)])


def shown(viewer: User, path: str) -> list[str]:
    """Return the words of each cell of a matrix."""
    answer = visitor(viewer).get(f"/insight/matrices/{path}")
    assert answer.status_code == 200
    cells = re.findall(
        r'<section class="board-tile".*?</section>', answer.content.decode(), re.DOTALL
    )
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in cells]


def wall(viewer: User, customer: Customer) -> None:
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, customer, to=viewer, reason="亲属", at=NOON)


@pytest.fixture
def trade(settings: Settings, tmp_path: Path) -> dict[str, Customer]:
    """Wang has bought lamps before, Li comes new; desks are sold since February."""
    settings.WAREHOUSE_ROOT = tmp_path
    lamp, desk = make_product("台灯", price="100"), make_product("书桌", price="1000")
    wang, li = make_customer("王芳"), make_customer("李强")
    buy(wang, date(2026, 1, 5), (lamp, "1", "100"))
    buy(wang, date(2026, 2, 5), (lamp, "2", "100"), (desk, "1", "1000"))
    buy(li, date(2026, 3, 1), (lamp, "1", "100"))
    AnalysisRun.objects.create(
        as_of=TODAY, state=AnalysisRun.State.DONE, requested_at=NOON
    )
    load(tmp_path)
    return {"wang": wang, "li": li}


def test_old_and_new_are_counted_by_hand(trade: dict[str, Customer]) -> None:
    cells = shown(reader(), f"growth/?{SPAN}")
    figures = [
        re.findall(r"客户数 (\d+) .*?金额 (\S+) .*?订单数 (\d+)", c) for c in cells
    ]
    assert figures == [
        [("1", "¥200", "1")],
        [("1", "¥1,000", "1")],
        [("1", "¥100", "1")],
        [("0", "¥0", "0")],
    ]


def test_who_is_walled_off_makes_nobody_new(trade: dict[str, Customer]) -> None:
    viewer = reader()
    wall(viewer, trade["wang"])
    # Of what Wang bought nothing is known: the lamp is first sold to Li.
    assert "客户数 1" in shown(viewer, f"growth/?{SPAN}")[3]
    assert "客户数 0" in shown(viewer, f"growth/?{SPAN}")[2]


def test_a_cell_leads_to_its_customers_and_they_to_a_segment(
    trade: dict[str, Customer],
) -> None:
    client = visitor(reader())
    address = f"/insight/matrices/growth/new_old/?{SPAN}"
    told = client.get(address).content.decode()
    assert "李强" in told
    assert "王芳" not in told
    client.post(address)
    assert SegmentMember.objects.get().customer == trade["li"]
    assert client.get(f"/insight/matrices/growth/odd/?{SPAN}").status_code == 404


@pytest.fixture
def scored(trade: dict[str, Customer], tmp_path: Path) -> dict[str, Customer]:
    """Wang spends much and less than usual, Li little and more; of Zhao nothing is usual."""
    trade["zhao"] = make_customer("赵敏")
    kept = [trade["wang"].pk, trade["li"].pk, trade["zhao"].pk]
    table = pa.table(
        {
            "customer_id": pa.array(kept),
            "tier_value": pa.array([500_000, 20_000, 30_000]),
            "amount_trend": pa.array([0.5, 1.5, None], pa.float64()),
            "expected_amount": pa.array([100_000, 900_000, None], pa.int64()),
            "last_order_on": pa.array([TODAY] * 3),
        }
    )
    Warehouse(tmp_path).publish("scores", table.schema, table.to_batches())
    return trade


def test_value_and_potential(scored: dict[str, Customer]) -> None:
    cells = shown(reader(), "value/?value=1000&potential=1")
    counts = [re.findall(r"客户数 (\d+)", one)[0] for one in cells]
    assert counts == ["0", "1", "1", "1"]
    assert "黄金客户" in cells[1]
    assert "¥5,000" in cells[1]
    assert (
        "李强"
        in visitor(reader())
        .get("/insight/matrices/value/low_high/?value=1000&potential=1")
        .content.decode()
    )


def test_potential_is_what_is_expected_too(scored: dict[str, Customer]) -> None:
    asked = "value/?value=1000&by=expected&potential=5000"
    counts = [re.findall(r"客户数 (\d+)", one)[0] for one in shown(reader(), asked)]
    assert counts == ["0", "1", "1", "1"]
    # A ratio that was left from before is no amount: the upper fifth decides again.
    left = "value/?value=1000&by=expected&potential=1&was=trend"
    counts = [re.findall(r"客户数 (\d+)", one)[0] for one in shown(reader(), left)]
    assert counts == ["0", "1", "1", "1"]


def test_thresholds_are_moved(scored: dict[str, Customer]) -> None:
    cells = shown(reader(), "value/?value=250&potential=0.4")
    counts = [re.findall(r"客户数 (\d+)", one)[0] for one in cells]
    assert counts == ["1", "1", "1", "0"]
    answer = visitor(reader()).get("/insight/matrices/value/?value=x")
    assert "board-tile" not in answer.content.decode()


def test_values_of_customers_out_of_sight_count_for_nothing(
    scored: dict[str, Customer],
) -> None:
    viewer = reader()
    wall(viewer, scored["wang"])
    cells = shown(viewer, "value/?value=1000&potential=1")
    assert "客户数 0" in cells[1]
    # The usual threshold is that of the customers in sight too.
    told = visitor(viewer).get("/insight/matrices/value/").content.decode()
    assert 'value="280"' in told


def test_whoever_may_not_read_amounts_has_no_value_matrix(
    scored: dict[str, Customer],
) -> None:
    viewer = reader(customer__order_total=Level.HIDDEN)
    assert visitor(viewer).get("/insight/matrices/value/").status_code == 404


def test_a_strategy_is_written_and_taken_back(trade: dict[str, Customer]) -> None:
    client = visitor(setter())
    address = "/insight/matrices/growth/old_new/strategy/"
    assert client.post(address, {"text": "先送样品"}).status_code == 302
    assert "先送样品" in shown(reader(), f"growth/?{SPAN}")[1]
    assert LoggedEvent.objects.filter(name__endswith="StrategyWritten").count() == 1
    client.post(address, {"text": " "})
    assert not CellStrategy.objects.exists()
    assert "先向了解" in shown(reader(), f"growth/?{SPAN}")[1]


def test_only_who_sets_up_the_analysis_writes_strategies(
    trade: dict[str, Customer],
) -> None:
    address = "/insight/matrices/growth/old_new/strategy/"
    assert visitor(reader()).post(address, {"text": "不行"}).status_code == 403
    assert visitor(setter()).get(address.replace("old_new", "odd")).status_code == 404
    assert not CellStrategy.objects.exists()


def test_before_the_first_analysis_both_pages_say_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    for name in ("value", "growth"):
        told = visitor(reader()).get(f"/insight/matrices/{name}/").content.decode()
        assert "首次分析完成后" in told
