from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from guanxi.customers.commands.code import (
    BadCode,
    CodeNames,
    add_code,
    change_code,
    ship_codes,
)
from guanxi.customers.commands.contact_point import (
    BadPoint,
    add_contact_point,
    remove_contact_point,
)
from guanxi.customers.commands.customer import (
    BadBeginning,
    BadName,
    ChangedMeanwhile,
    ExternalIdTaken,
    change_customer,
    create_customer,
)
from guanxi.customers.commands.life_stage import set_life_stage
from guanxi.customers.commands.note import BadNote, add_note
from guanxi.customers.commands.owner import OwnerGone, assign_customers
from guanxi.customers.commands.relation import (
    BadRelation,
    add_relation,
    remove_relation,
)
from guanxi.customers.commands.reveal import NoReason, reveal_field
from guanxi.customers.commands.state import (
    UnlawfulStep,
    mark_actual,
    mark_lost,
    set_state,
)
from guanxi.customers.commands.tag import BadTag, set_tags, tag_customers
from guanxi.customers.commands.traits import set_traits
from guanxi.customers.commands.trash import restore_customer, trash_customer
from guanxi.customers.models import (
    Address,
    Code,
    ContactPoint,
    Customer,
    Note,
    Relation,
    Tag,
    Traits,
)
from guanxi.customers.rules import Form, LifeStage, PointKind, RelationKind, State
from guanxi.customers.rules.point import Place, PlaceParts, Point
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("test")
LATER = NOON + timedelta(hours=1)
PATIENCE = timedelta(days=30)
PHONE = Point(PointKind.PHONE, "138 0013 8000", is_primary=True)
NothingWritten = Callable[[], AbstractContextManager[None]]


def log(customer: Customer) -> list[str]:
    """Return the events of a customer, oldest first."""
    rows = LoggedEvent.objects.filter(party_id=customer.pk).order_by("pk")
    return [name.partition(".")[2] for name in rows.values_list("name", flat=True)]


def points(customer: Customer) -> list[tuple[str, str, bool]]:
    rows = ContactPoint.objects.filter(customer=customer).order_by("pk")
    return list(rows.values_list("kind", "value", "is_primary"))


# Create


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


# Change


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


def test_given_a_new_phone_when_changed_then_the_log_masks_it(
    owner: User, customer: Customer
) -> None:
    change_customer(
        owner,
        customer,
        version=1,
        at=LATER,
        points=[Point(PointKind.PHONE, "13911112222")],
    )
    assert points(customer) == [("phone", "+8613911112222", True)]
    row = LoggedEvent.objects.get(name="customers.CustomerChanged")
    assert row.changes["phone"] == ["138****8000", "139****2222"]
    assert log(customer) == [
        "ContactPointAdded",
        "ContactPointRemoved",
        "ContactPointRemoved",
        "CustomerChanged",
    ]


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


def test_given_a_point_added_meanwhile_when_the_list_lacks_it_then_conflict(
    owner: User, admin: User, customer: Customer
) -> None:
    add_contact_point(admin, customer, Point(PointKind.PHONE, "13911112222"), at=LATER)
    mail = Point(PointKind.EMAIL, "zhang.wei@example.com")
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_customer(owner, customer, version=1, at=LATER, points=[PHONE, mail])
    assert refusal.value.fields == ["phone"]
    other = Point(PointKind.PHONE, "13911112222")
    new = Point(PointKind.EMAIL, "new@example.com")
    change_customer(owner, customer, version=1, at=LATER, points=[PHONE, other, new])
    assert points(customer) == [
        ("phone", "+8613800138000", True),
        ("phone", "+8613911112222", False),
        ("email", "new@example.com", True),
    ]


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


def test_a_point_added_is_logged_covered(owner: User, customer: Customer) -> None:
    add_contact_point(owner, customer, Point(PointKind.PHONE, "13911112222"), at=LATER)
    row = LoggedEvent.objects.get(name="customers.ContactPointAdded")
    assert row.changes == {"phone": ["", "139****2222"]}


def test_given_a_point_gone_already_when_removed_then_not_visible(
    owner: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(NotVisible):
        remove_contact_point(owner, customer, 0, at=LATER)


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


def test_given_masked_points_when_replaced_then_only_added_to(
    agent: User, customer: Customer
) -> None:
    change_customer(
        agent,
        customer,
        version=1,
        at=LATER,
        points=[Point(PointKind.PHONE, "13911112222", is_primary=True)],
    )
    assert points(customer) == [
        ("phone", "+8613800138000", True),
        ("email", "zhang.wei@example.com", True),
        ("phone", "+8613911112222", False),
    ]


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


# Contact points


def test_given_another_primary_when_replaced_then_it_leads(
    owner: User, customer: Customer
) -> None:
    change_customer(
        owner,
        customer,
        version=1,
        at=LATER,
        points=[
            Point(PointKind.PHONE, "13800138000"),
            Point(PointKind.PHONE, "13911112222", is_primary=True),
        ],
    )
    customer.refresh_from_db()
    assert customer.phone == "+8613911112222"
    assert customer.email == ""


def test_given_a_point_when_added_twice_then_refused(
    owner: User, customer: Customer
) -> None:
    added = add_contact_point(
        owner, customer, Point(PointKind.WECHAT, "zhangwei88"), at=LATER
    )
    assert added.wechat == "zhangwei88"
    with pytest.raises(BadPoint):
        add_contact_point(owner, customer, PHONE, at=LATER)


def test_given_two_phones_when_the_primary_is_removed_then_the_other_leads(
    owner: User, customer: Customer
) -> None:
    add_contact_point(owner, customer, Point(PointKind.PHONE, "13911112222"), at=LATER)
    primary = ContactPoint.objects.get(customer=customer, value="+8613800138000")
    remove_contact_point(owner, customer, primary.pk, at=LATER)
    customer.refresh_from_db()
    assert customer.phone == "+8613911112222"
    assert customer.search_contact == " zhang.wei@example.com 13911112222"


def test_given_a_masked_kind_when_removed_then_denied(
    agent: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    point = ContactPoint.objects.filter(customer=customer).first()
    assert point is not None
    with nothing_written(), pytest.raises(Denied):
        remove_contact_point(agent, customer, point.pk, at=LATER)


# States


def test_given_a_lawful_step_when_set_then_kept_and_told(
    owner: User, customer: Customer
) -> None:
    set_state(owner, customer, State.TARGET, at=LATER)
    set_state(owner, customer, State.TARGET, at=LATER)
    customer.refresh_from_db()
    assert customer.state == "target"
    assert log(customer) == ["CustomerStateChanged"]


def test_given_an_unlawful_step_when_set_then_refused(
    owner: User, customer: Customer
) -> None:
    with pytest.raises(UnlawfulStep):
        set_state(owner, customer, State.LOST, at=LATER)


def test_given_orders_when_marked_actual_then_each_by_its_arcs(owner: User) -> None:
    by_state = {
        state: make_customer(state=state, owner=owner, team=owner.team)
        for state in State
    }
    pks = [one.pk for one in by_state.values()]
    assert mark_actual(HOUSE, pks, at=LATER) == 4
    assert set(Customer.objects.values_list("state", flat=True)) == {"actual"}
    steps = {
        state: [
            (row.payload["old"], row.payload["new"])
            for row in LoggedEvent.objects.filter(party_id=one.pk).order_by("pk")
        ]
        for state, one in by_state.items()
    }
    assert steps == {
        State.NON_CUSTOMER: [("non_customer", "potential"), ("potential", "actual")],
        State.POTENTIAL: [("potential", "actual")],
        State.TARGET: [("target", "actual")],
        State.ACTUAL: [],
        State.LOST: [("lost", "actual")],
    }


def test_given_another_teams_customer_when_marked_actual_then_untouched(
    stranger: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written():
        assert mark_actual(stranger, [customer.pk], at=LATER) == 0


def test_given_silence_when_marked_lost_then_only_actual_ones(owner: User) -> None:
    actual = make_customer(state=State.ACTUAL)
    potential = make_customer()
    pks = [actual.pk, potential.pk]
    assert mark_lost(HOUSE, pks, at=LATER, patience=PATIENCE) == 1
    assert Customer.objects.get(pk=actual.pk).state == "lost"
    assert Customer.objects.get(pk=potential.pk).state == "potential"


def test_given_a_customer_won_back_when_marked_lost_then_only_after_a_while(
    owner: User,
) -> None:
    lost = make_customer(state=State.LOST, owner=owner, team=owner.team)
    set_state(owner, lost, State.ACTUAL, at=LATER)
    soon, later = LATER + timedelta(days=29), LATER + timedelta(days=31)
    assert mark_lost(HOUSE, [lost.pk], at=soon, patience=PATIENCE) == 0
    assert mark_lost(HOUSE, [lost.pk], at=later, patience=PATIENCE) == 1


def scored(customer: Customer, stage: str) -> tuple[str, list[str]]:
    """Let analysis find ``stage``; return the one that holds and the events so far."""
    block = f"{customer.pk},{stage}\n".encode()
    set_traits(HOUSE, [block], columns=["customer_id", "life_stage"], as_of=NOON.date())
    return Traits.objects.get(customer=customer).life_stage, log(customer)


def test_given_another_stage_when_scored_then_the_change_is_told(
    customer: Customer,
) -> None:
    assert scored(customer, "stable") == ("stable", [])
    assert scored(customer, "stable") == ("stable", [])
    assert scored(customer, "decline") == ("decline", ["LifeStageChanged"])
    (row,) = LoggedEvent.objects.filter(party_id=customer.pk)
    assert (row.payload["old"], row.payload["new"]) == ("stable", "decline")


def test_given_a_stage_set_by_a_person_when_scored_then_it_stays_until_left_again(
    owner: User, customer: Customer
) -> None:
    scored(customer, "decline")
    set_life_stage(owner, customer, LifeStage.STABLE, at=LATER)
    assert scored(customer, "decline") == ("stable", ["LifeStageChanged"])
    set_life_stage(owner, customer, None, at=LATER)
    told = ["LifeStageChanged", "LifeStageFreed", "LifeStageChanged"]
    assert scored(customer, "decline") == ("decline", told)


# Trash, owner, tags, notes, relations


def test_given_a_customer_when_trashed_and_restored_then_back(
    owner: User, customer: Customer
) -> None:
    trash_customer(owner, customer, at=LATER)
    trash_customer(owner, customer, at=LATER)
    assert not Customer.objects.kept().filter(pk=customer.pk).exists()
    restore_customer(owner, customer, at=LATER)
    assert Customer.objects.kept().filter(pk=customer.pk).exists()
    assert log(customer) == ["CustomerTrashed", "CustomerRestored"]


def test_given_customers_when_assigned_then_owner_and_team_change(
    admin: User, owner: User, colleague: User, customer: Customer
) -> None:
    mine = make_customer(owner=owner, team=owner.team)
    assert assign_customers(admin, [customer, mine], colleague, at=LATER) == 2
    assert assign_customers(HOUSE, [customer], colleague, at=LATER) == 0
    customer.refresh_from_db()
    assert (customer.owner_id, customer.team_id) == (colleague.pk, colleague.team_id)
    assert log(customer) == ["OwnerChanged"]


def test_given_one_not_mine_when_assigned_then_none_is(
    owner: User, colleague: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    foreign = make_customer()
    with nothing_written(), pytest.raises(NotVisible):
        assign_customers(owner, [customer, foreign], colleague, at=LATER)


def test_given_a_left_colleague_when_assigned_then_refused(
    admin: User, customer: Customer
) -> None:
    gone = make_user(is_active=False)
    with pytest.raises(OwnerGone):
        assign_customers(admin, [customer], gone, at=LATER)


def test_given_tags_when_set_then_differences_are_told(
    owner: User, customer: Customer
) -> None:
    set_tags(owner, customer, ["VIP", "展会"], at=LATER)
    set_tags(owner, customer, ["VIP", " 老  客户 ", ""], at=LATER)
    assert sorted(tag.name for tag in customer.tags.all()) == ["VIP", "老 客户"]
    assert log(customer) == ["TagAdded", "TagAdded", "TagRemoved", "TagAdded"]


def test_given_fields_one_only_reads_when_written_by_other_ways_then_denied(
    owner: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    levels = {"customer.tags": Level.READ, "customer.state": Level.READ}
    rights = {"customer.read": Depth.ALL, "customer.edit": Depth.ALL}
    reader = make_user(roles=[make_role(rights, levels)])
    for deed in (
        lambda: set_tags(reader, customer, ["重点"], at=NOON),
        lambda: tag_customers(reader, [customer], ["重点"], at=NOON),
        lambda: set_state(reader, customer, State.TARGET, at=NOON),
        lambda: change_customer(reader, customer, version=1, tags=["重点"], at=NOON),
    ):
        with nothing_written(), pytest.raises(Denied):
            deed()


def test_given_customers_when_tagged_then_only_new_marks_count(
    owner: User, customer: Customer
) -> None:
    mine = make_customer(owner=owner, team=owner.team)
    set_tags(owner, customer, ["VIP"], at=LATER)
    assert tag_customers(owner, [customer, mine], ["VIP", "展会"], at=LATER) == 3
    assert Tag.objects.count() == 2


def test_given_a_note_when_added_then_its_text_is_not_in_the_log(
    owner: User, customer: Customer
) -> None:
    note = add_note(owner, customer, " 下午联系 ", at=LATER)
    assert Note.objects.get().text == "下午联系"
    row = LoggedEvent.objects.get(name="customers.NoteAdded")
    assert row.payload == {"customer_id": customer.pk, "note_id": note.pk}
    with pytest.raises(BadNote):
        add_note(owner, customer, "  ", at=LATER)


def test_given_two_customers_when_related_then_both_are_told(
    owner: User, customer: Customer
) -> None:
    company = make_customer(
        "云杉家居有限公司", form=Form.ORGANIZATION, owner=owner, team=owner.team
    )
    kind = RelationKind.WORKS_FOR
    relation = add_relation(owner, customer, target=company, kind=kind, at=LATER)
    with pytest.raises(BadRelation):
        add_relation(owner, customer, target=company, kind=kind, at=LATER)
    with pytest.raises(BadRelation):
        add_relation(owner, customer, target=customer, kind=kind, at=LATER)
    remove_relation(owner, company, relation.pk, at=LATER)
    assert not Relation.objects.exists()
    assert log(customer) == log(company) == ["RelationAdded", "RelationRemoved"]
    with pytest.raises(NotVisible):
        remove_relation(owner, company, relation.pk, at=LATER)


def test_given_a_relation_with_one_out_of_sight_when_removed_then_not_visible(
    owner: User, admin: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    hidden = make_customer()
    kind = RelationKind.FAMILY
    relation = add_relation(admin, customer, target=hidden, kind=kind, at=LATER)
    with nothing_written(), pytest.raises(NotVisible):
        remove_relation(owner, customer, relation.pk, at=LATER)


def test_given_a_target_out_of_sight_when_related_then_not_visible(
    owner: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    foreign = make_customer()
    with nothing_written(), pytest.raises(NotVisible):
        add_relation(
            owner, customer, target=foreign, kind=RelationKind.FAMILY, at=LATER
        )


# Reveal


def test_given_a_reason_when_revealed_then_clear_and_recorded(
    agent: User, customer: Customer
) -> None:
    shown = reveal_field(agent, customer, "phone", reason=" 回拨  客户 ", at=LATER)
    assert shown == ("138 0013 8000",)
    access = Access.objects.get()
    assert (access.act, access.kind, access.subject_id) == (
        "reveal",
        "customer",
        customer.pk,
    )
    assert (access.fields, access.reason) == (["phone"], "回拨 客户")
    assert access.actor_id == agent.pk


def test_given_other_fields_when_revealed_then_their_values(owner: User) -> None:
    made = create_customer(
        owner,
        name="李娜",
        at=NOON,
        place=Place("上海", "上海", street="漕溪路 1 号"),
        birth_on=date(1985, 5, 17),
    )
    assert reveal_field(owner, made, "address", reason="x", at=LATER) == (
        "漕溪路 1 号",
    )
    assert reveal_field(owner, made, "birth_on", reason="x", at=LATER) == (
        "1985-05-17",
    )
    assert reveal_field(owner, made, "id_number", reason="x", at=LATER) == ()


def test_given_no_reason_when_revealed_then_refused(
    agent: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(NoReason):
        reveal_field(agent, customer, "phone", reason="  ", at=LATER)


def test_given_a_field_that_is_never_masked_when_revealed_then_denied(
    agent: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(Denied):
        reveal_field(agent, customer, "industry", reason="x", at=LATER)


# Traits and codes


def test_given_traits_when_set_then_only_differing_rows_are_written(
    customer: Customer,
) -> None:
    other = make_customer()
    columns = ("customer_id", "order_count", "tier")
    kept_row, nobody = f'{customer.pk},3,"vital"\n', '0,1,"small"\n'
    rows = [f'{kept_row}{other.pk},1,"small"\n{nobody}'.encode()]
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    assert set_traits(HOUSE, rows, columns=columns, as_of=first, run_id=1) == 2
    assert set_traits(HOUSE, rows, columns=columns, as_of=second, run_id=2) == 0
    later = iter([kept_row.encode(), f'{other.pk},2,"small"\n'.encode()])
    assert set_traits(HOUSE, later, columns=columns, as_of=second, run_id=2) == 1
    kept = Traits.objects.order_by("pk").values_list(
        "order_count", "tier", "as_of", "run_id"
    )
    assert list(kept) == [(3, "vital", first, 1), (2, "small", second, 2)]


@pytest.mark.parametrize(
    "columns", [("tier",), ("customer_id", "name"), ("customer_id", "as_of")]
)
def test_given_other_columns_when_traits_are_set_then_an_error(
    columns: tuple[str, ...],
) -> None:
    with pytest.raises(ValueError, match=columns[-1]):
        set_traits(HOUSE, [], columns=columns, as_of=date(2026, 3, 1))


def test_codes_are_shipped_once() -> None:
    ship_codes(HOUSE)
    Code.objects.filter(key="public").update(name_zh="大众")
    ship_codes(HOUSE)
    assert Code.objects.count() == 18
    assert Code.objects.get(key="public").name_zh == "大众"


def test_given_an_administrator_when_codes_are_edited_then_kept(admin: User) -> None:
    code = add_code(admin, "kind", "reseller", CodeNames("经销商", "Reseller"), at=NOON)
    change_code(
        admin, code, CodeNames("分销商", "Distributor"), is_active=False, at=NOON
    )
    code.refresh_from_db()
    assert (code.name_zh, code.name_en, code.is_active) == (
        "分销商",
        "Distributor",
        False,
    )
    with pytest.raises(BadCode):
        add_code(admin, "kind", "reseller", CodeNames("经销商", "Reseller"), at=NOON)
    with pytest.raises(BadCode):
        add_code(admin, "color", "red", CodeNames("红", "Red"), at=NOON)
    with pytest.raises(BadCode):
        change_code(admin, code, CodeNames("", "Reseller"), is_active=True, at=NOON)


# Who may

ON_ONE: dict[str, Callable[[User, Customer], object]] = {
    "change": lambda by, one: change_customer(by, one, version=1, at=LATER, name="x"),
    "trash": lambda by, one: trash_customer(by, one, at=LATER),
    "restore": lambda by, one: restore_customer(by, one, at=LATER),
    "assign": lambda by, one: assign_customers(by, [one], by, at=LATER),
    "state": lambda by, one: set_state(by, one, State.TARGET, at=LATER),
    "point": lambda by, one: add_contact_point(
        by, one, Point(PointKind.WECHAT, "zw88"), at=LATER
    ),
    "tags": lambda by, one: set_tags(by, one, ["VIP"], at=LATER),
    "tag": lambda by, one: tag_customers(by, [one], ["VIP"], at=LATER),
    "note": lambda by, one: add_note(by, one, "x", at=LATER),
    "reveal": lambda by, one: reveal_field(by, one, "phone", reason="x", at=LATER),
}


@pytest.mark.parametrize("name", ON_ONE)
def test_the_owner_may(name: str, owner: User, customer: Customer) -> None:
    ON_ONE[name](owner, customer)


@pytest.mark.parametrize("name", ON_ONE)
def test_the_colleague_who_only_reads_may_not(
    name: str, colleague: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(Denied):
        ON_ONE[name](colleague, customer)


@pytest.mark.parametrize("name", ON_ONE)
def test_for_the_stranger_there_is_no_such_customer(
    name: str, stranger: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(NotVisible):
        ON_ONE[name](stranger, customer)
