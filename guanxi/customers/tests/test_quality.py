"""Data quality: the laws, the statement, the commands, worklists and pages."""

from datetime import date, timedelta
from typing import Any

import pytest

from guanxi.customers.commands.contact_point import add_contact_point
from guanxi.customers.commands.customer import change_customer, create_customer
from guanxi.customers.commands.quality import (
    NothingToReview,
    confirm_part,
    mark_contact_point,
    set_quality_rules,
)
from guanxi.customers.commands.quality_score import (
    judge,
    keep_quality_week,
    refresh_quality,
)
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import (
    ContactPoint,
    Customer,
    DuplicatePair,
    FieldReview,
    NumberCheck,
    Traits,
)
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.quality import (
    faults_of,
    quality_rules,
    quality_weeks,
    reviews_of,
    worklist,
)
from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.number import NumberFacts, number_faults
from guanxi.customers.rules.point import Place, Point
from guanxi.customers.rules.quality import (
    Check,
    Dimension,
    Part,
    QualityRules,
    dimension_of,
    field_of,
)
from guanxi.customers.tests.factories import make_customer, make_pair
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_role,
    make_team,
    make_user,
)

HOUSE = System("test")
YEAR = timedelta(days=366)


def scores(customer: Customer) -> tuple[int | None, ...]:
    """Return accuracy, validity, timeliness, completeness and the total."""
    row = Traits.objects.get(pk=customer.pk)
    return (
        *(getattr(row, dimension) for dimension in Dimension.values),
        row.quality,
    )


def faults(customer: Customer) -> list[str]:
    return [one.key for one in faults_of(HOUSE, [customer.pk], at=NOON)[customer.pk]]


def test_shipped_weights_add_up_to_one_hundred() -> None:
    rules = QualityRules()
    assert sum(rules.weights.values()) == 100
    assert sum(rules.person.values()) == 100
    assert sum(rules.organization.values()) == 100


def test_given_weights_that_do_not_add_up_when_rules_are_made_then_refused() -> None:
    with pytest.raises(ValueError, match="99"):
        QualityRules(person={"phone": 99})


def test_faults_know_their_dimension_and_where_they_are_mended() -> None:
    assert dimension_of("missing:phone") is Dimension.COMPLETENESS
    assert dimension_of("stale:contact") is Dimension.TIMELINESS
    assert dimension_of("phone_dead") is Dimension.ACCURACY
    assert dimension_of("email") is Dimension.VALIDITY
    assert (field_of("missing:city"), field_of("stale:contact")) == ("city", "phone")
    assert field_of("id_gender") == "x_gender"


# 11010519491231002X: GB 11643-1999, appendix; 17th digit 2: a woman, born in Beijing.
@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"birth_on": date(1949, 12, 31), "gender": "female", "province": "北京"}, []),
        ({"birth_on": date(1949, 12, 30)}, ["id_birthday"]),
        ({"gender": "male"}, ["id_gender"]),
        ({"province": "上海"}, ["id_province"]),
        ({"province": "北京市"}, []),
        ({"id_number": "110105194912310021"}, ["id_number"]),
        ({"id_number": "", "credit_code": "91350100M000100Y43"}, []),
        ({"id_number": "", "credit_code": "91350100M000100Y44"}, ["credit_code"]),
        ({"id_kind": "passport", "id_number": "E1", "gender": "male"}, []),
    ],
)
def test_numbers_tell_what_contradicts_them(
    facts: dict[str, Any], found: list[str]
) -> None:
    given: dict[str, Any] = {
        "id_kind": "resident",
        "id_number": "11010519491231002X",
        "credit_code": "",
        **facts,
    }
    assert number_faults(NumberFacts(**given)) == found


@pytest.fixture
def full(owner: User) -> Customer:
    """Return a person of whom everything that counts is known."""
    return create_customer(
        owner,
        name="王芳",
        points=[
            Point(PointKind.PHONE, "13812345670"),
            Point(PointKind.EMAIL, "fang@163.com"),
            Point(PointKind.WECHAT, "wangfang85"),
        ],
        place=Place("浙江", "杭州", "西湖", "文三路1号"),
        birth_on=date(1985, 3, 1),
        source="门店",
        at=NOON,
    )


def test_given_all_facts_when_entered_then_full_score_at_once(full: Customer) -> None:
    assert scores(full) == (100, 100, 100, 100, 100)
    assert faults(full) == []


# 100 − 30 (phone) − 10 (e-mail) − 10 (WeChat); 30 + 25 + 20 + 25 × 50 % = 87.5 → 88
def test_given_missing_facts_when_entered_then_their_weights_are_lost(
    owner: User,
) -> None:
    customer = create_customer(
        owner,
        name="李强",
        place=Place("浙江", "杭州", "西湖", "文三路2号"),
        birth_on=date(1985, 3, 1),
        source="门店",
        at=NOON,
    )
    assert scores(customer) == (100, 100, 100, 50, 88)
    assert faults(customer) == ["missing:phone", "missing:email", "missing:wechat"]


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"name": "测试2"}, Check.NAME),
        ({"phone": "13888888888"}, Check.PHONE),
        ({"email": "a@example.com"}, Check.EMAIL),
        ({"province": "江南"}, Check.PROVINCE),
        ({"birth_on": date(1890, 1, 1)}, Check.BIRTHDAY),
        ({"birth_on": date(2027, 1, 1)}, Check.BIRTHDAY),
        ({"form": "organization", "founded_year": 2030}, Check.FOUNDED),
        ({"province": "浙江", "city": "南京"}, Check.CITY),
        ({"phone": "021-62345678", "province": "浙江"}, Check.PHONE_AREA),
        ({"phone": "0571-87654321", "province": "上海"}, Check.PHONE_AREA),
    ],
)
def test_given_a_bad_fact_when_judged_then_the_check_says_so(
    db: None, facts: dict[str, Any], fault: Check
) -> None:
    customer = make_customer(**{"name": "王芳", **facts})
    judge([customer.pk], at=NOON)
    lost = [key for key in faults(customer) if not key.startswith("missing:")]
    assert lost == [fault.value]


@pytest.mark.parametrize(
    "facts",
    [
        {"phone": "010-62345678", "province": "北京"},
        {"phone": "0571-87654321", "province": "浙江"},
        {"phone": "400-820-8820", "province": "浙江"},
        {"phone": "+1 415 555 2671", "province": "浙江"},
        {"province": "浙江", "city": "杭州"},
        {"province": "浙江", "city": "某镇"},
        {"province": "浙江省", "city": "杭州", "phone": "0571-87654321"},
        {"province": "广西壮族自治区", "city": "南宁"},
    ],
)
def test_given_facts_that_agree_when_judged_then_nothing_is_said(
    db: None, facts: dict[str, Any]
) -> None:
    customer = make_customer("王芳", **facts)
    lost = [key for key in faults(customer) if not key.startswith("missing:")]
    assert lost == []


def test_given_a_phone_that_fails_when_marked_then_accuracy_falls_and_comes_back(
    owner: User, full: Customer
) -> None:
    point = ContactPoint.objects.get(customer=full, kind="phone")
    mark_contact_point(owner, full, point.pk, works=False, at=NOON)
    assert scores(full)[0] == 60
    assert faults(full) == ["phone_dead"]
    mark_contact_point(owner, full, point.pk, works=True, at=NOON)
    assert scores(full)[0] == 100
    names = LoggedEvent.objects.order_by("-pk").values_list("name", flat=True)[:2]
    assert [name.rpartition(".")[2] for name in names] == [
        "ContactPointWorks",
        "ContactPointFailed",
    ]


def test_given_contradicting_id_number_when_judged_then_it_is_opened_once(
    owner: User, full: Customer
) -> None:
    Customer.objects.filter(pk=full.pk).update(extra={"x_gender": "male"})
    full.refresh_from_db()
    full.id_kind, full.id_number = "resident", "11010519491231002X"
    full.version += 1
    full.save()
    judge([full.pk], at=NOON)
    assert "id_gender" in faults(full)
    assert "id_birthday" in faults(full)
    check = NumberCheck.objects.get(pk=full.pk)
    assert (check.version, check.faults) == (
        full.version,
        ["id_birthday", "id_gender", "id_province"],
    )


def test_given_a_year_when_judged_then_contact_is_stale_until_confirmed(
    owner: User, full: Customer
) -> None:
    judge([full.pk], at=NOON + YEAR)
    # Contact (12 months) is old, the address (24 months) is not.
    assert scores(full)[2] == 50
    confirm_part(owner, full, "contact", at=NOON + YEAR)
    assert scores(full)[2] == 100
    row = FieldReview.objects.get(customer=full)
    assert (row.part, row.is_confirmed, row.reviewed_by) == ("contact", True, owner)
    event = LoggedEvent.objects.latest("pk")
    assert event.payload["part"] == "contact"
    assert event.actor_id == owner.pk
    faults = faults_of(owner, [full.pk], at=NOON + YEAR)[full.pk]
    (contact, address) = reviews_of(owner, full, faults)
    assert (contact.part, contact.is_stale, contact.reviewed_by) == (
        "contact",
        False,
        owner.name,
    )
    assert address.reviewed_at == NOON


def test_given_a_change_when_saved_then_its_part_is_fresh(
    owner: User, full: Customer
) -> None:
    later = NOON + 3 * YEAR
    change_customer(owner, full, version=full.version, place={"city": "宁波"}, at=later)
    (row,) = FieldReview.objects.filter(customer=full)
    assert (row.part, row.is_confirmed) == ("address", False)
    # The address is fresh by the change, the contact is still old.
    assert scores(full)[2] == 50
    full.refresh_from_db()
    add_contact_point(owner, full, Point(PointKind.PHONE, "13912345670"), at=later)
    assert scores(full)[2] == 100


def test_given_a_part_without_review_age_when_confirmed_then_refused(
    owner: User, full: Customer
) -> None:
    with pytest.raises(NothingToReview):
        confirm_part(owner, full, "x_nothing", at=NOON)


def test_given_other_rules_when_judged_then_they_count(
    owner: User, full: Customer
) -> None:
    rules = QualityRules(person={"id_number": 100}, months={Part.CONTACT: 0})
    set_quality_rules(HOUSE, rules, at=NOON)
    assert quality_rules() == rules
    judge([full.pk], at=NOON + YEAR)
    assert scores(full) == (100, 100, 100, 0, 75)


def test_given_hidden_phone_when_reasons_are_told_then_not_of_the_phone(
    owner: User,
) -> None:
    customer = make_customer("王芳", owner=owner, team=owner.team)
    role = make_role(
        {"customer.read": Depth.TEAM}, levels={"customer.phone": Level.HIDDEN}
    )
    viewer = make_user("客服", roles=[role], team=owner.team)
    told = faults_of(viewer, [customer.pk], at=NOON)[customer.pk]
    keys = [one.key for one in told]
    assert "missing:phone" not in keys
    assert "missing:email" in keys


def test_given_all_when_refreshed_then_only_what_differs_is_written(db: None) -> None:
    first = make_customer("王芳", phone="13812345670")
    last = make_customer("李强", form=Form.ORGANIZATION)
    span = {"first": first.pk, "last": last.pk}
    assert refresh_quality(HOUSE, **span, at=NOON) == 2
    assert refresh_quality(HOUSE, **span, at=NOON) == 0
    assert (scores(first)[3], scores(last)[3]) == (30, 0)


def test_given_team_depth_when_all_are_to_be_judged_then_denied(owner: User) -> None:
    with pytest.raises(Denied):
        refresh_quality(owner, first=1, last=2, at=NOON)


def test_worklist_is_the_worst_first_then_the_most_valuable(
    owner: User, people: tuple[User, User, User]
) -> None:
    facts: dict[str, Any] = {"owner": owner, "team": owner.team}
    poor = make_customer(
        "甲", traits={"completeness": 20, "order_total": 1, "quality": 60}, **facts
    )
    rich = make_customer(
        "乙", traits={"completeness": 20, "order_total": 9, "quality": 60}, **facts
    )
    make_customer("丙", traits={"completeness": 100, "quality": 100}, **facts)
    found = worklist(owner, Dimension.COMPLETENESS)
    assert list(found) == [rich, poor]
    assert list(worklist(people[2], Dimension.COMPLETENESS)) == []


def test_weeks_are_means_of_whom_the_viewer_sees(
    owner: User, people: tuple[User, User, User]
) -> None:
    marks = dict.fromkeys(Dimension.values, 50)
    make_customer("甲", owner=owner, team=owner.team, traits={"quality": 40, **marks})
    make_customer("乙", owner=owner, team=owner.team, traits={"quality": 60, **marks})
    stranger = people[2]
    make_customer(
        "丙", owner=stranger, team=stranger.team, traits={"quality": 90, **marks}
    )
    assert keep_quality_week(HOUSE, at=NOON) == 2
    assert keep_quality_week(HOUSE, at=NOON) == 2
    (house,) = quality_weeks(HOUSE)
    assert (house.customers, house.means["quality"]) == (3, 63)
    (mine,) = quality_weeks(owner)
    assert (mine.customers, mine.means["quality"]) == (2, 50)
    assert mine.week_on.weekday() == 0


def test_given_a_wall_then_the_weeks_tell_nothing_of_the_customer(db: None) -> None:
    team = make_team()
    clerk = make_user(roles=[make_role({"customer.read": Depth.TEAM})], team=team)
    marks = dict.fromkeys(Dimension.values, 50)
    seen = make_customer("甲", team=team, traits={"quality": 40, **marks})
    shut = make_customer("乙", team=team, traits={"quality": 90, **marks})
    keep_quality_week(HOUSE, at=NOON)
    set_wall(HOUSE, shut, to=clerk, reason="利益冲突", at=NOON + timedelta(hours=1))
    clerk = User.objects.get(pk=clerk.pk)
    assert quality_weeks(clerk) == []
    keep_quality_week(HOUSE, at=NOON + timedelta(hours=2))
    (week,) = quality_weeks(clerk)
    assert (week.customers, week.means["quality"]) == (1, 40)
    (house,) = quality_weeks(HOUSE)
    assert (house.customers, house.means["quality"]) == (2, 65)
    assert list(customers(clerk)) == [seen]


def test_given_open_pair_then_who_sees_both_is_told_and_the_score_stays(
    db: None,
) -> None:
    depths = {"customer.read": Depth.TEAM, "duplicate_pair.read": Depth.TEAM}
    team, other_team = make_team(), make_team()
    clerk = make_user(roles=[make_role(depths)], team=team)
    stranger = make_user(roles=[make_role(depths)], team=other_team)
    one = make_customer("王芳", team=team)
    near, far = make_customer("王芳", team=team), make_customer("王芳", team=other_team)
    judge([one.pk, near.pk, far.pk], at=NOON)
    before = scores(one)
    make_pair(one, far)
    assert "duplicate" not in keys_told(clerk, one)
    assert "duplicate" not in keys_told(stranger, far)
    reader = make_user(roles=[make_role({"customer.read": Depth.ALL})])
    assert "duplicate" not in keys_told(reader, one)
    pair = make_pair(one, near)
    judge([one.pk, near.pk, far.pk], at=NOON)
    assert "duplicate" in keys_told(clerk, one)
    assert "duplicate" in keys_told(clerk, near)
    assert scores(one) == before
    DuplicatePair.objects.filter(pk=pair.pk).update(state="different")
    assert "duplicate" not in keys_told(clerk, one)


def test_given_pair_by_a_hidden_field_then_nothing_is_told(db: None) -> None:
    hidden = {"customer.phone": Level.HIDDEN}
    depths = {"customer.read": Depth.ALL, "duplicate_pair.read": Depth.ALL}
    blind = make_user(roles=[make_role(depths, hidden)])
    one, other = make_customer("王芳"), make_customer("李娜")
    pair = make_pair(one, other)
    DuplicatePair.objects.filter(pk=pair.pk).update(reasons=["phone"])
    assert "duplicate" not in keys_told(blind, one)
    DuplicatePair.objects.filter(pk=pair.pk).update(reasons=["phone", "name"])
    assert "duplicate" in keys_told(blind, one)


def keys_told(viewer: User, customer: Customer) -> list[str]:
    told = faults_of(viewer, [customer.pk], at=NOON)[customer.pk]
    return [fault.key for fault in told]
