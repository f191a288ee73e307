"""The lifetime value as a trait: written by the analysis, explained to who may know it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.commands.analysis import run_analysis, set_analysis_settings
from guanxi.analytics.queries import reasons_of
from guanxi.customers.commands.investment import record_investment
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.models import Customer, Traits
from guanxi.customers.rules.investment import Aim
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.commands.line import NewLine
from guanxi.sales.tests.factories import make_order, make_product

DAY = date(2026, 3, 2)
HOUSE = System("test")
RIGHTS = ("customer.read", "analysis.read", "investment.read", "product.read")
OPEN = {
    "customer.lifetime_value": Level.READ,
    "customer.future_value": Level.READ,
    "product.cost": Level.READ,
}

# The extract reads over a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(settings: Settings, tmp_path: Path) -> list[Customer]:
    """Sixty customers who bought sofas with a margin of 40 in 100; the first cost 90."""
    settings.WAREHOUSE_ROOT = tmp_path
    sofa = make_product("沙发", price="100", cost=Decimal(60))
    line = NewLine(name="沙发", product=sofa, unit_price=Decimal(100))
    found = [make_customer(f"客户{number}") for number in range(60)]
    for number, customer in enumerate(found):
        for bought in range(1 + number % 4):
            day = DAY - timedelta(days=10 + 3 * number + 40 * bought)
            at = datetime(day.year, day.month, day.day, 4, tzinfo=NOON.tzinfo)
            make_order(customer, lines=[line], at=at)
    for aim, amount in ((Aim.ACQUISITION, "50"), (Aim.SERVICE, "40")):
        record_investment(HOUSE, found[0], at=NOON, aim=aim, amount=Decimal(amount))
    return found


def analyze() -> None:
    run_analysis(HOUSE, as_of=NOON.date(), at=NOON)


def viewer(levels: dict[str, Level], depth: Depth = Depth.ALL) -> User:
    return make_user(roles=[make_role(dict.fromkeys(RIGHTS, depth), levels)])


def why(by: User, customer: Customer, trait: str = "lifetime_value") -> tuple[int, str]:
    client = Client()
    client.force_login(by)
    answer = client.get(f"/insight/why/{customer.pk}/{trait}/")
    return answer.status_code, answer.content.decode()


def test_the_analysis_writes_what_customers_are_worth(people: list[Customer]) -> None:
    analyze()
    first, second = (Traits.objects.get(customer=one) for one in people[:2])
    # One sofa each fifth: earned 40, spent 90; the next one earned 40 twice.
    assert first.lifetime_value is not None
    assert first.future_value is not None
    assert first.lifetime_value - first.future_value == Decimal(40 - 90)
    assert second.lifetime_value is not None
    assert second.future_value is not None
    assert second.lifetime_value - second.future_value == Decimal(80)


def test_a_second_analysis_of_the_same_writes_nobody(people: list[Customer]) -> None:
    analyze()
    assert run_analysis(HOUSE, as_of=NOON.date(), at=NOON).run.written == 0


def test_a_higher_rate_makes_what_is_to_come_worth_less(people: list[Customer]) -> None:
    analyze()
    before = Traits.objects.get(customer=people[3]).future_value
    set_analysis_settings(HOUSE, values={"value": {"rate": 0.9, "years": 5}}, at=NOON)
    analyze()
    after = Traits.objects.get(customer=people[3]).future_value
    assert before is not None
    assert after is not None
    assert 0 < after < before


def test_who_objects_to_being_profiled_has_no_value(people: list[Customer]) -> None:
    analyze()
    limit_processing(HOUSE, people[3], LimitKind.PROFILING, reason="本人要求", at=NOON)
    analyze()
    found = Traits.objects.get(customer=people[3])
    assert (found.lifetime_value, found.future_value) == (None, None)


def test_the_breakdown_is_for_who_may_see_all_of_it(people: list[Customer]) -> None:
    analyze()
    status, page = why(viewer(OPEN), people[0])
    assert status == 200
    assert "至今商品利润" in page
    assert "50.00" in page
    less = {**OPEN, "product.cost": Level.HIDDEN}
    assert "至今商品利润" not in why(viewer(less), people[0])[1]
    assert "贴现率" in why(viewer(less), people[0])[1]


def test_the_value_itself_is_told_only_to_roles_that_name_it(
    people: list[Customer],
) -> None:
    analyze()
    assert why(viewer({}), people[0])[0] == 404


def test_the_person_is_told_the_reason_but_not_our_costs(
    people: list[Customer],
) -> None:
    analyze()
    told = [
        one for one in reasons_of([people[0].pk]) if one["score"] == "lifetime_value"
    ]
    assert "BG/NBD" in told[0]["reason"]
    assert "parts" not in told[0]


def test_without_purchase_costs_nobody_has_a_value(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    for number in range(60):
        customer = make_customer(f"客户{number}")
        for bought in range(1 + number % 4):
            make_order(customer, at=NOON - timedelta(days=5 + 50 * bought + number))
    analyze()
    assert Traits.objects.get(customer=customer).lifetime_value is None
    assert "进货成本" in why(viewer(OPEN), customer)[1]
