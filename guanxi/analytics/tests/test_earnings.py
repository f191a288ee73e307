"""Profit by customer after all costs, and new customers beside those who were kept."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.analytics.earnings import balances, earnings, entries_of
from guanxi.analytics.tests.test_costs import spend
from guanxi.analytics.tests.test_explore import buy, house, load, reader
from guanxi.customers.models import Customer, Segment, SegmentMember
from guanxi.customers.rules.investment import Aim
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import User
from guanxi.sales.tests.factories import make_product

pytestmark = pytest.mark.django_db
__all__ = ["house"]
NOBODY = np.zeros(0, np.int64)
SPAN = "first_on=2026-01-01&last_on=2026-03-31"


@pytest.fixture
def spent(house: dict[str, Customer], tmp_path: Path) -> dict[str, Customer]:
    """The house of the explorer, with what it spent, and on whom it waits."""
    spend(house["wang"], "30", Aim.ACQUISITION, date(2026, 1, 1))
    spend(house["wang"], "20.5", Aim.SALES, date(2026, 3, 1))
    spend(house["li"], "400", Aim.SERVICE, date(2026, 3, 2))
    house["zhao"] = make_customer("赵敏")
    spend(house["zhao"], "60", Aim.ACQUISITION, date(2026, 2, 2))
    load(tmp_path)
    return house


def visit(viewer: User, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/{path}")
    assert answer.status_code == status
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def knower(depth: Depth = Depth.ALL) -> User:
    return reader(depth, product__cost=Level.READ)


def test_what_each_customer_brought_and_cost(
    spent: dict[str, Customer], tmp_path: Path
) -> None:
    entries = entries_of(tmp_path, among=None, without=NOBODY, costs=None)
    assert entries
    found = earnings(entries, date(2026, 1, 1), date(2026, 3, 31))
    told = dict(zip(found.customer_ids.tolist(), found.net.tolist(), strict=True))
    # 1000 - 600 - 30 - 20.50, 900 - 600 - 400, and nothing but 60 of costs.
    assert told == {
        spent["wang"].pk: 349_50,
        spent["li"].pk: -100_00,
        spent["zhao"].pk: -60_00,
    }
    assert found.revenue.sum() == 2_250_00


def test_new_and_kept_side_by_side(spent: dict[str, Customer], tmp_path: Path) -> None:
    entries = entries_of(tmp_path, among=None, without=NOBODY, costs=None)
    assert entries
    starts = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    january, february, march = balances(entries, starts, date(2026, 3, 31))
    assert (january.new.buyers, january.new.costs, january.new.net) == (1, 3000, 37000)
    assert january.kept.customers == 0
    assert (february.waiting.customers, february.waiting.costs) == (1, 6000)
    assert (march.new.buyers, march.new.net) == (1, -10000)
    assert (march.kept.buyers, march.kept.revenue, march.kept.costs) == (1, 15000, 2050)


def test_the_page_of_profit_ranks_and_says_who_loses(
    spent: dict[str, Customer],
) -> None:
    page = visit(knower(), f"profit/?{SPAN}")
    assert page.index("王芳") < page.index("赵敏") < page.index("李强")
    assert "¥349.50" in page
    assert "亏损" in page
    worst = visit(knower(), f"profit/?{SPAN}&order=worst")
    assert worst.index("李强") < worst.index("王芳")


def test_the_file_holds_every_figure(spent: dict[str, Customer]) -> None:
    lines = visit(knower(), f"profit/export/?{SPAN}").splitlines()
    (wang,) = (line for line in lines if "王芳" in line)
    assert "349.50" in wang
    assert "20.50" in wang


def test_customers_out_of_sight_are_in_no_figure(spent: dict[str, Customer]) -> None:
    viewer = knower(Depth.OWN)
    Customer.objects.filter(pk=spent["li"].pk).update(owner=viewer)
    page = visit(viewer, f"profit/?{SPAN}")
    assert "李强" in page
    assert "王芳" not in page
    assert "349.50" not in page


@pytest.mark.parametrize("field", ["investment__amount", "product__cost"])
@pytest.mark.parametrize("path", ["profit/", "profit/export/", "new-and-kept/"])
def test_who_may_not_read_a_part_does_not_get_in(
    spent: dict[str, Customer], field: str, path: str
) -> None:
    levels = {"product__cost": Level.READ, field: Level.HIDDEN}
    visit(reader(Depth.ALL, **levels), path, 404)


def test_numbers_of_the_balance_lead_to_their_customers(
    spent: dict[str, Customer],
) -> None:
    viewer = knower()
    page = visit(viewer, "new-and-kept/")
    assert "/insight/new-and-kept/month/2026-03-01/kept/" in page
    kept = visit(viewer, "new-and-kept/month/2026-03-01/kept/")
    assert "王芳" in kept
    assert "李强" not in kept
    assert "赵敏" in visit(viewer, "new-and-kept/month/2026-02-01/waiting/")
    visit(viewer, "new-and-kept/month/2026-03-02/kept/", 404)
    visit(viewer, "new-and-kept/decade/2026-03-01/kept/", 404)
    assert "2026 Q1" in visit(viewer, "new-and-kept/?by=quarter")


def test_the_customers_behind_a_number_become_a_segment(
    spent: dict[str, Customer],
) -> None:
    client = Client()
    client.force_login(knower())
    client.post("/insight/new-and-kept/month/2026-03-01/new/")
    (made,) = Segment.objects.filter(name__contains="2026-03")
    assert SegmentMember.objects.filter(segment=made).count() == 1


def test_a_page_of_many_asks_no_more_than_one_of_few(
    spent: dict[str, Customer], tmp_path: Path
) -> None:
    client = Client()
    client.force_login(knower())

    def queries() -> int:
        client.get(f"/insight/profit/?{SPAN}")
        with CaptureQueriesContext(connection) as told:
            client.get(f"/insight/profit/?{SPAN}")
        return len(told)

    before = queries()
    sofa = make_product("椅子", price="100", cost=Decimal(60))
    for number in range(20):
        customer = make_customer(f"客户{number}")
        buy(customer, date(2026, 2, 3), (sofa, "1", "100"))
    load(tmp_path)
    assert queries() == before


def test_who_only_cost_is_not_among_those_who_bought(
    spent: dict[str, Customer], tmp_path: Path
) -> None:
    spend(spent["wang"], "5", Aim.RETENTION, date(2026, 2, 5))
    load(tmp_path)
    viewer = knower()
    assert "王芳" not in visit(viewer, "new-and-kept/month/2026-02-01/kept/")
