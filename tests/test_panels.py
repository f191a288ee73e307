"""The fragments that rooms show on a customer: fetched at once, each for itself."""

import logging
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth
from guanxi.foundation.rooms import panels_for
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_administrator, make_role, make_user

pytestmark = pytest.mark.django_db
PLACE = "customers.customer"


def panels(user: User, customer: Customer) -> str:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    address = reverse("foundation:panels", args=[PLACE, customer.pk])
    response = client.get(address, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_given_a_customer_when_the_page_is_opened_then_one_request_brings_all() -> None:
    viewer, customer = make_administrator(), make_customer()
    client = Client()
    client.force_login(viewer)
    html = client.get(reverse("customers:customer", args=[customer.pk])).text
    assert html.count(f'hx-get="/panels/{PLACE}/{customer.pk}/"') == 1
    for panel in panels_for(viewer, PLACE, customer.pk):
        assert f'aria-label="{panel.title}"' in panels(viewer, customer)
        assert panel.url not in html


def test_given_a_panel_that_fails_when_fetched_then_the_others_are_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_viewer: object, _pk: int) -> None:
        raise ArithmeticError

    monkeypatch.setattr("guanxi.sales.views.order.bare_customer", broken)
    viewer, customer = make_administrator(), make_customer()
    with caplog.at_level(logging.CRITICAL, logger="django.request"):
        html = panels(viewer, customer)
    assert "这一部分没有加载出来。" in html
    assert f'hx-get="/sales/orders/of/{customer.pk}/"' in html
    assert 'aria-label="任务"' in html


def test_given_what_one_may_not_see_when_fetched_then_nothing_is_shown() -> None:
    customer = make_customer(owner=make_user())
    stranger = make_user(
        roles=[make_role(depths={"customer.read": Depth.OWN, "order.read": Depth.OWN})]
    )
    assert "<section" not in panels(stranger, customer)


def test_given_a_role_without_orders_when_fetched_then_their_panel_is_left_out() -> (
    None
):
    customer = make_customer()
    reader = make_user(roles=[make_role(depths={"customer.read": Depth.ALL})])
    html = panels(reader, customer)
    assert 'aria-label="订单"' not in html
    assert "<section" in html


def test_given_all_panels_when_fetched_then_nothing_is_asked_twice() -> None:
    viewer, customer = make_administrator(), make_customer()
    panels(viewer, customer)
    with CaptureQueriesContext(connection) as asked:
        panels(viewer, customer)
    read = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    assert [sql for sql, times in Counter(read).items() if times > 1] == []
    # Three of them: the contact policy, and when the last contact was.
    assert len(read) <= 39
