"""The register of processing: nothing personal without purpose, ground and protection."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.customers.models import CustomField, FieldGroup
from guanxi.customers.queries.processing import activities, narrowed
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.models import Access
from guanxi.foundation.policies import Privacy, all_policies
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
HOUSE = System("house")

pytestmark = pytest.mark.django_db


def _auditor(**levels: Level) -> User:
    rights = (
        *("audit.read", "audit.export", "retention.read", "role.read"),
        *("customer.read", "user.read"),
    )
    role = make_role(dict.fromkeys(rights, Depth.ALL), levels=levels)
    return make_user("审计", roles=[role])


def _own_field(privacy: Privacy, purpose: str) -> None:
    group = FieldGroup.objects.create(key="g", name_zh="组", name_en="Group")
    CustomField.objects.create(
        group=group,
        key="diet",
        kind="text",
        name_zh="饮食",
        name_en="Diet",
        privacy=privacy.value,
        purpose=purpose,
    )
    rearrange()


def test_every_field_about_people_has_purpose_and_ground() -> None:
    missing = [
        policy.permission(name)
        for policy in all_policies()
        for name, rule in policy.fields.items()
        if rule.privacy is not Privacy.NONE
        and not any(p.label and p.ground for p in policy.purposes_of(name))
    ]
    assert missing == []


def test_one_key_names_one_purpose() -> None:
    found = [one.purpose for one in activities(HOUSE, at=NOW)]
    assert len({one.key for one in found}) == len(found)


def test_given_a_field_of_the_house_then_its_own_purpose_is_registered() -> None:
    _own_field(Privacy.SENSITIVE, "安排饮食")
    (own,) = narrowed(
        activities(HOUSE, at=NOW), purpose="closely:安排饮食", kind="", privacy=""
    )
    assert [field.key for field in own.fields] == ["customer.diet"]
    assert "29" in str(own.purpose.ground)


def test_given_retention_rules_then_each_stands_at_its_purpose() -> None:
    kept = {
        one.purpose.key: [rule.category.value for rule in one.rules]
        for one in activities(HOUSE, at=NOW)
        if one.rules
    }
    assert kept == {
        "winning": ["silent"],
        "serving": ["lost"],
        "talking": ["notes"],
        "crediting": ["credit"],
        "importing": ["files"],
    }


def test_given_a_scanner_then_it_is_told_who_gets_files(
    settings: Settings,
) -> None:
    settings.CLAMD = "127.0.0.1:3310"
    got = {
        one.purpose.key: [sorted(r.gets) for r in one.recipients]
        for one in activities(HOUSE, at=NOW)
    }
    assert got["winning"] == [["customer.files"]]
    assert got["identifying"] == [["customer.sensitive_files"]]
    assert got["greeting"] == []


def test_given_levels_of_a_role_then_it_reads_clear_or_covered() -> None:
    auditor = _auditor(**{"customer.phone": Level.MASKED})
    (winning,) = narrowed(
        activities(auditor, at=NOW), purpose="winning", kind="customer", privacy=""
    )
    phone = next(field for field in winning.fields if field.name == "phone")
    email = next(field for field in winning.fields if field.name == "email")
    assert (len(phone.clear), len(phone.covered)) == (0, 1)
    assert (len(email.clear), len(email.covered)) == (1, 0)


def test_given_the_page_when_narrowed_then_only_that_is_shown_and_taken_out() -> None:
    client = Client()
    client.force_login(_auditor())
    page = client.get("/customers/processing/").content.decode()
    assert "生日问候" in page
    assert "单独同意" in page
    page = client.get("/customers/processing/?privacy=sensitive").content.decode()
    assert "证件号码" in page
    assert "<h2>生日问候</h2>" not in page
    answer = client.get("/customers/processing/?purpose=greeting&export=csv")
    text = b"".join(answer).decode("utf-8-sig")
    assert text.count("\r\n") == 4
    taken = Access.objects.get()
    assert (taken.act, taken.kind, taken.rows) == ("export", "audit", 3)


def test_given_no_right_to_export_when_taking_the_file_then_denied() -> None:
    role = make_role({"audit.read": Depth.ALL})
    client = Client()
    client.force_login(make_user("只看", roles=[role]))
    assert client.get("/customers/processing/").status_code == 200
    assert client.get("/customers/processing/?export=csv").status_code == 403
    assert client.get("/customers/processing/?purpose=nothing").status_code == 400
