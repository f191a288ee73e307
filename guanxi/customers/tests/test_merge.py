"""Two customers become one, and two again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from guanxi.customers.commands.contact_point import add_contact_point
from guanxi.customers.commands.customer import change_customer
from guanxi.customers.commands.merge import (
    CannotUndo,
    NotTwo,
    merge_customers,
    undo_merge,
)
from guanxi.customers.commands.note import add_note
from guanxi.customers.commands.relation import add_relation
from guanxi.customers.commands.tag import set_tags
from guanxi.customers.commands.trash import restore_customer
from guanxi.customers.models import (
    Address,
    ContactPoint,
    Customer,
    Merge,
    Note,
    Relation,
    Tag,
)
from guanxi.customers.queries.customer import trashed_customers
from guanxi.customers.queries.match import MatchKey, match_customers
from guanxi.customers.queries.merge import merges, survivor_of
from guanxi.customers.queries.timeline import timeline
from guanxi.customers.rules import PointKind, RelationKind, State
from guanxi.customers.rules.merge import Side, proposed_side
from guanxi.customers.rules.point import Point
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import System
from guanxi.foundation.errors import Conflict, Denied, NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
LATER = NOON + timedelta(hours=1)
OWN_TABLES = (
    "customers_customer",
    "customers_contactpoint",
    "customers_address",
    "customers_customer_tags",
    "customers_note",
    "customers_relation",
    "customers_traits",
)


@pytest.fixture
def pair(owner: User) -> tuple[Customer, Customer]:
    """Two records of one person, each with a part of what there is."""
    facts: Any = {"owner": owner, "team": owner.team}
    one = make_customer("张伟", phone="13800138000", city="上海", **facts)
    other = make_customer(
        "张卫",
        phone="13900139000",
        email="wei@example.cn",
        industry="零售",
        state=State.ACTUAL,
        external_id="K-7",
        source="门店",
        **facts,
    )
    for customer, province, city in ((one, "上海", "上海"), (other, "江苏", "苏州")):
        Address.objects.create(
            customer=customer, province=province, city=city, is_primary=True
        )
    add_contact_point(HOUSE, other, Point(PointKind.PHONE, "13800138000"), at=NOON)
    set_tags(HOUSE, one, ["重点"], at=NOON)
    set_tags(HOUSE, other, ["重点", "老客户"], at=NOON)
    add_note(HOUSE, other, "想要发票", at=NOON)
    relation: Any = {"kind": RelationKind.FAMILY, "at": NOON}
    add_relation(HOUSE, one, target=other, **relation)
    add_relation(HOUSE, other, target=make_customer("王芳", **facts), **relation)
    return _again(one), _again(other)


def _again(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def _merged(pair: tuple[Customer, Customer], **choices: Side) -> Merge:
    return merge_customers(HOUSE, *pair, choices=choices, at=LATER)


def _picture() -> dict[str, list[str]]:
    """Return every row of this room as it is, but for the versions that only grow."""
    picture = {}
    with connection.cursor() as cursor:
        for table in OWN_TABLES:
            cursor.execute(
                f"SELECT (to_jsonb(t) - 'version')::text FROM {table} t ORDER BY 1"
            )
            picture[table] = [text for (text,) in cursor.fetchall()]
        cursor.execute(
            "SELECT id || ' ' || coalesce(party_id, 0) || ' ' || coalesce(subject_id, 0)"
            " FROM foundation_loggedevent"
            " WHERE name NOT LIKE '%%Merge%%' ORDER BY id"
        )
        picture["events"] = [text for (text,) in cursor.fetchall()]
    return picture


def test_given_two_records_when_merged_then_all_that_belongs_to_one_stands_at_the_other(
    pair: tuple[Customer, Customer],
) -> None:
    one, other = pair
    _merged(pair)
    survivor = _again(one)
    phones = ContactPoint.objects.filter(customer=one, kind="phone").order_by("pk")
    assert [(p.value, p.is_primary) for p in phones] == [
        ("+8613800138000", True),
        ("+8613900139000", False),
    ]
    assert survivor.email == "wei@example.cn"
    assert sorted(survivor.tags.values_list("name", flat=True)) == ["老客户", "重点"]
    assert Note.objects.get().customer_id == one.pk
    assert [(r.source_id, r.target.name) for r in Relation.objects.all()] == [
        (one.pk, "王芳")
    ]
    assert not LoggedEvent.objects.filter(party_id=other.pk).exists()
    assert not ContactPoint.objects.filter(customer=other).exists()
    assert _again(other).deleted_at == LATER


def test_given_no_choice_when_merged_then_gaps_are_filled_and_the_further_state_counts(
    pair: tuple[Customer, Customer],
) -> None:
    _merged(pair)
    survivor = _again(pair[0])
    assert (survivor.name, survivor.industry) == ("张伟", "零售")
    assert survivor.state == State.ACTUAL
    assert (survivor.external_id, survivor.source) == ("K-7", "门店")
    assert _again(pair[1]).external_id == ""


def test_given_choices_when_merged_then_each_field_has_the_value_chosen(
    pair: tuple[Customer, Customer],
) -> None:
    gone = Side.GONE
    _merged(pair, name=gone, phone=gone, address=gone, state=Side.SURVIVOR)
    survivor = _again(pair[0])
    assert (survivor.name, survivor.match_name) == ("张卫", "zhangwei")
    assert survivor.phone == "+8613900139000"
    assert (survivor.province, survivor.city) == ("江苏", "苏州")
    assert survivor.state == State.POTENTIAL
    primary = Address.objects.filter(customer=survivor, is_primary=True)
    assert [row.city for row in primary] == ["苏州"]


def test_given_a_merge_when_undone_then_both_records_are_exactly_as_before(
    pair: tuple[Customer, Customer],
) -> None:
    before = _picture()
    gone = Side.GONE
    merge = _merged(pair, name=gone, phone=gone, address=gone, note=Side.BOTH)
    assert _picture() != before
    kept = undo_merge(HOUSE, *pair, merge_id=merge.pk, at=LATER)
    assert kept == []
    assert _picture() == before
    assert _again(pair[0]).version == pair[0].version + 2
    assert Merge.objects.get().journal == []


def test_given_a_tag_gone_meanwhile_when_undone_then_all_else_is_as_before(
    pair: tuple[Customer, Customer],
) -> None:
    for one in pair:
        set_tags(HOUSE, one, ["老客户", "样板间"], at=NOON)
    merge = _merged(pair)
    Tag.objects.get(name="老客户").delete()
    undo_merge(HOUSE, *pair, merge_id=merge.pk, at=LATER)
    assert [tag.name for tag in _again(pair[1]).tags.all()] == ["样板间"]


def test_given_a_change_since_when_undone_then_it_stays_and_is_told(
    pair: tuple[Customer, Customer],
) -> None:
    one, other = pair
    merge = _merged(pair, name=Side.GONE, phone=Side.GONE)
    survivor = _again(one)
    change_customer(HOUSE, survivor, version=survivor.version, name="张薇", at=LATER)
    add_contact_point(
        HOUSE, _again(one), Point(PointKind.PHONE, "13700137000"), at=LATER
    )
    kept = undo_merge(HOUSE, one, other, merge_id=merge.pk, at=LATER)
    assert kept == ["name"]
    survivor, gone = _again(one), _again(other)
    assert (survivor.name, survivor.industry) == ("张薇", "")
    assert (gone.name, gone.phone, gone.deleted_at) == ("张卫", "+8613900139000", None)
    values = ContactPoint.objects.filter(customer=one).order_by("value")
    assert [(p.value, p.is_primary) for p in values] == [
        ("+8613700137000", False),
        ("+8613800138000", True),
    ]
    assert survivor.phone == "+8613800138000"


def test_given_two_merges_when_the_first_is_undone_then_the_later_one_comes_first(
    pair: tuple[Customer, Customer],
) -> None:
    one, other = pair
    before = _picture()
    third = make_customer("张威", phone="13600136000", owner=one.owner, team=one.team)
    first = _merged(pair)
    second = merge_customers(HOUSE, third, _again(one), choices={}, at=LATER)
    assert survivor_of(HOUSE, other.pk) == third.pk
    first.refresh_from_db()
    with pytest.raises(CannotUndo, match="张伟"):
        undo_merge(HOUSE, third, other, merge_id=first.pk, at=LATER)
    undo_merge(HOUSE, third, one, merge_id=second.pk, at=LATER)
    undo_merge(HOUSE, one, other, merge_id=first.pk, at=LATER)
    Customer.tags.through.objects.filter(customer=third).delete()
    third.points.all().delete()
    third.traits.delete()
    third.delete()
    assert _picture() == before


def test_given_an_undone_merge_when_undone_again_then_it_is_refused(
    pair: tuple[Customer, Customer],
) -> None:
    merge = _merged(pair)
    undo_merge(HOUSE, *pair, merge_id=merge.pk, at=LATER)
    with pytest.raises(CannotUndo):
        undo_merge(HOUSE, *pair, merge_id=merge.pk, at=LATER)


def test_given_a_merged_record_when_merged_or_restored_then_nothing_happens(
    pair: tuple[Customer, Customer],
) -> None:
    one, other = pair
    _merged(pair)
    assert list(trashed_customers(HOUSE)) == []
    restore_customer(HOUSE, _again(other), at=LATER)
    assert _again(other).deleted_at == LATER
    with pytest.raises(NotTwo):
        merge_customers(HOUSE, one, other, choices={}, at=LATER)
    with pytest.raises(NotTwo):
        merge_customers(HOUSE, one, one, choices={}, at=LATER)


def test_given_a_change_since_they_were_compared_when_merged_then_it_is_a_conflict(
    pair: tuple[Customer, Customer],
) -> None:
    versions = (pair[0].version, pair[1].version)
    change_customer(HOUSE, pair[1], version=versions[1], note="新", at=LATER)
    with pytest.raises(Conflict):
        merge_customers(HOUSE, *pair, choices={}, versions=versions, at=LATER)


def test_given_the_number_of_a_merged_record_when_a_file_names_it_then_the_survivor_is_meant(
    pair: tuple[Customer, Customer],
) -> None:
    one, other = pair
    Customer.objects.filter(pk=one.pk).update(external_id="K-1", source="门店")
    _merged((_again(one), other))
    found = match_customers(HOUSE, MatchKey.EXTERNAL_ID, ["K-7"], source="门店")
    assert [(m.pk, m.is_trashed) for m in found["K-7"]] == [(one.pk, False)]


def test_given_a_stranger_when_following_an_old_address_then_there_is_nothing(
    pair: tuple[Customer, Customer], owner: User, stranger: User
) -> None:
    merged = _merged(pair)
    assert survivor_of(owner, pair[1].pk) == pair[0].pk
    with pytest.raises(NotVisible):
        survivor_of(stranger, pair[1].pk)
    assert (list(merges(owner)), list(merges(stranger))) == ([merged], [])


def test_given_masked_fields_when_merged_then_only_the_proposal_is_open(
    pair: tuple[Customer, Customer], agent: User
) -> None:
    with pytest.raises(Denied):
        merge_customers(agent, *pair, choices={"phone": Side.GONE}, at=LATER)
    merge_customers(agent, *pair, choices={}, at=LATER)
    assert _again(pair[0]).email == "wei@example.cn"


def test_given_a_merge_when_the_timeline_is_read_then_it_tells_of_both_and_masks(
    pair: tuple[Customer, Customer], owner: User
) -> None:
    _merged(pair)
    row = LoggedEvent.objects.get(name="customers.CustomersMerged")
    assert row.changes["email"] == ["", "w***@example.cn"]
    titles = [item.title for item in timeline(owner, pair[0]).items]
    assert str(pair[1].pk) in titles[0]
    assert len(titles) == LoggedEvent.objects.filter(party_id=pair[0].pk).count()


@pytest.mark.parametrize(
    ("field", "ours", "theirs", "side"),
    [
        ("industry", "", "零售", Side.GONE),
        ("industry", "批发", "零售", Side.SURVIVOR),
        ("state", "potential", "lost", Side.GONE),
        ("state", "actual", "lost", Side.SURVIVOR),
        ("note", "一", "二", Side.BOTH),
        ("note", "", "二", Side.GONE),
    ],
)
def test_proposed_side(field: str, ours: str, theirs: str, side: Side) -> None:
    assert proposed_side(field, ours, theirs) is side
