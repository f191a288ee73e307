"""Relations as the house names them, as a picture, and who brought whom."""

from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from guanxi.customers.commands.code import (
    BadCode,
    CodeNames,
    add_code,
    change_code,
    ship_codes,
)
from guanxi.customers.commands.relation import BadRelation, add_relation
from guanxi.customers.models import Code, Customer, Traits
from guanxi.customers.models.code import ties
from guanxi.customers.queries.network import network_of, referrals_of
from guanxi.customers.rules import TIE_SCHEME, RelationKind
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
HOUSE = System("tests")


def mine(owner: User, name: str) -> Customer:
    return make_customer(name, owner=owner, team=owner.team)


def tie(source: Customer, kind: str, target: Customer) -> None:
    add_relation(HOUSE, source, target=target, kind=kind, at=NOON)


def test_given_a_kind_of_the_house_when_related_then_page_and_timeline_call_it_so(
    owner: User, customer: Customer
) -> None:
    ship_codes(HOUSE)
    names = CodeNames("审计", "audits", "由其审计", "is audited by")
    add_code(HOUSE, TIE_SCHEME, "audits", names, at=NOON)
    tie(mine(owner, "事务所"), "audits", customer)
    page = signed_in(owner).get(reverse("customers:customer", args=[customer.pk]))
    html = page.content.decode()
    assert "由其审计" in html
    told = LoggedEvent.objects.filter(name="customers.RelationAdded").first()
    assert told is not None
    assert told.payload["called"] in ("审计", "audits")


def test_a_relation_needs_names_from_both_sides_and_to_be_offered(
    customer: Customer, owner: User
) -> None:
    ship_codes(HOUSE)
    with pytest.raises(BadCode):
        add_code(HOUSE, TIE_SCHEME, "audits", CodeNames("审计", "audits"), at=NOON)
    code = Code.objects.get(scheme=TIE_SCHEME, key="influences")
    names = CodeNames("影响", "influences", "受影响", "is influenced by")
    change_code(HOUSE, code, names, is_active=False, at=NOON)
    assert not ties()["influences"].is_offered
    with pytest.raises(BadRelation):
        tie(customer, "influences", mine(owner, "李雷"))


def test_a_picture_goes_as_far_as_asked_and_only_through_whom_one_sees(
    owner: User, customer: Customer
) -> None:
    near, far, farther = (mine(owner, name) for name in ("甲", "乙", "丙"))
    hidden, behind = make_customer("隐"), mine(owner, "丁")
    tie(near, RelationKind.WORKS_FOR, customer)
    tie(far, RelationKind.FAMILY, near)
    tie(farther, RelationKind.INFLUENCES, far)
    tie(hidden, RelationKind.FAMILY, customer)
    tie(behind, RelationKind.FAMILY, hidden)

    two = network_of(owner, customer, steps=2, most=40)
    assert two.depths == {customer.pk: 0, near.pk: 1, far.pk: 2}
    assert [(t.source_id, t.target_id) for t in two.ties] == [
        (far.pk, near.pk),
        (near.pk, customer.pk),
    ]
    three = network_of(owner, customer, steps=3, most=40)
    assert farther.pk in three.depths
    assert behind.pk not in three.depths


def test_given_more_than_there_is_room_for_then_it_says_how_many(
    owner: User, customer: Customer
) -> None:
    for number in range(6):
        tie(mine(owner, f"员工{number}"), RelationKind.WORKS_FOR, customer)
    found = network_of(owner, customer, steps=2, most=4)
    assert (len(found.people), found.hidden) == (5, 2)


def test_the_page_says_the_same_as_a_list_and_leads_on(
    owner: User, customer: Customer
) -> None:
    boss = mine(owner, "赵总")
    tie(boss, RelationKind.DECIDES_FOR, customer)
    client = signed_in(owner)
    html = client.get(reverse("customers:network", args=[customer.pk])).content.decode()
    assert reverse("customers:customer", args=[boss.pk]) in html
    assert "决策于" in html
    assert '"type": "graph"' in unescape(html)
    small = client.get(reverse("customers:network_panel", args=[customer.pk]))
    assert f"/customers/{boss.pk}/" in small.content.decode()


def test_whom_a_customer_brought_is_counted_down_the_chain(
    owner: User, customer: Customer
) -> None:
    first, second, other = (mine(owner, name) for name in ("一", "二", "三"))
    tie(first, RelationKind.REFERRED_BY, customer)
    tie(second, RelationKind.REFERRED_BY, first)
    tie(other, RelationKind.REFERRED_BY, customer)
    tie(customer, RelationKind.REFERRED_BY, second)
    tie(make_customer("隐"), RelationKind.REFERRED_BY, customer)
    for one, total in ((first, 100), (second, 50), (other, 7)):
        Traits.objects.filter(customer=one).update(order_total=Decimal(total))
    found = referrals_of(owner, customer)
    assert (found.directly, found.brought, found.revenue) == (2, 3, Decimal(157))
    assert found.brought_by == [second, first]
