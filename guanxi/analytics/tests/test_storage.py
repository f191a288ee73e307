"""The page of the warehouse: what it holds, its loads, and starting one."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.commands import load as commands
from guanxi.analytics.models import WarehouseLoad
from guanxi.analytics.tests.test_explore import house, load  # noqa: F401 -- a fixture
from guanxi.foundation.actor import Depth
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db

COUNTS = {"read": 9, "cleaned": 1, "loaded": 1_234, "merged": 5, "refreshed": 1_200}


def page(*rights: str) -> tuple[Client, str]:
    viewer = make_user(roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    client = Client()
    client.force_login(viewer)
    return client, client.get("/insight/warehouse/").content.decode()


def a_load(number: int, state: str, **facts: object) -> WarehouseLoad:
    usual = {
        "is_whole": False,
        "began_at": NOON,
        "finished_at": NOON + timedelta(seconds=2),
        "counts": {"orders": COUNTS, "sales": COUNTS},
    }
    return WarehouseLoad.objects.create(number=number, state=state, **usual | facts)


def test_it_tells_what_is_stored_and_the_four_steps_of_each_load(house: object) -> None:  # noqa: F811 -- the fixture
    WarehouseLoad.objects.all().delete()
    a_load(1, "done", is_whole=True)
    a_load(2, "failed", counts={}, problem="磁盘已满")
    a_load(3, "failed", counts={}, problem="")
    _client, told = page("analysis.read")
    cells = ['<td class="ui-to-end">2,468</td>', '<td class="ui-to-end">10</td>']
    assert all(cell in told for cell in cells)
    assert "失败：磁盘已满。下次装载会自动补上。" in told
    assert "装载被中断，下次装载会自动补上。" in told
    assert "现行行数" in told
    assert "全部重新装载" not in told  # who may only read cannot start one


def test_who_may_run_the_analysis_starts_a_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[dict[str, object]] = []
    monkeypatch.setattr(commands.carry_out, "later", lambda **told: begun.append(told))
    WarehouseLoad.objects.all().delete()
    client, told = page("analysis.read", "analysis.run")
    assert "装载变化" in told
    client.post("/insight/warehouse/")
    client.post("/insight/warehouse/", {"whole": "1"})
    assert begun == [{"is_whole": False}, {"is_whole": True}]
    a_load(9, "running", finished_at=None)
    answer = client.post("/insight/warehouse/", follow=True).content.decode()
    assert "正在装载，请等它完成。" in answer
    assert len(begun) == 2


def test_before_the_first_load_the_page_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    WarehouseLoad.objects.all().delete()
    _client, told = page("analysis.read", "analysis.run")
    assert "还没有装载记录" in told
