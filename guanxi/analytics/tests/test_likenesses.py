"""What a segment and a tier have in common, as far as a viewer sees and reads."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.likenesses import common_to
from guanxi.analytics.tests.test_explore import buy, load
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.segment import SegmentFacts, create_segment
from guanxi.customers.commands.segment_member import add_members
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, Segment, Traits
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.rules.segment import Membership
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_user,
)
from guanxi.sales.tests.factories import make_product

HOUSE = System("test")
RIGHTS = ("analysis.read", "customer.read", "segment.read", "product.read")
pytestmark = pytest.mark.django_db


@pytest.fixture
def schools(settings: Settings, tmp_path: Path) -> Segment:
    """Ten schools who bought chalk, in a segment, beside thirty others who did not."""
    settings.WAREHOUSE_ROOT = tmp_path
    chalk, paper = make_product("粉笔"), make_product("纸")
    made = [
        make_customer(f"学校{n}", industry="教育", province="浙江省") for n in range(10)
    ]
    others = [make_customer(f"别家{n}", province="浙江省") for n in range(30)]
    for one in made:
        buy(one, date(2026, 1, 5), (chalk, "1", "10"))
    for one in others[:12]:
        buy(one, date(2026, 1, 5), (paper, "1", "10"))
    Traits.objects.filter(customer__in=made).update(tier="vital")
    facts = SegmentFacts(name="学校", membership=Membership.STATIC)
    segment = create_segment(HOUSE, facts, at=NOON)
    add_members(HOUSE, segment, made, at=NOON)
    load(tmp_path)
    return segment


def told(viewer: User) -> set[tuple[str, int, float, float]]:
    found = common_to(viewer, customers(viewer).filter(name__startswith="学校"))
    assert found is not None
    return {(one.value, one.inside, one.share, one.base) for one in found.likenesses}


def reader(depth: Depth = Depth.ALL, *more: str, **levels: Level) -> User:
    named = {key.replace("__", "."): level for key, level in levels.items()}
    rights = {**dict.fromkeys((*RIGHTS, *more), depth), "product.read": Depth.ALL}
    return make_user(roles=[make_role(rights, named)])


def test_given_a_segment_then_what_is_frequent_in_it_is_told_with_both_shares(
    schools: Segment,
) -> None:
    assert told(make_administrator()) == {
        ("教育", 10, 1.0, 0.25),
        ("重要客户", 10, 1.0, 0.25),
        ("粉笔", 10, 1.0, 0.25),
    }
    client = Client()
    client.force_login(make_administrator())
    page = client.get(f"/insight/common/segment/{schools.pk}/").content.decode()
    assert "100.0%" in page
    assert "25.0%" in page
    assert "4.0" in page
    tier = client.get("/insight/common/tier/vital/").content.decode()
    assert "粉笔" in tier
    assert client.get("/insight/common/tier/nobody/").status_code == 404
    whole = client.get(f"/customers/segments/{schools.pk}/").content.decode()
    assert "customers.segment" in whole


def test_given_fields_that_are_not_read_then_nothing_is_told_of_them(
    schools: Segment,
) -> None:
    viewer = reader(
        Depth.ALL,
        "order.read",
        customer__industry=Level.HIDDEN,
        customer__tier=Level.HIDDEN,
    )
    assert told(viewer) == {("粉笔", 10, 1.0, 0.25)}
    client = Client()
    client.force_login(viewer)
    assert client.get("/insight/common/tier/vital/").status_code == 404
    without_orders = reader(Depth.ALL, customer__tier=Level.HIDDEN)
    assert told(without_orders) == {("教育", 10, 1.0, 0.25)}
    no_lines = reader(Depth.ALL, "order.read", order__total=Level.HIDDEN)
    assert "粉笔" not in {value for value, *_rest in told(no_lines)}


def test_given_customers_out_of_sight_then_they_count_for_nothing(
    schools: Segment,
) -> None:
    viewer = reader()
    shut = Customer.objects.get(name="学校0")
    set_wall(HOUSE, shut, to=viewer, reason="回避", at=NOON)
    limited = Customer.objects.get(name="学校1")
    limit_processing(HOUSE, limited, LimitKind.PROFILING, reason="来电", at=NOON)
    found = common_to(viewer, customers(viewer).filter(name__startswith="学校"))
    assert found is not None
    assert (found.size, found.number) == (8, 38)
    stranger = reader(Depth.OWN)
    assert told(stranger) == set()


def test_given_no_load_then_it_says_so(settings: Settings, tmp_path: Path) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    client = Client()
    client.force_login(make_administrator())
    page = client.get("/insight/common/tier/vital/").content.decode()
    assert "下次分析" in page
