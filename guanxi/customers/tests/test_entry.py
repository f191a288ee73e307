"""Customers are entered and changed: what is kept, logged, and refused."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.contact_point import BadPoint
from guanxi.customers.commands.customer import (
    BadBeginning,
    BadName,
    ChangedMeanwhile,
    ExternalIdTaken,
    change_customer,
    create_customer,
)
from guanxi.customers.commands.tag import BadTag, set_tags, tag_customers
from guanxi.customers.models import (
    Address,
    Code,
    Customer,
    Traits,
)
from guanxi.customers.rules import Form, PointKind, State
from guanxi.customers.rules.point import Place, PlaceParts, Point
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.traces import log, points
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
PHONE = Point(PointKind.PHONE, "138 0013 8000", is_primary=True)
NothingWritten = Callable[[], AbstractContextManager[None]]


def test_given_facts_when_created_then_everything_is_kept(owner: User) -> None:
    made = create_customer(
        owner,
        name="  曾小贤 ",
        at=NOON,
        points=[
            Point(PointKind.PHONE, "021-64871234转801", "公司"),
            PHONE,
            Point(PointKind.EMAIL, "Wei@Example.com"),
        ],
        place=Place("上海市", "上海市", "徐汇区", "漕溪北路 88 号"),
        tags=["老客户", "VIP", "老客户"],
        birth_on=date(1985, 5, 17),
    )
    made.refresh_from_db()
    assert (made.name, made.form, made.state) == ("曾小贤", "person", "potential")
    assert (made.owner_id, made.team_id) == (owner.pk, owner.team_id)
    assert (made.phone, made.email) == ("+8613800138000", "wei@example.com")
    assert (made.province, made.city) == ("上海", "上海")
    assert Address.objects.get(customer=made).street == "漕溪北路 88 号"
    assert made.search == " 曾小贤 zengxiaoxian zxx cengxiaoxian cxx 小贤"
    assert made.search_contact == (
        " 02164871234 02164871234801 13800138000 wei@example.com"
    )
    assert points(made) == [
        ("phone", "+862164871234", False),
        ("phone", "+8613800138000", True),
        ("email", "wei@example.com", True),
    ]
    assert sorted(tag.name for tag in made.tags.all()) == ["VIP", "老客户"]
    assert Traits.objects.get(customer=made).order_count == 0
    assert log(made) == ["CustomerCreated"]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"name": "  "}, BadName),
        ({"name": "长" * 201}, BadName),
        ({"name": "张伟", "points": [Point(PointKind.PHONE, "12")]}, BadPoint),
        ({"name": "张伟", "tags": ["长" * 41]}, BadTag),
        ({"name": "张伟", "state": State.ACTUAL}, BadBeginning),
    ],
)
def test_given_wrong_facts_when_created_then_refused(
    owner: User,
    facts: dict[str, Any],
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        create_customer(owner, at=NOON, **facts)
    assert not Customer.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_given_a_taken_external_id_when_created_then_refused(owner: User) -> None:
    make_customer(source="erp", external_id="C1")
    with pytest.raises(ExternalIdTaken):
        create_customer(owner, name="李娜", at=NOON, source="erp", external_id="C1")
    made = create_customer(owner, name="李娜", at=NOON, source="shop", external_id="C1")
    with pytest.raises(ExternalIdTaken):
        change_customer(owner, made, version=1, at=LATER, source="erp")


def test_given_the_right_to_assign_when_created_then_for_a_colleague(
    owner: User, colleague: User
) -> None:
    made = create_customer(owner, name="李娜", at=NOON, owner=colleague)
    assert (made.owner_id, made.team_id) == (colleague.pk, colleague.team_id)


def test_given_no_right_to_assign_when_created_for_another_then_denied(
    owner: User, colleague: User, nothing_written: NothingWritten
) -> None:
    clerk = make_user(roles=[make_role({"customer.create": Depth.OWN})])
    with nothing_written(), pytest.raises(Denied):
        create_customer(clerk, name="李娜", at=NOON, owner=colleague)


def test_given_masked_fields_when_created_then_they_may_be_entered(
    agent: User,
) -> None:
    made = create_customer(agent, name="李娜", at=NOON, points=[PHONE])
    assert made.phone == "+8613800138000"


def test_given_no_permission_when_created_then_denied(
    colleague: User, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(Denied):
        create_customer(colleague, name="李娜", at=NOON)


def test_given_changes_when_changed_then_kept_and_logged(
    owner: User, customer: Customer
) -> None:
    change_customer(owner, customer, version=1, at=LATER, name="张薇", industry="零售")
    customer.refresh_from_db()
    assert (customer.name, customer.industry, customer.version) == ("张薇", "零售", 2)
    assert customer.search.startswith(" 张薇 zhangwei zw")
    assert customer.search_contact == " 13800138000 zhang.wei@example.com"
    row = LoggedEvent.objects.get(name="customers.CustomerChanged")
    assert row.changes == {"name": ["张伟", "张薇"], "industry": ["", "零售"]}
    assert row.payload == {"customer_id": customer.pk, "version": 2}


def test_given_nothing_new_when_changed_then_no_event(
    owner: User, customer: Customer
) -> None:
    change_customer(owner, customer, version=1, at=LATER, name="张伟")
    assert log(customer) == []


def test_given_an_address_when_emptied_then_gone(
    owner: User, customer: Customer
) -> None:
    place: PlaceParts = {"province": "浙江", "city": "杭州", "street": "1 号"}
    change_customer(owner, customer, version=1, at=LATER, place=place)
    assert Address.objects.get(customer=customer).city == "杭州"
    nothing: PlaceParts = {"province": "", "city": "", "street": ""}
    change_customer(owner, customer, version=2, at=LATER, place=nothing)
    assert not Address.objects.filter(customer=customer).exists()


def test_given_a_part_of_an_address_when_changed_then_the_others_stay(
    owner: User, agent: User, customer: Customer
) -> None:
    street: PlaceParts = {
        "street": "解放路 1 号",
        "postcode": "200030",
        "country": "TW",
    }
    change_customer(owner, customer, version=1, at=LATER, place=street)
    change_customer(agent, customer, version=2, at=LATER, place={"city": "杭州市"})
    address = Address.objects.get(customer=customer)
    assert (address.city, address.street) == ("杭州", "解放路 1 号")
    assert (address.postcode, address.country) == ("200030", "TW")
    customer.refresh_from_db()
    assert customer.city == "杭州"


def test_given_a_street_one_sees_covered_when_changed_then_denied(
    agent: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(Denied):
        change_customer(agent, customer, version=1, at=LATER, place={"postcode": "1"})


def test_given_another_street_when_changed_then_logged_and_guarded_against_others(
    owner: User, admin: User, customer: Customer
) -> None:
    change_customer(admin, customer, version=1, at=LATER, place={"street": "1 号"})
    row = LoggedEvent.objects.get(name="customers.CustomerChanged")
    assert row.changes == {"address": ["", "***"]}
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_customer(owner, customer, version=1, at=LATER, place={"street": "2 号"})
    assert refusal.value.fields == ["address"]


def test_given_the_same_amount_when_changed_then_no_event(
    owner: User, customer: Customer
) -> None:
    change_customer(
        owner, customer, version=1, at=LATER, annual_revenue=Decimal("1000.00")
    )
    change_customer(owner, customer, version=2, at=LATER, annual_revenue=Decimal(1000))
    assert log(customer) == ["CustomerChanged"]


def test_given_a_tag_added_meanwhile_when_the_list_lacks_it_then_conflict(
    owner: User, admin: User, customer: Customer
) -> None:
    tag_customers(admin, [customer], ["重点"], at=LATER)
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_customer(owner, customer, version=1, at=LATER, tags=["老客户"])
    assert refusal.value.fields == ["tags"]
    set_tags(admin, customer, ["重点", "展会"], at=LATER)
    with pytest.raises(ChangedMeanwhile):
        change_customer(owner, customer, version=2, at=LATER, tags=["老客户"])
    change_customer(owner, customer, version=3, at=LATER, tags=["老客户"])
    assert [tag.name for tag in customer.tags.all()] == ["老客户"]


def test_given_a_change_meanwhile_when_it_touches_the_same_then_conflict(
    owner: User, admin: User, customer: Customer
) -> None:
    change_customer(admin, customer, version=1, at=LATER, industry="零售")
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_customer(owner, customer, version=1, at=LATER, industry="金融")
    assert refusal.value.fields == ["industry"]
    assert "周明" in refusal.value.message
    customer.refresh_from_db()
    assert customer.industry == "零售"


def test_given_a_change_meanwhile_when_it_touches_another_then_both_stay(
    owner: User, admin: User, customer: Customer
) -> None:
    change_customer(admin, customer, version=1, at=LATER, industry="零售")
    change_customer(owner, customer, version=1, at=LATER, website="example.com")
    customer.refresh_from_db()
    assert (customer.industry, customer.website) == ("零售", "example.com")


def test_given_a_masked_field_when_changed_then_denied(
    agent: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(Denied):
        change_customer(agent, customer, version=1, at=LATER, id_number="X")


def test_given_no_kind_when_created_then_the_one_of_its_form(owner: User) -> None:
    ship_codes(System("test"))
    person = create_customer(owner, name="李娜", at=NOON)
    house = create_customer(owner, name="云杉", form=Form.ORGANIZATION, at=NOON)
    assert (str(person.kind), str(house.kind)) == ("消费者", "企业客户")
    channel = Code.objects.get(scheme="kind", key="channel")
    dealer = create_customer(owner, name="经销商", kind=channel, at=NOON)
    assert dealer.kind == channel
    Code.objects.filter(key="consumer").update(is_active=False)
    assert create_customer(owner, name="王芳", at=NOON).kind is None
