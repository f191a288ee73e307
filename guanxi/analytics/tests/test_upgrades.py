"""Who may rise into the next tier, what is suggested, and what has become of them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.commands.analysis import run_analysis, set_analysis_settings
from guanxi.analytics.science.upgrade import upgrades
from guanxi.analytics.states import keep_months
from guanxi.analytics.tests.test_commands import buy
from guanxi.analytics.tests.test_explore import RIGHTS, reader
from guanxi.analytics.tests.test_life_cycle import monthly, visitor
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, SegmentMember
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


def test_what_speaks_for_a_rise() -> None:
    nan = np.nan
    found = upgrades(
        np.array([0, 2, 2, 2, 3], np.int8),
        np.array([9_000, 900, 500, 300, 0]),
        [9_000, None, 300, 0],
        usual_order=np.array([0, 8_100, 100, 100, 400]),
        expected=np.array([nan, nan, 9_000, 8_999, 299]),
        trend=np.array([2.0, 1.0, nan, 1.2, 1.1]),
        is_money=True,
    )
    # Of an empty tier nothing is missing: the one above it counts.
    assert found.gap.tolist()[1:] == [8_100, 8_500, 8_700, 300]
    assert np.isnan(found.gap[0])
    assert found.is_near.tolist() == [False, True, False, False, False]
    assert found.is_foretold.tolist() == [False, False, True, False, False]
    assert found.is_growing.tolist() == [False, False, False, True, False]
    assert found.is_rising.tolist() == [False, True, True, True, False]


def test_points_are_not_compared_with_money() -> None:
    found = upgrades(
        np.array([1], np.int8),
        np.array([500]),
        [800, 500],
        usual_order=np.array([900]),
        expected=np.array([900.0]),
        trend=np.array([1.5]),
        is_money=False,
    )
    assert (found.is_near[0], found.is_foretold[0]) == (False, False)
    assert found.is_growing[0]


# From here on everything goes through doors and the database.


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Sequence[Customer]:
    """Five buyers: one in the highest tier, Li and Zhao below, two at the bottom."""
    settings.WAREHOUSE_ROOT = tmp_path
    names = ("王芳", "李强", "赵敏", "孙悦", "周平")
    found = [make_customer(name) for name in names]
    buy(found[0], date(2025, 9, 5), amount="1000.00")
    buy(found[1], *monthly(date(2025, 6, 10), 3), amount="300.00")
    buy(found[2], *monthly(date(2025, 9, 10), 6), amount="50.00")
    buy(found[3], date(2025, 10, 5), amount="10.00")
    buy(found[4], date(2025, 10, 5), amount="5.00")
    values = {
        "pyramid": {
            "tiers": [
                {"key": "vital", "up_to": "20"},
                {"key": "normal", "up_to": "60"},
                {"key": "small", "up_to": "100"},
            ]
        }
    }
    set_analysis_settings(make_administrator(), values=values, at=NOON)
    analyzed()
    return found


def analyzed() -> None:
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    with transaction.atomic():
        keep_months(DAY)


def page(viewer: User, query: str = "") -> str:
    return visitor(viewer).get(f"/insight/upgrades/{query}").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_list_says_what_is_missing_and_what_to_do(
    house: Sequence[Customer],
) -> None:
    told = page(reader())
    assert "1 位客户有望升为重要客户" in told
    assert "李强" in told
    assert "¥100" in told  # 1,000 less 900
    assert "再下一单（平常金额）即可升级" in told
    assert "赵敏" not in told
    assert "李强" not in page(reader(), "?gap=99")
    assert "李强" not in page(reader(), "?sign=growing")
    assert "李强" in page(reader(), "?sign=near&gap=100")


@pytest.mark.django_db(transaction=True)
def test_the_list_becomes_a_segment(house: Sequence[Customer]) -> None:
    client = visitor(reader())
    assert client.post("/insight/upgrades/").status_code == 302
    assert SegmentMember.objects.get().customer == house[1]
    rights = dict.fromkeys(RIGHTS, Depth.ALL)
    del rights["segment.create"]
    plain = visitor(make_user("许", roles=[make_role(rights)]))
    assert plain.post("/insight/upgrades/").status_code == 403
    assert SegmentMember.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_told_what_became_of_those_listed(house: Sequence[Customer]) -> None:
    # Then Li stood alone below Wang; since then he bought enough to lead.
    buy(house[1], date(2026, 2, 20), amount="300.00")
    analyzed()
    told = page(reader(), "?since=2026-01")
    assert "2026-01 月末列出的客户" in told
    address = "/insight/upgrades/vital/?since=2026-01"
    assert address.replace("&", "&amp;") in told
    members = visitor(reader()).get(address).content.decode()
    assert "李强" in members
    assert "王芳" not in members
    client = visitor(reader())
    assert client.get("/insight/upgrades/odd/?since=2026-01").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_walls_and_unread_fields_count_at_once(house: Sequence[Customer]) -> None:
    viewer = reader()
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, house[1], to=viewer, reason="亲属", at=NOON)
    assert "李强" not in page(viewer)
    blind = visitor(reader(customer__expected_amount=Level.HIDDEN))
    assert blind.get("/insight/upgrades/").status_code == 404
    assert blind.get("/insight/upgrades/vital/?since=2026-01").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_whoever_objects_to_profiling_is_not_listed(house: Sequence[Customer]) -> None:
    limit_processing(
        make_administrator(), house[1], LimitKind.PROFILING, reason="来电", at=NOON
    )
    analyzed()
    assert "李强" not in page(reader())


@pytest.mark.django_db
def test_before_the_first_analysis_the_page_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "还没有分析" in page(reader()) or "尚未分析" in page(reader())


@pytest.mark.django_db(transaction=True)
def test_a_wrong_filter_is_refused_in_words(house: Sequence[Customer]) -> None:
    client: Client = visitor(reader())
    assert client.get("/insight/upgrades/?tier=odd").status_code == 422
    assert client.get("/insight/upgrades/?gap=x").status_code == 422
