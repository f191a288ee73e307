"""How many relationships there are, how long they last and how good they are."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.analytics.commands.relation_month import count_relationships
from guanxi.analytics.handlers import measure_apart
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.queries import Relations, related_customers, relation_months
from guanxi.analytics.rules import end_of, months_until
from guanxi.customers.commands.share import share_customer
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.events import WallSet
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.clock import now
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user
from guanxi.sales.tests.factories import make_order

pytestmark = pytest.mark.django_db
HOUSE = System("test")
DAY = date(2026, 3, 10)


def reader(depth: Depth = Depth.ALL, **more: Level) -> User:
    depths = {
        "customer.read": depth,
        "analysis.read": Depth.ALL,
        "user.read": Depth.ALL,
    }
    levels = {f"customer.{name}": level for name, level in more.items()}
    return make_user("林", roles=[make_role(depths, levels)])


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.fixture
def bought(db: None) -> Customer:
    """A customer who bought on 2025-03-10 first, then on 2026-01-31 and 2026-03-10."""
    found = make_customer("王芳", traits={"first_order_on": date(2025, 3, 10)})
    for day in (date(2025, 3, 10), date(2026, 1, 31), DAY):
        make_order(found, at=at(day))
    other = make_customer("李强", traits={"first_order_on": date(2025, 1, 5)})
    make_order(other, at=at(date(2025, 1, 5)))
    AnalysisRun.objects.create(
        as_of=DAY, state=AnalysisRun.State.DONE, requested_at=NOON
    )
    count_relationships(HOUSE, as_of=DAY, at=NOON)
    return found


def by_month(viewer: User) -> dict[str, Relations]:
    return {f"{one.month_on:%Y-%m}": one for one in relation_months(viewer)}


def test_the_months_end_with_the_present_one() -> None:
    assert months_until(date(2026, 1, 31), 3) == [
        *(date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1))
    ]
    assert end_of(date(2024, 2, 1), DAY) == date(2024, 2, 29)
    assert end_of(date(2026, 3, 1), DAY) == DAY


def test_each_month_is_counted_by_its_orders(bought: Customer) -> None:
    found = by_month(reader())
    assert {name: one.customers for name, one in found.items()} == {
        **dict.fromkeys(("2025-01", "2025-02"), 1),
        **{f"2025-{month:02}": 2 for month in range(3, 13)},
        # The only order of the other customer is more than 365 days ago.
        **dict.fromkeys(("2026-01", "2026-02", "2026-03"), 1),
    }
    # 2025-03-10 to 2026-03-10 are 365 days; two purchase days, the last one today. The
    # first order is out of the period.
    assert (found["2026-03"].months, found["2026-03"].quality) == (12.0, 75.0)
    # One purchase day, 26 days before the end of January 2025: 12.5 + 50 * (1 - 26/365).
    assert found["2025-01"].quality == 59.0


def test_counted_again_the_figures_are_the_same(bought: Customer) -> None:
    before = by_month(reader())
    count_relationships(HOUSE, as_of=DAY, at=NOON)
    assert by_month(reader()) == before


def test_given_only_own_customers_in_sight_then_only_they_are_counted(
    bought: Customer,
) -> None:
    mine = reader(Depth.OWN)
    assert by_month(mine) == {}
    Customer.objects.filter(pk=bought.pk).update(owner=mine)
    count_relationships(HOUSE, as_of=DAY, at=NOON)
    assert by_month(mine)["2025-12"].customers == 1
    assert list(related_customers(mine, date(2025, 12, 31))) == [bought]


def test_the_page_tells_the_figures_and_leads_to_the_customers(
    bought: Customer,
) -> None:
    client = Client()
    client.force_login(reader())
    client.cookies["django_language"] = "zh-hans"
    page = client.get(reverse("analytics:relationships")).content.decode()
    assert page.count("data-chart=") == 3
    assert "关系质量" in page
    assert "/relationships/2026-03/" in page
    listed = client.get(reverse("analytics:relationships_of", args=["2025-12"]))
    assert "王芳" in listed.content.decode()
    assert "李强" in listed.content.decode()
    later = reverse("analytics:relationships_of", args=["2026-04"])
    assert client.get(later).status_code == 404
    wrong = reverse("analytics:relationships_of", args=["soon"])
    assert client.get(wrong).status_code == 404


def test_given_purchases_are_hidden_then_nothing_is_told(bought: Customer) -> None:
    client = Client()
    client.force_login(reader(order_count=Level.HIDDEN))
    page = client.get(reverse("analytics:relationships")).content.decode()
    assert "data-chart=" not in page
    listed = client.get(reverse("analytics:relationships_of", args=["2025-12"]))
    assert listed.status_code == 404


def test_the_list_behind_a_month_is_narrowed_as_the_figures_are(
    bought: Customer,
) -> None:
    owner = make_user("周敏")
    Customer.objects.filter(pk=bought.pk).update(owner=owner)
    client = Client()
    client.force_login(reader())
    whose = f"whose=u{owner.pk}"
    count_relationships(HOUSE, as_of=DAY, at=NOON)
    page = client.get(reverse("analytics:relationships") + f"?{whose}&tier=")
    assert f"/2026-03/?{whose}" in page.content.decode()
    url = reverse("analytics:relationships_of", args=["2025-12"])
    listed = client.get(f"{url}?{whose}").content.decode()
    assert ("王芳" in listed, "李强" in listed) == (True, False)


def test_given_owners_are_hidden_then_none_can_be_asked_about(bought: Customer) -> None:
    owner = make_user("周敏")
    Customer.objects.filter(pk=bought.pk).update(owner=owner)
    client = Client()
    client.force_login(reader(owner=Level.HIDDEN))
    url = reverse("analytics:relationships_of", args=["2025-12"])
    listed = client.get(f"{url}?whose=u{owner.pk}").content.decode()
    assert ("王芳" in listed, "李强" in listed) == (True, True)


def again(user: User) -> User:
    """Return ``user`` as his next request knows him."""
    return User.objects.get(pk=user.pk)


def test_given_a_wall_then_the_sums_of_the_team_are_as_if_the_customer_were_not(
    bought: Customer,
) -> None:
    team = make_team()
    role = make_role({"customer.read": Depth.TEAM, "analysis.read": Depth.ALL})
    viewer = make_user("林", roles=[role], team=team)
    Customer.objects.update(team=team)
    count_relationships(HOUSE, as_of=DAY, at=NOON)
    assert by_month(viewer)["2025-12"].customers == 2
    set_wall(HOUSE, bought, to=viewer, reason="利益冲突", at=now())
    # What was counted before may have the customer in it, and is not told.
    assert by_month(again(viewer)) == {}
    wall = WallSet(wall_id=1, record_id=bought.pk, user_id=viewer.pk, at=NOON)
    measure_apart(wall)
    shut = by_month(again(viewer))
    assert by_month(reader())["2025-12"].customers == 2
    Customer.objects.filter(pk=bought.pk).update(team=None)
    count_relationships(HOUSE, as_of=DAY, at=now())
    assert by_month(again(viewer)) == shut
    assert "2026-03" not in shut


def test_given_a_share_then_the_customer_is_counted_for_the_friend(
    bought: Customer,
) -> None:
    friend = reader(Depth.OWN)
    share_customer(HOUSE, bought, to=friend, reason="代班", at=now())
    count_relationships(HOUSE, as_of=DAY, at=now())
    assert by_month(again(friend))["2026-03"].customers == 1
    assert by_month(reader())["2025-12"].customers == 2


def test_given_no_wall_then_a_row_is_never_taken_for_a_customer(
    bought: Customer,
) -> None:
    team = make_team()
    role = make_role({"customer.read": Depth.TEAM, "analysis.read": Depth.ALL})
    viewer = make_user("林", roles=[role], team=team)
    Customer.objects.update(team=team)
    for pk in range(1, 40):
        other = make_customer(f"客户{pk}")
        set_wall(HOUSE, other, to=viewer, reason="利益冲突", at=NOON)
    count_relationships(HOUSE, as_of=DAY, at=NOON)
    assert by_month(again(viewer))["2025-12"].customers == 2
