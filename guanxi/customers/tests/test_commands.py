"""None"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from guanxi.customers.commands.code import (
    BadCode,
    CodeNames,
    add_code,
    change_code,
    ship_codes,
)
from guanxi.customers.commands.contact_point import add_contact_point
from guanxi.customers.commands.customer import (
    change_customer,
    create_customer,
)
from guanxi.customers.commands.note import BadNote, add_note
from guanxi.customers.commands.owner import OwnerGone, assign_customers
from guanxi.customers.commands.relation import (
    BadRelation,
    add_relation,
    remove_relation,
)
from guanxi.customers.commands.reveal import NoReason, reveal_field
from guanxi.customers.commands.state import set_state
from guanxi.customers.commands.tag import set_tags, tag_customers
from guanxi.customers.commands.traits import set_traits
from guanxi.customers.commands.trash import restore_customer, trash_customer
from guanxi.customers.models import (
    Code,
    Customer,
    Note,
    Relation,
    Tag,
    Traits,
)
from guanxi.customers.rules import Form, PointKind, RelationKind, State
from guanxi.customers.rules.point import Place, Point
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.traces import log
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("test")
LATER = NOON + timedelta(hours=1)
NothingWritten = Callable[[], AbstractContextManager[None]]


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


def test_given_a_field_hidden_altogether_when_revealed_then_denied(
    customer: Customer, nothing_written: NothingWritten
) -> None:
    depths = {"customer.read": Depth.ALL, "customer.reveal": Depth.ALL}
    blind = make_user(roles=[make_role(depths, {"customer.phone": Level.HIDDEN})])
    with nothing_written(), pytest.raises(Denied):
        reveal_field(blind, customer, "phone", reason="回拨", at=LATER)


def test_given_a_field_that_is_never_masked_when_revealed_then_denied(
    agent: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written(), pytest.raises(Denied):
        reveal_field(agent, customer, "industry", reason="x", at=LATER)


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
    assert Code.objects.count() == 22
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
