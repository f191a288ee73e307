"""The pages of insight: what they tell, and how they answer wrong input."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client

from guanxi.analytics import queries
from guanxi.analytics.forms import SettingsForm, initial_of
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.tests.factories import DAY, make_finished_run
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_user,
)

pytestmark = pytest.mark.django_db


def overview() -> str:
    client = Client()
    client.force_login(make_administrator())
    return unquote(client.get("/insight/").content.decode())


def test_given_segments_when_opened_then_the_three_lists_join_theirs() -> None:
    run = make_finished_run()
    run.customers = 10
    run.summary = {
        "rfm_segment": {"champions": 1, "cannot_lose": 2, "at_risk": 3, "others": 4},
        "rfm_segment_total": {
            "champions": 50000,
            "cannot_lose": 20000,
            "at_risk": 30000,
        },
    }
    run.save()
    page = overview()
    row = re.search(r'<a href="([^"]*)">即将流失的客户</a>(.*?)</tr>', page, re.DOTALL)
    assert row is not None
    assert "rfm_segment.in.(cannot_lose,at_risk,about_to_sleep)" in row[1]
    told = re.sub(r"<[^>]+>|\s+", " ", row[2]).split()
    assert told == ["5", "50%", "¥500", "50%"]


def test_given_a_failed_run_when_opened_then_the_reason_is_told_until_one_is_done() -> (
    None
):
    AnalysisRun.objects.create(
        as_of=DAY, state="failed", problem="disk full", requested_at=NOON
    )
    assert "失败：disk full" in overview()
    make_finished_run()
    assert "disk full" not in overview()


@pytest.mark.parametrize(
    "points", ["nan nan nan nan", "1 2 3 inf", "1 2 3", "4 3 2 1", "a b c d", ""]
)
def test_cut_points_that_are_no_rising_numbers_are_refused(points: str) -> None:
    sent = initial_of(AnalysisSettings()) | {
        "cuts": "fixed",
        "recency": points,
        "frequency": "1 2 3 4",
        "monetary": "1 2 3 4",
    }
    form = SettingsForm(sent)
    assert list(form.errors) == ["recency"]


def test_an_explanation_covers_what_the_viewer_may_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_finished_run()
    row = {"tier_rank": 1, "tier_value": 123400}
    monkeypatch.setattr(queries, "_score_row", lambda customer_id: row)
    customer = make_customer()
    rights = {"customer.read": Depth.ALL}
    pages = []
    for level in (Level.HIDDEN, Level.READ):
        levels = {"customer.tier": Level.READ, "customer.order_total": level}
        client = Client()
        client.force_login(make_user(roles=[make_role(rights, levels)]))
        response = client.get(f"/insight/why/{customer.pk}/tier/")
        assert response.status_code == 200
        pages.append("1,234" in response.content.decode())
    assert pages == [False, True]


def test_nobody_is_led_to_a_page_that_tells_what_he_may_not_read() -> None:
    rights = ("analysis.read", "customer.read", "order.read", "investment.read")
    blind = make_user("孙", roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    for viewer, is_led in ((blind, False), (make_administrator("管"), True)):
        client = Client()
        client.force_login(viewer)
        html = client.get("/insight/").content.decode()
        assert ('href="/insight/profit/"' in html) is is_led
        assert (client.get("/insight/profit/").status_code == 200) is is_led
