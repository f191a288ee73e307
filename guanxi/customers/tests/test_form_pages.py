"""The form of a customer: entered, changed, and in conflict with a colleague."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from guanxi.customers.commands.code import CodeNames, add_code
from guanxi.customers.commands.contact_point import add_contact_point
from guanxi.customers.commands.customer import change_customer
from guanxi.customers.models import (
    Address,
    Code,
    ContactPoint,
    Customer,
)
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import Point
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import KEY, opened, page, signed_in, text_of, typed
from guanxi.foundation.actor import System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
HOUSE = System("test")
NothingWritten = Callable[[], AbstractContextManager[None]]


def test_a_new_customer_is_created(owner: User) -> None:
    data = typed(city="上海市", tags="VIP、展会", birth_on="1985-05-17")
    response = signed_in(owner).post(page("new_customer"), data)
    made = Customer.objects.get()
    assert response["Location"] == page("customer", made.pk)
    assert (made.name, made.phone, made.city) == ("李娜", "+8613911112222", "上海")
    assert made.tags.count() == 2


def test_what_is_wrong_is_said_and_kept(owner: User) -> None:
    data = typed(name="", **{f"point-{KEY}-text": "12"})
    response = signed_in(owner).post(page("new_customer"), data)
    assert response.status_code == 422
    assert 'value="12"' in response.content.decode()
    assert not Customer.objects.exists()


def test_a_likely_duplicate_must_be_decided_about(
    owner: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = typed(**{f"point-{KEY}-text": "13800138000"})
    asked = client.post(page("new_customer"), data)
    assert asked.status_code == 422
    for word in ("张伟", "电话相同", "仍然新建"):
        assert word in text_of(asked)
    assert Customer.objects.count() == 1
    client.post(page("new_customer"), {**data, "anyway": "1"})
    assert Customer.objects.count() == 2


def test_duplicates_show_while_one_types(
    owner: User, stranger: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    data = typed(name="", **{f"point-{KEY}-text": "13800138000"})
    mine, foreign = signed_in(owner), signed_in(stranger)
    with nothing_written():
        assert "张伟" in text_of(mine.post(page("duplicates"), data))
        assert "张伟" not in text_of(foreign.post(page("duplicates"), data))


def test_given_a_company_typed_as_a_person_then_its_twin_and_the_other_form_are_offered(
    owner: User,
) -> None:
    make_customer("华新贸易有限公司", form="organization", owner=owner, team=owner.team)
    client = signed_in(owner)
    typed_so = typed(name="华新贸易（有限公司）", form="person")
    told = client.post(page("duplicates"), typed_so)
    assert "华新贸易有限公司" in text_of(told)
    assert "这个名称像是一家公司。" in text_of(told)
    assert 'for="id_form_1"' in told.content.decode()
    whole = client.get(page("new_customer")).content.decode()
    assert re.search(r'value="organization"[^>]*id="id_form_1"', whole)
    other = text_of(
        client.post(page("duplicates"), {**typed_so, "form": "organization"})
    )
    assert "华新贸易有限公司" in other
    assert "这个名称像是一家公司。" not in other
    assert "公司" not in text_of(client.post(page("duplicates"), typed(name="华新")))


def test_given_a_company_kept_as_a_person_when_it_is_typed_then_it_is_found(
    owner: User,
) -> None:
    make_customer("华新贸易有限公司", form="person", owner=owner, team=owner.team)
    data = typed(name="华新贸易有限公司", form="organization")
    told = signed_in(owner).post(page("duplicates"), data)
    assert "华新贸易有限公司" in text_of(told)


def test_rows_are_added_and_taken_away(owner: User) -> None:
    client = signed_in(owner)
    assert 'name="phone-key"' in client.get(page("new_point", "phone")).content.decode()
    assert client.get(page("new_point", "fax")).status_code == 404
    assert client.get(page("no_point")).content == b""


def test_only_what_was_touched_is_changed(
    owner: User, admin: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = opened(client, customer)
    change_customer(admin, customer, version=1, at=NOON, industry="零售")
    response = client.post(
        page("edit_customer", customer.pk), {**data, "name": "张伟强"}
    )
    assert response.status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.industry) == ("张伟强", "零售")
    assert ContactPoint.objects.filter(customer=customer).count() == 2


def test_points_added_meanwhile_stay_when_one_changed_something_else(
    owner: User, admin: User, customer: Customer
) -> None:
    add_contact_point(owner, customer, Point(PointKind.WECHAT, "zhangwei88"), at=NOON)
    client = signed_in(owner)
    data = opened(client, customer)
    add_contact_point(admin, customer, Point(PointKind.PHONE, "13911112222"), at=NOON)
    response = client.post(
        page("edit_customer", customer.pk), {**data, "name": "张伟强"}
    )
    assert response.status_code == 302
    phones = ContactPoint.objects.filter(customer=customer, kind="phone")
    assert phones.count() == 2


def test_a_conflict_about_points_shows_both_lists(
    owner: User, admin: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = opened(client, customer)
    key = data["phone-key"]
    data[f"point-{key}-text"] = "13933334444"
    add_contact_point(admin, customer, Point(PointKind.PHONE, "13911112222"), at=NOON)
    response = client.post(page("edit_customer", customer.pk), data)
    assert response.status_code == 422
    assert "138 0013 8000、139 1111 2222" in text_of(response)
    again = {**data, "version": "2"}
    assert client.post(page("edit_customer", customer.pk), again).status_code == 302
    phones = ContactPoint.objects.filter(customer=customer, kind="phone")
    assert [point.value for point in phones] == ["+8613933334444"]


def test_a_street_one_sees_covered_survives_a_change_of_the_city(
    owner: User, agent: User, customer: Customer
) -> None:
    change_customer(owner, customer, version=1, at=NOON, place={"street": "1 号"})
    client = signed_in(agent)
    data = {**opened(client, customer), "city": "杭州"}
    assert client.post(page("edit_customer", customer.pk), data).status_code == 302
    address = Address.objects.get(customer=customer)
    assert (address.city, address.street) == ("杭州", "1 号")


@pytest.mark.parametrize(
    "damage", [{"base": "[]"}, {"base": "{"}, {"version": ""}, {"points-base": "?"}]
)
def test_a_damaged_page_is_refused_or_saved_and_never_fails(
    owner: User, customer: Customer, damage: dict[str, str]
) -> None:
    client = signed_in(owner)
    data = {**opened(client, customer), **damage}
    response = client.post(page("edit_customer", customer.pk), data)
    assert response.status_code in (302, 422)


def test_a_conflict_is_shown_and_can_be_saved_knowingly(
    owner: User, admin: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = {**opened(client, customer), "name": "张伟强"}
    change_customer(admin, customer, version=1, at=NOON, name="张大伟")
    response = client.post(page("edit_customer", customer.pk), data)
    assert response.status_code == 422
    assert "现在的内容：张大伟" in text_of(response)
    customer.refresh_from_db()
    assert customer.name == "张大伟"
    client.post(page("edit_customer", customer.pk), {**data, "version": "2"})
    customer.refresh_from_db()
    assert customer.name == "张伟强"


def test_masked_fields_are_not_in_the_form(agent: User, customer: Customer) -> None:
    response = signed_in(agent).get(page("edit_customer", customer.pk))
    shown = response.content.decode()
    assert 'name="id_number"' not in shown
    assert "8000" not in shown
    assert "zhang.wei" not in shown


def test_a_code_no_longer_offered_stays_on_its_customers(
    admin: User, customer: Customer
) -> None:
    code = add_code(HOUSE, "kind", "agent", CodeNames("代理商", "Agent"), at=NOON)
    Customer.objects.update(kind=code)
    Code.objects.update(is_active=False)
    client = signed_in(admin)
    assert "代理商" in text_of(client.get(page("customer", customer.pk)))
    data = opened(client, customer)
    client.post(page("edit_customer", customer.pk), {**data, "industry": "零售"})
    customer.refresh_from_db()
    assert (customer.kind_id, customer.industry) == (code.pk, "零售")
