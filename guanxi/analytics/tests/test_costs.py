"""What was spent beside goods, in the figures of the explorer and in the warehouse."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from guanxi.analytics.cubes.snapshots import COSTS_FILE
from guanxi.analytics.handlers import forget_persons
from guanxi.analytics.tests.test_explore import (
    at,
    figures,
    house,
    load,
    page,
    reader,
)
from guanxi.customers.commands.investment import (
    record_investment,
    trash_investment,
)
from guanxi.customers.models import Customer, Investment
from guanxi.customers.rules.investment import Aim
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.tests.factories import NOON
from guanxi.sales.tests.factories import HOUSE

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
__all__ = ["house"]
ALL = "&".join(f"metrics={key}" for key in ("revenue", "profit", "costs", "net_profit"))


def spend(customer: Customer, amount: str, aim: Aim, day: date) -> Investment:
    return record_investment(
        HOUSE, customer, at=at(day), amount=Decimal(amount), aim=aim
    )


@pytest.fixture
def spent(house: dict[str, Customer], tmp_path: Path) -> dict[str, Customer]:
    """The same house, with what it spent on both customers."""
    spend(house["wang"], "30", Aim.ACQUISITION, date(2026, 1, 5))
    spend(house["wang"], "20.5", Aim.SALES, date(2026, 3, 1))
    spend(house["li"], "400", Aim.SERVICE, date(2026, 3, 2))
    load(tmp_path)
    return house


def test_profit_after_all_costs_by_customers(spent: dict[str, Customer]) -> None:
    viewer = reader(product__cost=Level.READ)
    assert figures(viewer, f"rows=province&{ALL}")[1:] == [
        ["浙江省", "1350.00", "400.00", "50.50", "349.50"],
        ["广东省", "900.00", "300.00", "400.00", "-100.00"],
        ["合计", "2250.00", "700.00", "450.50", "249.50"],
    ]


def test_costs_by_aim_and_month_beside_orders(spent: dict[str, Customer]) -> None:
    asked = "rows=month&metrics=acquisition_costs&metrics=service_costs&metrics=orders"
    assert figures(reader(), asked)[1:] == [
        ["2026-01", "30.00", "0.00", "1"],
        ["2026-03", "0.00", "400.00", "2"],
        ["合计", "30.00", "400.00", "3"],
    ]


def test_costs_stand_at_no_product(spent: dict[str, Customer]) -> None:
    found = figures(reader(), "rows=product&metrics=costs&metrics=revenue")
    assert ["无产品", "450.50", ""] in found
    assert [row[2] for row in found if row[0] == "沙发"] == ["1900.00"]


def test_costs_of_customers_out_of_sight_do_not_count(
    spent: dict[str, Customer],
) -> None:
    viewer = reader(Depth.OWN, product__cost=Level.READ)
    Customer.objects.filter(pk=spent["wang"].pk).update(owner=viewer)
    (total,) = figures(viewer, "rows=month&metrics=costs")[-1:]
    assert total == ["合计", "50.50"]


@pytest.mark.parametrize("field", ["investment__amount", "product__cost"])
def test_who_may_not_read_a_part_is_not_told_the_whole(
    spent: dict[str, Customer], field: str
) -> None:
    levels = {"product__cost": Level.READ, field: Level.HIDDEN}
    viewer = reader(Depth.ALL, **levels)
    assert "net_profit" not in page(viewer, "")


def test_a_cost_leads_to_its_customers(spent: dict[str, Customer]) -> None:
    viewer = reader(product__cost=Level.READ)
    found = page(
        viewer,
        "behind/?rows=month&metrics=costs&cell=service_costs",
    )
    assert "李强" in found
    assert "王芳" not in found
    assert "400" in found


def test_what_is_in_the_trash_or_erased_costs_nothing(
    spent: dict[str, Customer], tmp_path: Path
) -> None:
    trash_investment(HOUSE, Investment.objects.get(amount=400), at=NOON)
    Customer.objects.filter(pk=spent["wang"].pk).update(erased_at=NOON)
    load(tmp_path)
    assert not pq.read_table(tmp_path / f"{COSTS_FILE}.parquet").num_rows


def test_what_was_spent_on_somebody_erased_is_forgotten_at_once(
    spent: dict[str, Customer], tmp_path: Path
) -> None:
    forget_persons([spent["wang"].pk], [])
    left = pq.read_table(tmp_path / f"{COSTS_FILE}.parquet")
    assert left.column("customer_id").to_pylist() == [spent["li"].pk]
