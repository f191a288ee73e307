"""Kinds of customers: who says how they are treated, and where it is read."""

import pytest
from django.urls import reverse

from guanxi.customers.commands.customer import create_customer
from guanxi.customers.commands.handling import BadHandling, set_handling
from guanxi.customers.commands.ship_fields import ship_fields
from guanxi.customers.models import Customer, CustomField, Handling
from guanxi.customers.queries.contact_policy import (
    contact_rule,
    left_in_peace,
    talk_of,
)
from guanxi.customers.queries.handling import card_of
from guanxi.customers.rules.handling import (
    ContactPolicy,
    ContactRule,
    contact_rule_of,
)
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
HOUSE = System("tests")


@pytest.fixture(autouse=True)
def shipped(db: None) -> None:
    ship_fields(HOUSE)


def of_kind(owner: User | None = None, **extra: object) -> Customer:
    found = create_customer(HOUSE, name="王芳", at=NOON, extra=extra)
    if owner:
        Customer.objects.filter(pk=found.pk).update(owner=owner, team=owner.team)
        found.refresh_from_db()
    return found


def test_of_several_rules_the_one_that_leaves_more_in_peace_decides() -> None:
    monthly = ContactRule(ContactPolicy.REGULAR, 30)
    weekly = ContactRule(ContactPolicy.REGULAR, 7)
    asked = ContactRule(ContactPolicy.ON_REQUEST)
    assert contact_rule_of([weekly, monthly]) is monthly
    assert contact_rule_of([monthly, asked, weekly]) is asked
    assert contact_rule_of([]) is None


def test_the_five_relationships_bring_their_policies() -> None:
    told = {}
    for key in ("basic", "passive", "responsible", "active", "partner"):
        rule = contact_rule(of_kind(x_relationship=key))
        assert rule is not None
        assert rule.policy is not None
        told[key] = (rule.policy.value, rule.days)
    assert told == {
        "basic": ("none", 0),
        "passive": ("on_request", 0),
        "responsible": ("follow_up", 7),
        "active": ("regular", 30),
        "partner": ("joint", 14),
    }


def test_given_a_shop_visitor_who_just_buys_when_regular_too_then_left_in_peace() -> (
    None
):
    quiet = of_kind(x_relationship="active", x_shop_visitor="buying")
    of_kind(x_relationship="active")
    of_kind(x_social_role=True)
    assert contact_rule(quiet) == ContactRule(ContactPolicy.ON_REQUEST)
    assert list(Customer.objects.filter(left_in_peace())) == [quiet]
    assert Customer.objects.exclude(left_in_peace()).count() == 2


def test_the_page_shows_the_tip_and_the_words_for_a_reluctant_shopper(
    owner: User,
) -> None:
    found = of_kind(owner, x_shopper="reluctant", x_social_role=True)
    page = signed_in(owner).get(reverse("customers:customer", args=[found.pk]))
    html = page.content.decode()
    assert "先讲清安全和隐私保护" in html
    assert "您的个人信息仅用于" in html
    assert "他既买也分享" in html


def test_given_an_agent_when_the_type_is_set_in_the_dialog_then_the_tip_follows(
    owner: User,
) -> None:
    found = of_kind(owner)
    client = signed_in(owner)
    url = reverse("customers:types", args=[found.pk])
    sent = {"version": found.version, "x_shop_visitor": "haggling"}
    assert client.post(url, sent).status_code == 302
    found.refresh_from_db()
    assert found.extra["x_shop_visitor"] == "haggling"
    assert "价格守到底" in str(card_of(owner, found).treatments[0].handling.tip.zh)


def test_given_an_old_version_when_the_type_is_set_then_nothing_is_overwritten(
    owner: User,
) -> None:
    found = of_kind(owner, x_mode="guide")
    url = reverse("customers:types", args=[found.pk])
    client = signed_in(owner)
    client.post(url, {"version": found.version, "x_mode": "custom"})
    again = client.post(url, {"version": found.version, "x_mode": "partner"})
    found.refresh_from_db()
    assert (again.status_code, found.extra["x_mode"]) == (422, "custom")


def test_given_an_administrator_when_a_tip_is_written_then_it_is_there_and_audited(
    admin: User, owner: User
) -> None:
    field = CustomField.objects.get(key="x_mode")
    client = signed_in(admin)
    url = reverse("customers:edit_handling", args=[field.pk, "guide"])
    sent = {
        "tip_zh": "带样品去",
        "tip_en": "Bring samples",
        "policy": "regular",
        "days": "10",
        "is_offered": "on",
    }
    assert client.post(url, sent).status_code == 302
    found = of_kind(owner, x_mode="guide")
    assert card_of(owner, found).treatments[0].handling.tip.zh == "带样品去"
    assert talk_of(owner, found).rule == ContactRule(ContactPolicy.REGULAR, 10)
    changes = LoggedEvent.objects.get(name="customers.HandlingChanged").changes
    assert changes["days"] == ["", "10"]
    page = client.get(reverse("customers:handlings")).content.decode()
    assert "带样品去" in page
    assert "每 10 天定期联系" in page


def test_days_need_a_policy_that_knows_them() -> None:
    field = CustomField.objects.get(key="x_mode")
    with pytest.raises(BadHandling):
        set_handling(HOUSE, field, "guide", at=NOON, policy="none", days=5)
    with pytest.raises(BadHandling):
        set_handling(HOUSE, field, "nothing", at=NOON, tip_zh="好")


def test_given_a_choice_offered_no_more_when_edited_then_only_who_has_it_is_offered_it(
    owner: User,
) -> None:
    field = CustomField.objects.get(key="x_mode")
    holder, other = of_kind(owner, x_mode="guide"), of_kind(owner)
    set_handling(HOUSE, field, "guide", at=NOON, is_offered=False)
    client = signed_in(owner)
    pages = [
        client.get(reverse("customers:types", args=[one.pk])).content.decode()
        for one in (holder, other)
    ]
    assert ["引导模式" in page for page in pages] == [True, False]


def test_given_tips_of_the_house_when_shipped_again_then_they_stay() -> None:
    Handling.objects.filter(choice="guide").update(tip_zh="我们的话")
    ship_fields(HOUSE)
    assert Handling.objects.get(choice="guide").tip_zh == "我们的话"
