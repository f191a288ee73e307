"""Consent on pages: the panel, the forms, the ledger."""

from datetime import UTC, datetime

import pytest

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.consent import (
    Statement,
    record_consent,
)
from guanxi.customers.models import Customer
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import Access
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user

HOUSE = System("tests")
PHONE, EMAIL = ContactChannel.PHONE, ContactChannel.EMAIL
# 10:00 on a Friday in Shanghai.
TEN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SAID = Statement(
    is_given=True, purposes=["marketing"], channels=[EMAIL], proof="电话同意"
)


@pytest.fixture(autouse=True)
def _purposes(db: None) -> None:
    ship_codes(HOUSE)


def test_given_a_form_when_sent_then_panel_ledger_and_timeline_tell_it(
    owner: User, customer: Customer
) -> None:
    client, at = signed_in(owner), f"/customers/{customer.pk}/"
    sent = {
        "answer": "given",
        "purposes": ["marketing"],
        "channels": ["email", "phone"],
        "proof": "柜台签字",
        "reference": "F-2026-17",
    }
    assert client.post(f"{at}consents/new/", sent).status_code == 302
    assert client.get(f"{at}consents/").content.decode().count("已同意") == 2
    assert "F-2026-17" in client.get(f"{at}consents/ledger/").content.decode()
    seen = Access.objects.filter(subject_id=customer.pk).last()
    assert seen is not None
    assert seen.fields == ["consent_proof"]
    page = client.get(at).content.decode()
    assert "给予同意：营销（" in page


def test_given_no_proof_when_sent_then_the_form_says_how_to_mend(
    owner: User, customer: Customer
) -> None:
    sent = {"answer": "given", "purposes": ["marketing"], "channels": ["email"]}
    page = signed_in(owner).post(f"/customers/{customer.pk}/consents/new/", sent)
    assert page.status_code == 422
    assert "请说明同意如何证明" in page.content.decode()


def test_given_a_role_that_hides_proofs_when_read_then_they_are_covered(
    owner: User, customer: Customer
) -> None:
    record_consent(HOUSE, customer, SAID, at=TEN)
    rights = {"customer.read": Depth.ALL, "customer.consent": Depth.ALL}
    role = make_role(rights, {"customer.consent_proof": Level.HIDDEN})
    blind = make_user("外人", roles=[role])
    page = signed_in(blind).get(f"/customers/{customer.pk}/consents/ledger/")
    assert "电话同意" not in page.content.decode()
    assert "***" in page.content.decode()
    with pytest.raises(Denied):
        record_consent(blind, customer, SAID, at=TEN)
