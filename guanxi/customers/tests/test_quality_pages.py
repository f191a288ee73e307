"""Data quality on pages: the worklist, the panel, the rules."""

from datetime import timedelta

import pytest
from django.urls import reverse

from guanxi.customers.commands.customer import create_customer
from guanxi.customers.commands.quality_score import (
    judge,
    keep_quality_week,
)
from guanxi.customers.models import Customer
from guanxi.customers.queries.quality import quality_rules
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import Point
from guanxi.customers.rules.quality import Dimension
from guanxi.customers.tests.factories import make_customer, make_pair
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
)

HOUSE = System("test")

YEAR = timedelta(days=366)


@pytest.fixture
def poor(owner: User) -> Customer:
    """Return a customer of ``owner`` of whom little is known, judged a year ago."""
    customer = create_customer(
        owner, name="李强", points=[Point(PointKind.PHONE, "13812345670")], at=NOON
    )
    judge([customer.pk], at=now() + YEAR)
    return customer


@pytest.mark.parametrize("dimension", Dimension.values)
def test_worklist_names_what_to_mend_and_where(
    owner: User, poor: Customer, dimension: str
) -> None:
    keep_quality_week(HOUSE, at=NOON)
    query = {"dimension": dimension, "whose": "mine"}
    page = signed_in(owner).get(reverse("customers:quality"), query)
    html = page.content.decode()
    assert page.status_code == 200
    edit = reverse("customers:edit_customer", args=[poor.pk])
    assert (f"{edit}#id_city" in html) is (dimension == "completeness")
    assert ("李强" in html) is (dimension in ("completeness", "timeliness"))


def test_given_unknown_dimension_when_worklist_is_asked_then_not_found(
    owner: User,
) -> None:
    page = signed_in(owner).get(reverse("customers:quality"), {"dimension": "beauty"})
    assert page.status_code == 404


def test_panel_says_scores_reasons_and_who_confirmed(
    owner: User, poor: Customer
) -> None:
    client = signed_in(owner)
    address = reverse("customers:quality_confirmation", args=[poor.pk, "contact"])
    assert client.post(address).status_code == 302
    html = client.get(
        reverse("customers:quality_panel", args=[poor.pk])
    ).content.decode()
    assert owner.name in html
    assert f"/customers/{poor.pk}/edit/#points-email" in html


def test_given_weights_of_ninety_when_rules_are_saved_then_told_at_the_field(
    db: None,
) -> None:
    client = signed_in(make_administrator("管理员"))
    address = reverse("customers:quality_rules")
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    page = client.post(address, {**typed, "person-phone": "20"})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["person-phone"]
    page = client.post(address, {**typed, "person-phone": "20", "person-kind": "10"})
    assert page.status_code == 302
    assert quality_rules().person["kind"] == 10


def test_pairs_that_are_probably_one_are_told_beside_what_is_wrong(
    owner: User, stranger: User
) -> None:
    make_pair(
        make_customer("李强", owner=owner, team=owner.team),
        make_customer("李强", owner=owner, team=owner.team),
    )
    address = reverse("customers:quality")
    pages = [
        signed_in(user).get(address, {"dimension": dimension}).content.decode()
        for user, dimension in (
            (owner, "accuracy"),
            (owner, "completeness"),
            (stranger, "accuracy"),
        )
    ]
    told = ["可能重复的客户：1 对" in page for page in pages]
    assert told == [True, False, False]
    assert reverse("customers:duplicate_pairs") in pages[0]
