"""Who may be contacted: the laws, the ledger, the list and the pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.consent import (
    BadConsent,
    Statement,
    record_consent,
    withdraw_everything,
    write_consent_text,
)
from guanxi.customers.commands.contact import (
    BadBlock,
    BadPreference,
    Preference,
    block_contact,
    lift_block,
    set_contact_preference,
)
from guanxi.customers.commands.merge import merge_customers
from guanxi.customers.models import Code, ConsentEntry, Customer
from guanxi.customers.queries.consent import (
    house_day,
    is_contactable,
    may_contact,
)
from guanxi.customers.rules.consent import (
    ALLOWED,
    ContactChannel,
    Hours,
    Situation,
    Standing,
    verdict_of,
)
from guanxi.customers.tables import CUSTOMERS
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.state import state_of
from guanxi.foundation.tables.where import BadFilter
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user

HOUSE = System("tests")
PHONE, EMAIL = ContactChannel.PHONE, ContactChannel.EMAIL
# 10:00 on a Friday in Shanghai.
TEN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
SAID = Statement(
    is_given=True, purposes=["marketing"], channels=[EMAIL], proof="电话同意"
)
ASKED = Situation(
    channel=EMAIL, purpose="marketing", today=DAY, standing=Standing(True, DAY)
)


@pytest.fixture(autouse=True)
def _purposes(db: None) -> None:
    ship_codes(HOUSE)


def test_given_consent_when_asked_then_yes() -> None:
    assert verdict_of(ASKED, TEN) == ALLOWED


def test_given_no_word_when_asked_then_marketing_is_no_and_service_is_yes() -> None:
    unasked = replace(ASKED, standing=None)
    marketing = verdict_of(unasked, TEN)
    assert (marketing.is_allowed, marketing.is_objection) == (False, False)
    assert verdict_of(replace(unasked, purpose="service"), TEN) == ALLOWED


def test_given_a_withdrawal_when_asked_then_it_is_an_objection_even_to_service() -> (
    None
):
    withdrawn = replace(ASKED, purpose="service", standing=Standing(False, DAY))
    verdict = verdict_of(withdrawn, TEN)
    assert verdict.is_objection
    assert "2026" in verdict.reason


@pytest.mark.parametrize(
    ("last", "is_allowed"),
    [(DAY, True), (DAY - timedelta(days=1), False)],
)
def test_a_consent_holds_through_its_last_day(last: date, *, is_allowed: bool) -> None:
    ending = replace(ASKED, standing=Standing(True, DAY, last))
    assert verdict_of(ending, TEN).is_allowed is is_allowed


def test_given_a_closed_channel_when_asked_then_consent_does_not_help() -> None:
    assert verdict_of(replace(ASKED, blocked_on=DAY), TEN).is_objection


@pytest.mark.parametrize(
    ("start", "end", "zone", "holds"),
    [
        (time(9), time(10), "Asia/Shanghai", False),
        (time(10), time(11), "Asia/Shanghai", True),
        (time(22), time(11), "Asia/Shanghai", True),
        (time(22), time(9), "Asia/Shanghai", False),
        (time(3), time(4), "Europe/Berlin", True),
    ],
)
def test_hours_are_read_on_the_clock_of_the_customer(
    start: time, end: time, zone: str, *, holds: bool
) -> None:
    hours = Hours(start, end, zone)
    assert hours.hold(TEN) is holds
    assert verdict_of(replace(ASKED, channel=PHONE, hours=hours), TEN).is_allowed is (
        holds
    )
    assert verdict_of(replace(ASKED, hours=hours), TEN) == ALLOWED


def test_given_answers_in_any_order_when_asked_then_the_last_effective_one_counts(
    customer: Customer,
) -> None:
    no = replace(SAID, is_given=False, proof="", effective_on=date(2026, 11, 18))
    record_consent(HOUSE, customer, SAID, at=TEN)
    record_consent(HOUSE, customer, no, at=TEN + timedelta(hours=1))
    assert may_contact(customer, EMAIL, "marketing", TEN) == ALLOWED
    record_consent(
        HOUSE, customer, replace(no, effective_on=None), at=TEN + timedelta(hours=2)
    )
    assert may_contact(customer, EMAIL, "marketing", TEN).is_objection
    assert ConsentEntry.objects.count() == 3


@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.integers(0, 4),
            st.sampled_from([None, 0, 2]),
        ),
        max_size=6,
    )
)
def test_given_any_history_then_list_and_question_agree_with_the_law(
    history: Sequence[tuple[bool, int, int | None]],
) -> None:
    with transaction.atomic():
        one = make_customer()
        for number, answer in enumerate(history):
            _say(one, answer, TEN + timedelta(minutes=number))
        wanted = _expected(history)
        assert may_contact(one, EMAIL, "marketing", TEN).is_allowed is wanted
        found = Customer.objects.filter(is_contactable(["marketing:email"], HOUSE, DAY))
        assert found.filter(pk=one.pk).exists() is wanted
        transaction.set_rollback(True)


def _say(one: Customer, answer: tuple[bool, int, int | None], at: datetime) -> None:
    is_given, days_ago, lasts = answer
    until = DAY + timedelta(days=lasts) if is_given and lasts is not None else None
    since = DAY - timedelta(days=days_ago)
    said = replace(SAID, is_given=is_given, effective_on=since, expires_on=until)
    record_consent(HOUSE, one, said, at=at)


def _expected(history: Sequence[tuple[bool, int, int | None]]) -> bool:
    """Return what holds: of the latest day the last one said."""
    if not history:
        return False
    latest = min(days_ago for _given, days_ago, _lasts in history)
    return [is_given for is_given, ago, _lasts in history if ago == latest][-1]


def test_given_an_entry_when_changed_by_hand_then_the_database_refuses(
    customer: Customer,
) -> None:
    (entry,) = record_consent(HOUSE, customer, SAID, at=TEN)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        ConsentEntry.objects.filter(pk=entry.pk).update(is_given=False)


def test_given_two_customers_when_merged_then_an_objection_of_either_holds(
    customer: Customer,
) -> None:
    record_consent(HOUSE, customer, SAID, at=TEN)
    other = make_customer()
    no = replace(SAID, is_given=False)
    record_consent(HOUSE, other, no, at=TEN + timedelta(minutes=1))
    for one in (customer, other):
        block_contact(HOUSE, one, PHONE, reason="不想接电话", at=TEN)
        likes = Preference(channel=EMAIL)
        set_contact_preference(HOUSE, one, likes, at=TEN)
    merge_customers(HOUSE, customer, other, choices={}, at=TEN)
    assert may_contact(customer, EMAIL, "marketing", TEN).is_objection
    assert may_contact(customer, PHONE, "service", TEN).is_objection


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"purposes": []}, "purposes"),
        ({"purposes": ["unknown"]}, "purposes"),
        ({"channels": []}, "channels"),
        ({"proof": ""}, "proof"),
        ({"effective_on": date(2026, 11, 21)}, "effective_on"),
        ({"expires_on": date(2026, 11, 19)}, "expires_on"),
        ({"is_given": False, "expires_on": date(2027, 1, 1)}, "expires_on"),
    ],
)
def test_given_half_a_statement_when_recorded_then_refused_at_its_field(
    customer: Customer, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadConsent) as refusal:
        record_consent(HOUSE, customer, replace(SAID, **changed), at=TEN)
    assert refusal.value.field == field
    assert not ConsentEntry.objects.exists()


def test_given_a_text_when_shown_then_the_entry_keeps_the_version_of_that_day(
    customer: Customer,
) -> None:
    purpose = Code.objects.get(scheme="consent_purpose", key="marketing")
    first = write_consent_text(HOUSE, purpose, zh="同意吗？", en="Agree?", at=TEN)
    later = TEN + timedelta(days=2)
    write_consent_text(HOUSE, purpose, zh="您同意吗？", en="Do you agree?", at=later)
    shown = replace(SAID, is_text_shown=True, effective_on=date(2026, 11, 21))
    (entry,) = record_consent(HOUSE, customer, shown, at=later)
    assert entry.text == first
    now = replace(SAID, is_text_shown=True)
    (entry,) = record_consent(HOUSE, customer, now, at=later)
    assert entry.text is not None
    assert entry.text.version == 2


def test_given_everything_withdrawn_then_no_channel_and_no_purpose_is_left(
    customer: Customer,
) -> None:
    record_consent(HOUSE, customer, SAID, at=TEN)
    entries = withdraw_everything(HOUSE, customer, proof="来电", at=TEN)
    assert len(entries) == 20
    purposes = ("marketing", "service", "profiling", "sharing")
    assert all(
        may_contact(customer, channel, purpose, TEN).is_objection
        for channel in ContactChannel
        for purpose in purposes
    )
    told = LoggedEvent.objects.get(name="customers.ConsentWithdrawn")
    assert told.party_id == customer.pk
    assert "来电" not in str(told.payload)


def test_given_a_block_when_lifted_then_the_channel_is_open_again(
    customer: Customer, owner: User, stranger: User
) -> None:
    block = block_contact(owner, customer, None, reason="来信要求", at=TEN)
    assert may_contact(customer, PHONE, "service", TEN).is_objection
    with pytest.raises(NotVisible):
        lift_block(stranger, customer, block.pk, at=TEN)
    lift_block(owner, customer, block.pk, at=TEN)
    assert may_contact(customer, PHONE, "service", TEN) == ALLOWED
    with pytest.raises(NotVisible):
        lift_block(owner, customer, block.pk, at=TEN)


def test_given_a_block_when_set_again_or_without_a_reason_then_refused(
    customer: Customer,
) -> None:
    with pytest.raises(BadBlock):
        block_contact(HOUSE, customer, PHONE, reason="  ", at=TEN)
    block_contact(HOUSE, customer, PHONE, reason="不想接电话", at=TEN)
    with pytest.raises(BadBlock):
        block_contact(HOUSE, customer, PHONE, reason="不想接电话", at=TEN)


def test_given_hours_when_half_or_on_no_clock_then_refused(customer: Customer) -> None:
    for wrong, field in (
        (Preference(start=time(9)), "end"),
        (Preference(start=time(9), end=time(9)), "end"),
        (Preference(time_zone="Mars/Olympus"), "time_zone"),
    ):
        with pytest.raises(BadPreference) as refusal:
            set_contact_preference(HOUSE, customer, wrong, at=TEN)
        assert refusal.value.field == field
    hours = Preference(start=time(9), end=time(10), time_zone="Asia/Shanghai")
    set_contact_preference(HOUSE, customer, hours, at=TEN)
    late = may_contact(customer, PHONE, "service", TEN)
    assert (late.is_allowed, late.is_objection) == (False, False)


def _asked(where: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query["where"] = where
    return query


def _found(viewer: User, where: str, today: date = DAY) -> set[str]:
    listing = Listing(CUSTOMERS, viewer, state_of(_asked(where)), today)
    return {row.name for row in listing.rows}


def test_given_answers_when_filtered_then_exactly_those_who_may_be_contacted(
    owner: User, customer: Customer
) -> None:
    facts: Any = {"owner": owner, "team": owner.team}
    names = ("同意", "撤回", "到期", "禁止")
    agreed, withdrawn, ended, closed = (make_customer(n, **facts) for n in names)
    record_consent(HOUSE, agreed, SAID, at=TEN)
    for one in (withdrawn, closed):
        record_consent(HOUSE, one, SAID, at=TEN)
    no = replace(SAID, is_given=False)
    record_consent(HOUSE, withdrawn, no, at=TEN + timedelta(minutes=1))
    record_consent(HOUSE, ended, replace(SAID, expires_on=DAY), at=TEN)
    block_contact(HOUSE, closed, EMAIL, reason="不要邮件", at=TEN)
    tomorrow = DAY + timedelta(days=1)
    assert _found(owner, "consent.in.(marketing:email)") == {"同意", "到期"}
    assert _found(owner, "consent.in.(marketing:email)", tomorrow) == {"同意"}
    assert _found(owner, "consent.in.(blocked)") == {"禁止"}
    assert _found(owner, "consent.notin.(marketing:email)", tomorrow) == {
        "张伟",
        "撤回",
        "到期",
        "禁止",
    }
    assert _found(owner, "consent.in.(service:phone)") == {*names, "张伟"}


@pytest.mark.parametrize(
    "where", ["consent.in.(no:email)", "consent.eq.blocked", "consent.empty"]
)
def test_given_no_such_answer_when_filtered_then_refused(
    owner: User, where: str
) -> None:
    with pytest.raises(BadFilter):
        _found(owner, where)


def test_given_a_role_that_hides_consent_when_filtered_then_as_if_there_were_none(
    owner: User, customer: Customer
) -> None:
    role = make_role({"customer.read": Depth.ALL}, {"customer.consent": Level.HIDDEN})
    blind = make_user("外人", roles=[role])
    with pytest.raises(BadFilter, match="consent"):
        _found(blind, "consent.in.(blocked)")
    page = signed_in(blind).get(f"/customers/{customer.pk}/consents/").content.decode()
    assert "你的角色看不到这项内容。" in page
    ledger = signed_in(blind).get(f"/customers/{customer.pk}/consents/ledger/")
    assert ledger.status_code == 404


def test_the_day_of_the_house_is_not_that_of_greenwich() -> None:
    assert house_day(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)) == date(2026, 11, 21)
