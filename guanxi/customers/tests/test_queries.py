"""None"""

from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django.fixtures import DjangoAssertNumQueries

from guanxi.customers.commands.customer import change_customer
from guanxi.customers.commands.note import add_note
from guanxi.customers.commands.relation import add_relation
from guanxi.customers.models import Customer, Relation
from guanxi.customers.policies import (
    CUSTOMER,
    mask_address,
    mask_birth,
    mask_wechat,
)
from guanxi.customers.queries.customer import (
    bare_customer,
    customers,
    relations_of,
    trashed_customer,
    trashed_customers,
)
from guanxi.customers.queries.customer import (
    customer as one_customer,
)
from guanxi.customers.queries.search import customer_match, find_customers
from guanxi.customers.queries.timeline import PAGE, timeline
from guanxi.customers.rules import STATE_TONES, Form, RelationKind, State
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.identifiers import mask_identifier
from guanxi.foundation.phones import mask_any_phone
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("test")
LATER = NOON + timedelta(hours=1)


def found(viewer: User | System, text: str) -> list[str]:
    rows = customers(viewer).filter(customer_match(viewer, text))
    return list(rows.order_by("pk").values_list("name", flat=True))


def test_owner_and_team_see_a_customer_a_stranger_does_not(
    owner: User, colleague: User, stranger: User, customer: Customer
) -> None:
    for viewer in (owner, colleague):
        assert list(customers(viewer)) == [customer]
        assert one_customer(viewer, customer.pk) == customer
        assert bare_customer(viewer, customer.pk) == customer
    assert list(customers(stranger)) == []
    for ask in (one_customer, bare_customer):
        with pytest.raises(NotVisible):
            ask(stranger, customer.pk)


def test_what_is_in_the_trash_is_only_there(
    owner: User, stranger: User, customer: Customer
) -> None:
    Customer.objects.update(deleted_at=NOON)
    assert list(customers(owner)) == []
    assert list(trashed_customers(owner)) == [customer]
    assert trashed_customer(owner, customer.pk) == customer
    with pytest.raises(NotVisible):
        trashed_customer(stranger, customer.pk)


def test_relations_show_only_those_one_may_see(owner: User, customer: Customer) -> None:
    mine = make_customer("李娜", owner=owner, team=owner.team)
    foreign = make_customer("王芳")
    trashed = make_customer("刘洋", owner=owner, team=owner.team, deleted_at=NOON)
    for other in (mine, foreign, trashed):
        add_relation(HOUSE, customer, target=other, kind=RelationKind.FAMILY, at=NOON)
    assert [r.target for r in relations_of(owner, customer)] == [mine]
    assert [r.source for r in relations_of(owner, mine)] == [customer]


def test_of_very_many_relations_one_more_than_are_shown_is_read(
    owner: User, customer: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_customer(owner=owner, team=owner.team) for _n in range(102)]
    Relation.objects.bulk_create(
        Relation(source=one, target=customer, kind=RelationKind.WORKS_FOR)
        for one in people
    )
    _ = owner.grants, owner.team_ids
    with django_assert_num_queries(1):
        found = relations_of(owner, customer)
        assert [r.source.name for r in found] == [one.name for one in people[:101]]


@pytest.fixture
def crowd(db: None) -> None:
    make_customer("张伟", phone="13800138000", email="zhang.wei@example.com")
    make_customer("张薇薇", phone="02164871234")
    make_customer("曾小贤")
    make_customer("单雄信")
    make_customer("尉迟敬德")
    make_customer("𠮷田优子")
    make_customer("上海云杉家居有限公司", form=Form.ORGANIZATION, external_id="C-0815")
    make_customer("Ann Lee", email="ann@example.com")


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张", ["张伟", "张薇薇"]),
        ("张伟", ["张伟"]),
        ("薇薇", ["张薇薇"]),
        ("云杉", ["上海云杉家居有限公司"]),
        ("云杉家居", ["上海云杉家居有限公司"]),
        ("zhangwei", ["张伟", "张薇薇"]),
        ("ZhangWei", ["张伟", "张薇薇"]),
        ("zw", ["张伟", "张薇薇"]),
        ("zxx", ["曾小贤"]),
        ("zengxiaoxian", ["曾小贤"]),
        ("cengxiaoxian", ["曾小贤"]),
        ("shanxiongxin", ["单雄信"]),
        ("danxiongxin", ["单雄信"]),
        ("yuchi", ["尉迟敬德"]),
        ("weichi", ["尉迟敬德"]),
        ("𠮷田", ["𠮷田优子"]),
        ("yunshan", ["上海云杉家居有限公司"]),
        ("c-0815", ["上海云杉家居有限公司"]),
        ("ann", ["Ann Lee"]),
        ("lee", ["Ann Lee"]),
        ("0138", ["张伟"]),
        ("138 0013 8000", ["张伟"]),
        ("+8613800138000", ["张伟"]),
        ("6487", ["张薇薇"]),
        ("zhang.wei@", ["张伟"]),
        ("example.com", ["张伟", "Ann Lee"]),
        ("100%", []),
        ("没有", []),
    ],
)
def test_search_finds(text: str, names: list[str]) -> None:
    assert found(HOUSE, text) == names


def test_who_sees_contacts_masked_finds_them_only_in_full(
    agent: User, customer: Customer
) -> None:
    assert found(agent, "张伟") == ["张伟"]
    assert found(agent, "13800138000") == ["张伟"]
    assert found(agent, "Zhang.Wei@example.com") == ["张伟"]
    for fragment in ("138001", "zhang.wei", "example.com", "8000"):
        assert found(agent, fragment) == []


def test_who_sees_names_masked_does_not_find_by_them(customer: Customer) -> None:
    role = make_role({"customer.read": Depth.ALL}, {"customer.name": Level.MASKED})
    assert found(make_user(roles=[role]), "张伟") == []


@pytest.mark.parametrize(
    ("rights", "level", "names"),
    [
        (("read", "edit"), Level.MASKED, ["张伟"]),
        (("read", "edit"), Level.HIDDEN, []),
        (("read",), Level.MASKED, []),
    ],
)
def test_covered_numbers_are_looked_up_only_by_who_works_with_customers(
    rights: tuple[str, ...], level: Level, names: list[str]
) -> None:
    make_customer("张伟", phone="13800138000")
    depths = {f"customer.{right}": Depth.ALL for right in rights}
    viewer = make_user(roles=[make_role(depths, {"customer.phone": level})])
    assert found(viewer, "13800138000") == names


@pytest.mark.parametrize("field", ["short_name", "external_id"])
def test_what_one_may_not_read_is_not_searched(field: str) -> None:
    make_customer("张伟", **{field: "ZW-417"})  # type: ignore[arg-type]  # -- a column
    role = make_role({"customer.read": Depth.ALL}, {f"customer.{field}": Level.HIDDEN})
    viewer = make_user(roles=[role])
    assert found(viewer, "ZW-417") == []
    assert found(viewer, "张伟") == ["张伟"]
    assert found(HOUSE, "ZW-417") == ["张伟"]


def test_the_search_of_the_house_puts_the_very_name_first(owner: User) -> None:
    for name in ("张伟强", "小张伟", "张伟"):
        make_customer(name, owner=owner, team=owner.team, city="上海")
    results = find_customers(owner, "张伟", 2)
    assert [(one.label, one.detail) for one in results] == [
        ("张伟", "上海"),
        ("张伟强", "上海"),
    ]


def test_the_search_of_the_house_puts_names_first_that_begin_so_in_pinyin(
    owner: User,
) -> None:
    company = "北京长乐贸易有限公司"  # 长 is also read zhang
    make_customer(company, short_name="长乐", owner=owner, team=owner.team)
    for name in ("章薇", "张三"):
        make_customer(name, owner=owner, team=owner.team)
    names = [one.label for one in find_customers(owner, "zhang", 8)]
    assert names == ["张三", "章薇", company]


def test_the_search_of_the_house_masks_for_everybody(
    owner: User, agent: User, customer: Customer
) -> None:
    for viewer in (owner, agent):
        (one,) = find_customers(viewer, "张伟", 8)
        assert one.detail == "138****8000 · 上海"
        assert one.url == f"/customers/{customer.pk}/"


def test_the_timeline_tells_changes_and_notes(owner: User, customer: Customer) -> None:
    add_note(owner, customer, "下午联系", at=NOON)
    change_customer(
        owner, customer, version=1, at=LATER, industry="零售", is_key=True, note="x"
    )
    with translation.override("en"):
        changed, note = timeline(owner, customer).items
        assert changed.title == "Customer changed"
        assert changed.body == (
            "Remarks and notes changed; Key account: no → yes; Industry: – → 零售"
        )
        assert (note.title, note.body) == ("Note written", "下午联系")
    with translation.override("zh-hans"):
        changed = timeline(owner, customer).items[0]
        assert changed.body == (
            "备注与跟进记录已修改；关键客户：否 → 是；行业：– → 零售"
        )


def test_the_timeline_hides_what_the_viewer_may_not_read(
    owner: User, agent: User, customer: Customer
) -> None:
    add_note(owner, customer, "私密", at=NOON)
    change_customer(owner, customer, version=1, at=LATER, id_number="310104X")
    silent = make_user(
        roles=[
            make_role({"customer.read": Depth.TEAM}, {"customer.note": Level.HIDDEN})
        ],
        team=owner.team,
    )
    assert [item.body for item in timeline(agent, customer).items] == ["", "私密"]
    assert [item.body for item in timeline(silent, customer).items][1] == ""


def test_the_timeline_goes_on_with_older_pages(owner: User, customer: Customer) -> None:
    for n in range(PAGE + 5):
        add_note(owner, customer, f"记录 {n}", at=NOON)
    first = timeline(owner, customer)
    rest = timeline(owner, customer, before=int(first.older))
    assert (len(first.items), len(rest.items), rest.older) == (PAGE, 5, "")
    assert first.items[0].body == f"记录 {PAGE + 4}"
    assert rest.items[-1].body == "记录 0"


def test_masks() -> None:
    assert mask_any_phone("+8613800138000") == "138****8000"
    assert mask_any_phone("138 0013 8000") == "138****8000"
    assert mask_any_phone("12") == "***"
    assert mask_wechat("zhangwei88") == "z***"
    assert mask_identifier("310104198505171234") == "310*************34"
    assert mask_identifier("E1234") == "*****"
    assert mask_birth("1985-05-17") == "1985-**-**"
    assert mask_address("漕溪北路 88 号") == "***"


def test_every_column_of_a_customer_has_a_policy() -> None:
    kept_apart = {
        "id",
        "sort_name",
        "match_name",
        "search",
        "search_contact",
        # Shown nowhere: equality of the field they belong to is asked of them.
        "id_number_index",
        "bank_card_index",
        "created_by",
        "import_run_id",
        "version",
        "extra",
        "deleted_at",
        "erased_at",
    }
    columns = {field.name for field in Customer._meta.get_fields() if field.concrete}
    assert columns - kept_apart - set(CUSTOMER.fields) == set()


def test_states_have_tones() -> None:
    assert set(STATE_TONES) == set(State)
