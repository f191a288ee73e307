"""Likely duplicates of what is being entered: who finds which."""

from datetime import date
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from guanxi.customers.models import Customer
from guanxi.customers.models.field import custom_fields
from guanxi.customers.queries.duplicate import duplicates
from guanxi.customers.rules import Form
from guanxi.customers.rules.duplicate import Likeness, Reason
from guanxi.customers.tests.factories import make_customer
from guanxi.identity.models import User

pytestmark = pytest.mark.django_db


def test_likely_duplicates_come_with_reasons_best_first(
    owner: User, customer: Customer
) -> None:
    same_name = make_customer("章薇", city="上海", owner=owner, team=owner.team)
    make_customer("张伟", city="北京", owner=owner, team=owner.team)
    make_customer("张伟", city="上海", phone="13800138000")
    candidate = Likeness(
        Form.PERSON,
        "张伟",
        "上海",
        frozenset({("phone", "+8613800138000")}),
    )
    alike = duplicates(owner, candidate)
    assert [(one.customer, one.score.points, one.reasons) for one in alike] == [
        (customer, 100, (Reason.PHONE, Reason.NAME, Reason.CITY)),
        (same_name, 40, (Reason.SOUND, Reason.CITY)),
    ]


def test_a_company_is_found_by_its_core_name_anywhere(owner: User) -> None:
    known = make_customer(
        "上海云杉家居有限公司",
        form=Form.ORGANIZATION,
        owner=owner,
        team=owner.team,
    )
    (one,) = duplicates(owner, Likeness(Form.ORGANIZATION, "上海云杉家居（集团）"))
    assert (one.customer, one.score.points) == (known, 70)
    assert duplicates(owner, Likeness(Form.ORGANIZATION, "上海云杉")) == []


@pytest.mark.parametrize("column", ["external_id", "id_number"])
def test_the_same_number_is_a_duplicate(owner: User, column: str) -> None:
    number: dict[str, Any] = {column: "X1"}
    make_customer("李娜", owner=owner, team=owner.team, **number)
    candidate = Likeness(Form.PERSON, "别人", **number)
    (one,) = duplicates(owner, candidate)
    assert one.score.points == 100


def test_the_customer_being_edited_is_no_duplicate(
    owner: User, customer: Customer
) -> None:
    candidate = Likeness(Form.PERSON, "张伟", "上海")
    assert duplicates(owner, candidate, but=customer.pk) == []


def test_who_does_not_read_birthdays_learns_none_from_duplicates(
    owner: User, agent: User
) -> None:
    born = date(1985, 5, 17)
    make_customer("张伟", city="上海", birth_on=born, owner=owner, team=owner.team)
    candidate = Likeness(Form.PERSON, "张伟", "上海", birth_on=born)
    assert Reason.BIRTH_ON in duplicates(owner, candidate)[0].reasons
    assert duplicates(agent, candidate)[0].reasons == (Reason.NAME, Reason.CITY)


def test_a_shared_phone_is_not_lost_among_many_namesakes(owner: User) -> None:
    for _n in range(45):
        make_customer("张伟", city="上海", owner=owner, team=owner.team)
    same = make_customer(
        "张伟", city="上海", phone="13800138000", owner=owner, team=owner.team
    )
    points = frozenset({("phone", "+8613800138000")})
    alike = duplicates(owner, Likeness(Form.PERSON, "张伟", "上海", points))
    assert (alike[0].customer, alike[0].score.points) == (same, 100)


def test_a_phone_many_others_share_finds_the_one_the_viewer_sees(owner: User) -> None:
    for _n in range(45):
        make_customer(phone="02164871234")
    mine = make_customer(phone="02164871234", owner=owner, team=owner.team)
    candidate = Likeness(
        Form.PERSON, "别人", points=frozenset({("phone", "+862164871234")})
    )
    assert [one.customer for one in duplicates(owner, candidate)] == [mine]


def test_one_number_of_two_systems_is_no_duplicate(owner: User) -> None:
    number: dict[str, Any] = {"source": "shop", "external_id": "1001"}
    make_customer("李娜", owner=owner, team=owner.team, **number)
    other = Likeness(Form.PERSON, "别人", source="erp", external_id="1001")
    assert duplicates(owner, other) == []
    (one,) = duplicates(owner, Likeness(Form.PERSON, "别人", external_id="1001"))
    assert one.score.points == 100


def test_duplicates_cost_four_queries(
    owner: User,
    customer: Customer,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    candidate = Likeness(
        Form.PERSON, "张伟", "上海", frozenset({("phone", "+8613800138000")})
    )
    _ = owner.grants, owner.team_ids, custom_fields()
    with django_assert_num_queries(4):
        duplicates(owner, candidate)
    with django_assert_num_queries(0):
        assert duplicates(owner, Likeness(Form.PERSON, "张伟")) == []
