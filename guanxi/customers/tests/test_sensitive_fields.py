"""Sensitive fields of the house: hidden, masked, revealed, and on record."""

import json

import pytest
from django.urls import reverse

from guanxi.customers.commands.customer import create_customer
from guanxi.customers.models import Customer, FieldGroup
from guanxi.customers.rules.field import FieldKind
from guanxi.customers.tests.factories import make_field
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.foundation.policies import Privacy
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
HOUSE = System("tests")


@pytest.fixture
def secret(group: FieldGroup) -> str:
    """A sensitive field and somebody who has it."""
    key = make_field(
        group, FieldKind.TEXT, "病史", "Illness", privacy=Privacy.SENSITIVE
    )
    create_customer(HOUSE, name="王芳", at=NOON, extra={key: "花粉过敏"})
    return key


def test_given_a_sensitive_field_when_no_role_grants_it_then_nothing_tells_it(
    owner: User, secret: str
) -> None:
    role = make_role({"customer.read": Depth.ALL, "customer.export": Depth.ALL})
    reader = make_user("赵静", roles=[role], team=owner.team)
    client, program = signed_in(reader), Program(token_of(reader))
    pk = Customer.objects.get().pk
    pages = [
        client.get(reverse("customers:customer", args=[pk])),
        client.get(reverse("customers:customers"), {"cols": f"name,{secret}"}),
        program.get("/customers"),
        program.get(f"/customers/{pk}"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "花粉过敏" not in page.content.decode()
    assert program.get(f"/customers/{pk}").json()["extra"] == {secret: "***"}
    filtered = client.get(
        reverse("customers:customers"), {"where": f"{secret}.eq.花粉过敏"}
    )
    unknown = client.get(reverse("customers:customers"), {"where": "x_no.eq.花粉过敏"})
    assert filtered.content.decode().count(secret) == unknown.content.decode().count(
        "x_no"
    )


def test_given_a_sensitive_field_when_read_in_clear_then_it_is_logged(
    admin: User, secret: str
) -> None:
    pk = Customer.objects.get().pk
    signed_in(admin).get(reverse("customers:customer", args=[pk]))
    assert secret in Access.objects.latest("pk").fields
    Program(token_of(admin, "customer.read", "customer.edit")).get(f"/customers/{pk}")
    assert secret in Access.objects.latest("pk").fields
    log = LoggedEvent.objects.filter(kind="customer")
    assert "花粉过敏" not in json.dumps([[row.payload, row.changes] for row in log])


def test_given_a_masked_field_when_a_reason_is_told_then_it_is_revealed(
    owner: User, secret: str
) -> None:
    role = make_role({"customer.read": Depth.ALL, "customer.reveal": Depth.ALL})
    reader = make_user("赵静", roles=[role], team=owner.team)
    address = reverse("customers:reveal", args=[Customer.objects.get().pk, secret])
    page = signed_in(reader).post(address, {"reason": "客户来电询问"})
    assert "花粉过敏" in page.content.decode()
    assert Access.objects.latest("pk").reason == "客户来电询问"
