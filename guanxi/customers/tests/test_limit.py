"""Objections to profiling, restrictions and legal holds: set, kept to, lifted."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import Client

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.limit import BadLimit, lift_limit, limit_processing
from guanxi.customers.commands.traits import set_traits
from guanxi.customers.models import Customer, Traits
from guanxi.customers.queries.consent import is_contactable, may_contact
from guanxi.customers.queries.limit import open_limits
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tables import CUSTOMERS
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import System
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.state import state_of
from guanxi.identity.models import User

HOUSE = System("tests")
TEN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
SCORED = {
    "tier": "vital",
    "r": 5,
    "rfm_segment": "champion",
    "purchase_state": "loyal",
    "life_stage": "1",
    "order_count": 3,
    "order_total": Decimal(300),
    "last_order_on": DAY,
}


@pytest.fixture
def scored(owner: User) -> Customer:
    ship_codes(HOUSE)
    return make_customer("李雷", owner=owner, team=owner.team, traits=dict(SCORED))


def test_given_scores_when_profiling_is_refused_then_they_are_gone_and_orders_count(
    owner: User, scored: Customer
) -> None:
    limit_processing(owner, scored, LimitKind.PROFILING, reason="来信要求", at=TEN)
    traits = Traits.objects.get(customer=scored)
    assert (traits.tier, traits.r, traits.rfm_segment) == ("", 0, "")
    assert (traits.purchase_state, traits.life_stage) == ("", "")
    assert (traits.order_count, traits.order_total) == (3, Decimal(300))
    event = LoggedEvent.objects.get(name="customers.ProcessingLimited")
    assert (event.party_id, event.payload["limit"]) == (scored.pk, "profiling")
    assert "来信" not in str(event.payload)


def test_given_an_objection_when_scores_are_written_then_only_what_was_bought_is(
    owner: User, scored: Customer
) -> None:
    other = make_customer("韩梅梅", owner=owner)
    limit_processing(owner, scored, LimitKind.PROFILING, reason="来信要求", at=TEN)
    rows = f"{scored.pk},4,vital,1\n{other.pk},2,vital,2\n".encode()
    columns = ["customer_id", "order_count", "tier", "life_stage"]
    set_traits(HOUSE, [rows], columns=columns, as_of=DAY)
    bare, full = (Traits.objects.get(customer=one) for one in (scored, other))
    assert (bare.order_count, bare.tier, bare.life_stage) == (4, "", "")
    assert (full.order_count, full.tier, full.life_stage) == (2, "vital", "2")


def test_given_a_limit_when_set_again_or_without_reason_then_refused(
    owner: User, scored: Customer
) -> None:
    limit_processing(owner, scored, LimitKind.HOLD, reason="诉讼", at=TEN)
    with pytest.raises(BadLimit):
        limit_processing(owner, scored, LimitKind.HOLD, reason="诉讼", at=TEN)
    with pytest.raises(BadLimit):
        limit_processing(owner, scored, LimitKind.PROFILING, reason="  ", at=TEN)
    lift_limit(owner, scored, LimitKind.HOLD, at=TEN)
    assert not open_limits(scored.pk).exists()
    with pytest.raises(NotVisible):
        lift_limit(owner, scored, LimitKind.HOLD, at=TEN)


def test_given_colleague_and_stranger_when_limiting_then_denied_and_unseen(
    colleague: User, stranger: User, scored: Customer
) -> None:
    with pytest.raises(Denied):
        limit_processing(colleague, scored, LimitKind.HOLD, reason="诉讼", at=TEN)
    with pytest.raises(NotVisible):
        limit_processing(stranger, scored, LimitKind.HOLD, reason="诉讼", at=TEN)


def test_given_stored_only_when_asked_then_nobody_may_contact_even_to_serve(
    owner: User, scored: Customer
) -> None:
    before = may_contact(scored, ContactChannel.EMAIL, "service", TEN)
    limit_processing(owner, scored, LimitKind.RESTRICTED, reason="金额有争议", at=TEN)
    after = may_contact(scored, ContactChannel.EMAIL, "service", TEN)
    assert before.is_allowed
    assert (after.is_allowed, after.is_objection) == (False, True)
    found = Customer.objects.filter(is_contactable(["service:email"], HOUSE, DAY))
    assert not found.exists()


def test_given_stored_only_when_exported_then_the_list_shows_it_and_the_file_does_not(
    owner: User, scored: Customer
) -> None:
    make_customer("韩梅梅", owner=owner, team=owner.team)
    limit_processing(owner, scored, LimitKind.RESTRICTED, reason="金额有争议", at=TEN)
    client = Client()
    client.force_login(owner)
    assert "李雷" in client.get("/customers/").content.decode()
    file = client.get("/customers/?export=csv").getvalue().decode()
    assert "韩梅梅" in file
    assert "李雷" not in file


def test_given_limits_when_the_list_is_filtered_then_only_those_are_found(
    owner: User, scored: Customer
) -> None:
    make_customer("韩梅梅", owner=owner, team=owner.team)
    limit_processing(owner, scored, LimitKind.PROFILING, reason="来信要求", at=TEN)
    state = state_of(QueryDict("where=limits.in.(profiling)"))
    rows = Listing(CUSTOMERS, owner, state, DAY).rows
    assert [row.pk for row in rows] == [scored.pk]


def test_given_the_panel_when_a_limit_is_set_and_lifted_then_it_shows(
    owner: User, scored: Customer
) -> None:
    client = Client()
    client.force_login(owner)
    address = f"/customers/{scored.pk}/"
    answer = client.post(
        f"{address}limits/", {"kind": "profiling", "reason": "来信要求"}
    )
    assert answer.status_code == 302
    panel = client.get(f"{address}consents/").content.decode()
    assert "不做画像" in panel
    assert "来信要求" in panel
    client.post(f"{address}limits/profiling/")
    assert "不做画像" not in client.get(f"{address}consents/").content.decode()
