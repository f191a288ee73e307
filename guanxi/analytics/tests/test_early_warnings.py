"""The early-warning list: all signs of one customer in one line, for who may read them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.analytics.early_warnings import warned
from guanxi.analytics.tests.test_bonds import analyst, visitor
from guanxi.customers.commands.finding import add_finding
from guanxi.customers.models import Customer, SegmentMember
from guanxi.customers.rules import State
from guanxi.customers.rules.finding import FindingKind, FindingSource
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Level, System
from guanxi.identity.tests.factories import NOON
from guanxi.sales.models import Refund
from guanxi.sales.tests.factories import make_order

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
BAD: dict[str, Any] = {
    "satisfaction": 3,
    "lock_in": 10,
    "amount_trend": 0.5,
    "churn_risk": 72,
    "last_order_on": date(2026, 1, 5),
}


@pytest.fixture
def house() -> Mapping[str, Customer]:
    bad = make_customer("赵强", state=State.ACTUAL, traits=BAD)
    order = make_order(bad, at=NOON)
    Refund.objects.create(order=order, amount=5, at=NOON, reason="破损")
    told: Any = {"found_at": NOON - timedelta(days=3), "text": "验收有争议"}
    study = (FindingKind.CONTRACT, FindingSource.SURVEY)
    add_finding(
        HOUSE, bad, study[0], at=NOON, source=study[1], provider="电话回访", **told
    )
    fading = make_customer(
        "王芳", state=State.ACTUAL, traits={"amount_trend": 0.4, "churn_risk": 10}
    )
    make_customer("潜在", traits=BAD)
    return {"bad": bad, "fading": fading}


def test_given_signs_of_all_kinds_then_they_stand_in_one_line(
    house: Mapping[str, Customer],
) -> None:
    first, second = warned(HOUSE, least=1, at=NOON)
    assert first.customer == house["bad"]
    assert list(first.signs) == ["low", "refund", "trouble", "falling", "risk", "free"]
    assert (second.customer, list(second.signs)) == (house["fading"], ["falling"])
    assert [one.customer for one in warned(HOUSE, least=2, at=NOON)] == [house["bad"]]


def test_given_old_trouble_then_it_is_no_sign_any_more(
    house: Mapping[str, Customer],
) -> None:
    later = NOON + timedelta(days=181)
    (first, _second) = warned(HOUSE, least=1, at=later)
    assert list(first.signs) == ["low", "falling", "risk", "free"]


def test_given_the_page_then_reasons_are_told_and_make_a_segment(
    house: Mapping[str, Customer],
) -> None:
    client = visitor(analyst())
    address = reverse("analytics:early_warnings")
    page = client.get(address).text
    for told in ("赵强", "满意度 3 分", "没有牵绊", "流失风险 72%"):
        assert told in page, told
    assert "购买下降 50%" in page
    assert "王芳" not in page
    assert client.post(address).status_code == 302
    (member,) = SegmentMember.objects.values_list("customer_id", flat=True)
    assert member == house["bad"].pk


def test_given_a_role_that_reads_less_then_hidden_signs_do_not_count(
    house: Mapping[str, Customer],
) -> None:
    viewer = analyst(
        customer__findings=Level.HIDDEN,
        customer__churn_risk=Level.HIDDEN,
        order__refunded=Level.HIDDEN,
    )
    first, _second = warned(viewer, least=1, at=NOON)
    assert list(first.signs) == ["low", "falling", "free"]


def test_given_one_or_many_then_the_page_asks_as_often() -> None:
    client = visitor(analyst())
    address = reverse("analytics:early_warnings")
    make_customer(state=State.ACTUAL, traits=BAD)
    client.get(address)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address)
        counts.append(len(asked))
        for _number in range(20):
            make_customer(state=State.ACTUAL, traits=BAD)
    assert counts[0] == counts[1]
