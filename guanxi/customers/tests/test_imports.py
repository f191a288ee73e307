import csv
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import translation

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.note import add_note
from guanxi.customers.imports.loader import CustomerLoader
from guanxi.customers.models import Address, ContactPoint, Customer, Relation, Traits
from guanxi.customers.queries.customer import customer, points_of
from guanxi.customers.queries.search import find_customers
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.wiring import room
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.imports import commands, engine
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.refused import labels_of, reason_of
from guanxi.foundation.imports.source import refused_path
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow
from guanxi.foundation.tests.factories import (
    checked_file,
    digest_of,
    import_file,
    ready_file,
    undo_file,
)
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
ACCOUNTS = Path(__file__).parents[3] / "../shared/fixtures/crm_maven/accounts.csv"
TABLES = (
    "customers_customer",
    "customers_contactpoint",
    "customers_address",
    "customers_traits",
    "customers_customer_tags",
    "customers_relation",
)
PEOPLE = """客户编号,姓名,手机,邮箱,省份,城市,标签
A1,张伟,138 0013 8000,ZhangWei@Example.com,上海市,上海市,VIP；老客
A2,李娜,+86 13900139000,,浙江省,杭州,
A3,王磊,010-88886666转801,,北京市,北京,VIP
"""


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    labels = labels_of(import_kind(run.kind))
    with translation.override("zh-hans"):
        return [
            (row.number, reason_of(row, labels))
            for row in RefusedRow.objects.filter(run=run).order_by("index")
        ]


def broken_laws() -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for law in room.invariants:
            cursor.execute(law.sql)
            if cursor.fetchone() is not None:
                found.append(str(law.name))
    return found


def test_a_file_of_persons_is_stored_normalized_and_found() -> None:
    run = import_file(HOUSE, "customers", PEOPLE)
    assert (run.state, run.created, run.refused) == ("done", 3, 0)
    found = customer(HOUSE, Customer.objects.get(external_id="A1").pk)
    assert (found.name, found.phone, found.email) == (
        "张伟",
        "+8613800138000",
        "zhangwei@example.com",
    )
    assert (found.province, found.city, found.state) == ("上海", "上海", "potential")
    assert sorted(tag.name for tag in found.tags.all()) == ["VIP", "老客"]
    assert Address.objects.get(customer=found).province == "上海"
    assert [p.shown for p in points_of(Customer.objects.get(external_id="A3"))] == [
        "010-8888 6666-801"
    ]
    assert [one.label for one in find_customers(HOUSE, "zhangwei", 5)] == ["张伟"]
    assert broken_laws() == []


def test_every_party_of_a_file_has_the_kind_of_its_form() -> None:
    ship_codes(HOUSE)
    import_file(HOUSE, "customers", PEOPLE)
    import_file(HOUSE, "customers", "公司名称\n云杉家居有限公司\n")
    kinds = Customer.objects.values_list("form", "kind__key").distinct()
    assert set(kinds) == {("person", "consumer"), ("organization", "enterprise")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found(encoding: str) -> None:
    run = checked_file(HOUSE, "customers", PEOPLE, encoding=encoding)
    assert (run.preview["created"], run.preview["refused"]) == (3, 0)
    assert run.preview["examples"][0]["cells"][:2] == ["张伟", "A1"]


def test_a_check_writes_nothing_and_tells_what_would_happen() -> None:
    make_customer("张伟", phone="13800138000", external_id="A1")
    before = digest_of(*TABLES)
    run = checked_file(HOUSE, "customers", PEOPLE + "A1,张伟,,,,,\n,,13700137000,,,,\n")
    assert digest_of(*TABLES) == before
    assert run.state == "ready"
    told = {k: run.preview[k] for k in ("looked", "created", "skipped", "refused")}
    assert told == {"looked": 5, "created": 2, "skipped": 2, "refused": 1}


def test_several_numbers_in_a_cell_are_several_points() -> None:
    text = "姓名,电话,邮箱\n张伟,13800138000；13900139000/010-88886666,a@example.com,b@example.com\n"
    import_file(HOUSE, "customers", text.replace(",b@", "；b@"))
    points = ContactPoint.objects.order_by("pk").values_list("value", "is_primary")
    assert list(points) == [
        ("+8613800138000", True),
        ("+8613900139000", False),
        ("+861088886666", False),
        ("a@example.com", True),
        ("b@example.com", False),
    ]


def test_a_refused_row_stops_nothing_and_comes_back_with_its_reason() -> None:
    text = (
        "姓名,手机,备注\n张伟,13800138000,=1+1\n李娜,12,=HYPERLINK(1)\n,13900139000,\n"
    )
    run = import_file(HOUSE, "customers", text)
    assert (run.created, run.refused, run.cursor) == (1, 2, 3)
    assert [number for number, _reason in reasons(run)] == [3, 4]
    with refused_path(run).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["姓名", "手机", "备注", "行", "原因"]
    assert rows[1][:4] == ["李娜", "12", "'=HYPERLINK(1)", "3"]
    assert rows[1][4].startswith("电话：")
    assert rows[2][3:] == ["4", "名称：缺少名称。"]


def test_corrected_refused_rows_are_taken_in_again() -> None:
    run = import_file(HOUSE, "customers", "姓名,手机\n李娜,12\n")
    text = refused_path(run).read_text(encoding="utf-8-sig")
    again = import_file(HOUSE, "customers", text.replace('"12"', '"13900139000"'))
    assert (again.created, again.refused) == (1, 0)


def test_a_customer_that_is_there_is_skipped_by_default() -> None:
    there = make_customer("张伟", phone="13800138000", city="南京")
    before = digest_of(*TABLES)
    run = import_file(HOUSE, "customers", "姓名,手机,城市\n张大伟,13800138000,上海\n")
    assert (run.created, run.skipped) == (0, 1)
    assert digest_of(*TABLES) == before
    assert Customer.objects.get().pk == there.pk


def test_an_update_fills_and_adds_and_leaves_what_is_empty() -> None:
    there = make_customer("张伟", phone="13800138000", city="南京", industry="教育")
    run = import_file(
        HOUSE,
        "customers",
        "姓名,手机,城市,行业,邮箱,标签\n张大伟,13800138000,上海,,z@example.com,VIP\n",
        options={"on_match": "update", "match": "phone"},
    )
    assert (run.created, run.updated) == (0, 1)
    found = Customer.objects.get(pk=there.pk)
    assert (found.name, found.city, found.industry) == ("张大伟", "上海", "教育")
    assert (found.phone, found.email) == ("+8613800138000", "z@example.com")
    assert [tag.name for tag in found.tags.all()] == ["VIP"]
    told = LoggedEvent.objects.get(name="customers.CustomerChanged")
    assert told.changes["city"] == ["南京", "上海"]
    assert broken_laws() == []


@pytest.mark.parametrize(
    ("heads", "cells", "after"),
    [
        ("省份,城市", "浙江,杭州", ("浙江", "杭州", "", "", "")),
        (
            "省份,城市,地址",
            "浙江,杭州,文三路 9 号",
            ("浙江", "杭州", "", "文三路 9 号", ""),
        ),
        (
            "地址,邮编",
            "汉中路 2 号,210029",
            ("江苏", "南京", "玄武区", "汉中路 2 号", "210029"),
        ),
        ("城市", "南京", ("江苏", "南京", "玄武区", "中山路 1 号", "210018")),
    ],
)
def test_given_another_place_when_updated_and_undone_then_the_address_follows(
    heads: str, cells: str, after: tuple[str, ...]
) -> None:
    there = make_customer("张伟", phone="13800138000", province="江苏", city="南京")
    before = ("江苏", "南京", "玄武区", "中山路 1 号", "210018")
    parts = ("province", "city", "district", "street", "postcode")
    Address.objects.create(
        customer=there, is_primary=True, **dict(zip(parts, before, strict=True))
    )
    run = import_file(
        HOUSE,
        "customers",
        f"姓名,手机,{heads}\n张伟,13800138000,{cells}\n",
        options={"on_match": "update", "match": "phone"},
    )
    assert Address.objects.values_list(*parts).get() == after
    found = Customer.objects.get()
    assert (found.province, found.city) == after[:2]
    assert found.version == (1 if after == before else 2)
    undo_file(HOUSE, run)
    assert Address.objects.values_list(*parts).get() == before
    found.refresh_from_db()
    assert (found.province, found.city) == before[:2]


def test_given_a_postcode_alone_then_it_is_kept() -> None:
    import_file(HOUSE, "customers", "姓名,邮编\n张伟,012345\n")
    assert Address.objects.get().postcode == "012345"


def test_asking_refuses_the_row_for_somebody_to_decide() -> None:
    make_customer("张伟", phone="13800138000")
    run = import_file(
        HOUSE,
        "customers",
        "姓名,手机\n张伟,13800138000\n",
        options={"on_match": "ask"},
    )
    assert reasons(run) == [(2, "电话：已有这位客户。")]


def test_two_customers_with_the_same_number_are_for_a_person_to_tell_apart() -> None:
    make_customer("张伟", phone="13800138000")
    make_customer("张太太", phone="13800138000")
    run = import_file(HOUSE, "customers", "姓名,手机\n张伟,13800138000\n")
    assert reasons(run) == [(2, "电话：有多位客户符合，请确定是哪一位。")]


@pytest.mark.parametrize(
    ("on_match", "counts", "name"),
    [
        ("skip", (1, 0, 2, 0), "张伟"),
        ("update", (1, 2, 0, 0), "张小伟"),
        ("ask", (1, 0, 0, 2), "张伟"),
    ],
)
def test_rows_of_one_file_that_speak_of_one_customer(
    on_match: str, counts: tuple[int, ...], name: str
) -> None:
    text = "编号,姓名,城市\nA1,张伟,上海\nA1,张大伟,\nA1,张小伟,杭州\n"
    run = import_file(HOUSE, "customers", text, options={"on_match": on_match})
    assert (run.created, run.updated, run.skipped, run.refused) == counts
    assert Customer.objects.get().name == name
    check = checked_file(HOUSE, "customers", text.replace("A1", "B1"))
    assert check.preview["created"] == 1


def test_companies_are_known_by_name_and_linked_to_their_parents() -> None:
    text = (
        "account,sector,employees,subsidiary_of\n"
        "Betatech,medical,185,Acme Corporation\n"
        "Acme Corporation,retail,2822,\n"
        "Zoomit,retail,9,Nobody Inc\n"
    )
    run = import_file(HOUSE, "customers", text)
    assert run.created == 3
    relation = Relation.objects.get()
    assert (relation.source.name, relation.target.name, relation.kind) == (
        "Betatech",
        "Acme Corporation",
        "subsidiary_of",
    )
    assert {one.form for one in Customer.objects.all()} == {"organization"}
    assert run.preview["unresolved"] == ["没有唯一名为“Nobody Inc”的客户，未建立关系。"]
    again = import_file(HOUSE, "customers", text)
    assert (again.created, again.skipped) == (0, 3)


def test_the_accounts_of_a_real_company_come_in_whole() -> None:
    if not ACCOUNTS.exists():
        pytest.skip("needs ../shared/fixtures/crm_maven")
    run = import_file(HOUSE, "customers", ACCOUNTS.read_bytes())
    assert (run.created, run.refused) == (85, 0)
    assert Customer.objects.filter(form="organization").count() == 85
    acme = Customer.objects.get(name="Acme Corporation")
    assert (acme.industry, acme.founded_year, acme.employees) == (
        "technolgy",
        1996,
        2822,
    )
    assert Relation.objects.count() == 15
    assert Traits.objects.count() == 85


def test_undoing_restores_the_former_state_exactly() -> None:
    parent = make_customer("华东集团", form="organization")
    make_customer("张伟", phone="13800138000", city="南京", external_id="A1")
    before = digest_of(*TABLES)
    text = (
        "编号,姓名,手机,邮箱,城市,标签,上级公司,地址\n"
        "A1,张大伟,13900139000,z@example.com,上海,VIP,华东集团,南京路1号\n"
        "A2,李娜,13700137000,,杭州,VIP,华东集团,\n"
        "A1,张小伟,,,北京,新客,,\n"
    )
    run = import_file(HOUSE, "customers", text, options={"on_match": "update"})
    assert (run.created, run.updated, run.refused) == (1, 2, 0)
    assert Relation.objects.filter(target=parent).count() == 2
    assert digest_of(*TABLES) != before
    undone = undo_file(HOUSE, run)
    assert (undone.state, undone.removed, undone.restored) == ("undone", 1, 1)
    assert undone.kept == 0
    assert digest_of(*TABLES) == before


def test_undoing_keeps_what_somebody_has_worked_with() -> None:
    there = make_customer("张伟", external_id="A1", city="南京")
    run = import_file(
        HOUSE,
        "customers",
        "编号,姓名,城市\nA1,张伟,上海\nA2,李娜,杭州\nA3,王磊,北京\n",
        options={"on_match": "update"},
    )
    Customer.objects.filter(pk=there.pk).update(version=9, city="苏州")
    noted = Customer.objects.get(external_id="A2")
    add_note(HOUSE, noted, text="已联系", at=NOON)
    undone = undo_file(HOUSE, run)
    assert (undone.removed, undone.restored, undone.kept) == (1, 0, 2)
    assert Customer.objects.get(pk=there.pk).city == "苏州"
    assert Customer.objects.get(pk=noted.pk).deleted_at is not None
    assert not Customer.objects.filter(external_id="A3").exists()


def test_a_run_cut_off_anywhere_ends_as_a_run_that_was_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [
        f"K{n % 37},客户{n},{13_000_000_000 + n},{'x' if n % 11 == 0 else ''}"
        for n in range(60)
    ]
    text = "编号,姓名,手机,成立年份\n" + "\n".join(rows) + "\n"
    options = {"on_match": "update"}
    but = (
        "id",
        "customer_id",
        "import_run_id",
        "created_at",
        "updated_at",
        "tag_id",
        "version",
    )
    clean = import_file(HOUSE, "customers", text, options=options)
    wanted = digest_of(*TABLES, but=but)
    undo_file(HOUSE, clean)
    monkeypatch.setattr(engine, "CHUNK_ROWS", 7)
    run = ready_file(HOUSE, "customers", text, options=options)
    cuts = 0
    while run.state != "done":
        cuts += 1
        try:
            run = engine.execute(HOUSE, run, _cut_off)
        except PowerCut:
            run.refresh_from_db()
    assert cuts == 10
    assert digest_of(*TABLES, but=but) == wanted
    assert (run.created, run.updated, run.refused) == (
        clean.created,
        clean.updated,
        clean.refused,
    )


class PowerCut(Exception):
    pass


def _cut_off(run: ImportRun) -> None:
    raise PowerCut


def test_a_process_that_was_overtaken_leaves() -> None:
    run = ready_file(HOUSE, "customers", PEOPLE)
    ImportRun.objects.filter(pk=run.pk).update(cursor=3)
    assert engine.execute(HOUSE, run).created == 0
    assert not Customer.objects.exists()


def test_a_stopped_run_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHUNK_ROWS", 2)
    run = ready_file(HOUSE, "customers", PEOPLE)

    def stop(held: ImportRun) -> None:
        commands.stop_import(HOUSE, held)

    stopped = engine.execute(HOUSE, run, stop)
    assert (stopped.state, stopped.created) == ("stopped", 2)
    done = engine.execute(HOUSE, commands.begin(HOUSE, stopped, at=NOON))
    assert (done.state, done.created) == ("done", 3)


def test_what_the_database_does_not_take_costs_one_row() -> None:
    text = "姓名,手机\n张伟,13800138000\n" + "李" * 200 + "𠮷,13900139000\n王磊,\n"
    run = import_file(HOUSE, "customers", text)
    assert (run.created, run.refused) == (2, 1)


SELLER = {
    **dict.fromkeys(("customer.create", "customer.edit", "customer.import"), Depth.OWN),
    **dict.fromkeys(("import_run.read", "import_run.create"), Depth.OWN),
}
TWO_PEOPLE = "姓名,手机\n张伟,13800138000\n李娜,13900139000\n"


def seller_who_sees(depth: Depth) -> User:
    """Return who imports what is to be his own, and sees customers to ``depth``."""
    return make_user(
        roles=[make_role({**SELLER, "customer.read": depth})], team=make_team()
    )


def test_people_import_their_own_and_may_not_change_what_is_of_others() -> None:
    seller = seller_who_sees(Depth.ALL)
    make_customer("张伟", phone="13800138000", team=make_team())
    run = import_file(seller, "customers", TWO_PEOPLE, options={"on_match": "update"})
    assert (run.created, run.updated, run.refused) == (1, 0, 1)
    assert reasons(run) == [(2, "电话：已有这位客户，而你无权修改。")]
    made = Customer.objects.get(name="李娜")
    assert (made.owner_id, made.team_id) == (seller.pk, seller.team_id)


@pytest.mark.parametrize("on_match", ["update", "skip", "ask"])
@pytest.mark.parametrize("match", ["phone", "name", "email", "credit_code"])
def test_given_customer_out_of_sight_when_imported_then_it_is_as_if_there_was_none(
    match: str, on_match: str
) -> None:
    file = (
        "类型,名称,手机,邮箱,统一社会信用代码\n"
        "组织,木屿公司,13800138000,a@example.cn,91350100M000100Y43\n"
    )
    options = {"on_match": on_match, "match": match}
    told = []
    for is_there in (False, True):
        seller = seller_who_sees(Depth.OWN)
        with transaction.atomic():
            if is_there:
                make_customer(
                    "木屿公司",
                    form="organization",
                    phone="13800138000",
                    email="a@example.cn",
                    credit_code="91350100M000100Y43",
                    team=make_team(),
                )
            run = import_file(seller, "customers", file, options=options)
            told.append((run.created, run.updated, run.skipped, reasons(run)))
            transaction.set_rollback(True)
    assert told[0] == told[1] == (1, 0, 0, [])


def test_a_field_that_may_not_be_written_cannot_be_mapped() -> None:
    role = make_role(
        dict.fromkeys(
            ("customer.import", "import_run.create", "import_run.read"), Depth.OWN
        ),
        {"customer.phone": Level.MASKED},
    )
    clerk = make_user(roles=[role])
    run = checked_file(clerk, "customers", "姓名,手机\n张伟,13800138000\n")
    assert run.columns == {"0": "name"}
    with pytest.raises(commands.BadMapping):
        commands.apply_choices(
            clerk, run, commands.Choices(columns={"0": "name", "1": "phone"})
        )


def test_without_the_right_no_file_is_taken() -> None:
    role = make_role({"import_run.create": Depth.OWN, "customer.read": Depth.ALL})
    with pytest.raises(Denied):
        checked_file(make_user(roles=[role]), "customers", PEOPLE)
    assert not ImportRun.objects.exists()


def test_a_mapping_is_proposed_again_for_the_same_headings() -> None:
    boss = make_user(roles=[make_role(is_everything=True)])
    text = "甲,乙\n张伟,1990-05-01\n"
    run = checked_file(boss, "customers", text)
    assert run.columns.get("0") != "name"
    commands.apply_choices(
        boss, run, commands.Choices(columns={"0": "name", "1": "birth_on"})
    )
    commands.keep_map(boss, run, name="甲乙", at=NOON)
    again = checked_file(boss, "customers", text.replace("张伟", "李娜"))
    assert again.columns == {"0": "name", "1": "birth_on"}
    done = engine.execute(boss, commands.begin(boss, again, at=NOON))
    assert (done.created, Customer.objects.get().birth_on) == (1, date(1990, 5, 1))


def test_after_an_import_nothing_is_left_to_sort_into_the_text_indexes() -> None:
    import_file(HOUSE, "customers", PEOPLE)
    assert _pages_to_sort_in("customer_search") == 0
    assert _pages_to_sort_in("customer_search_contact") == 0


def test_an_index_that_cannot_be_sorted_in_stops_no_import(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(CustomerLoader, "text_indexes", ("customer_owner",))
    run = import_file(HOUSE, "customers", PEOPLE)
    assert (run.state, run.created) == ("done", 3)
    assert "customer_owner" in caplog.text


def _pages_to_sort_in(index: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
        (pages,) = cursor.fetchone()
    return int(pages)


@pytest.mark.parametrize(
    ("city", "province"),
    [
        ("杭州市", ""),
        ("深圳", "广东"),
        ("新加坡", "广东"),
        ("吉林", ""),
        ("广州", "广东"),
    ],
)
def test_given_new_city_alone_then_a_province_where_it_is_not_stays_behind(
    city: str, province: str
) -> None:
    make_customer("张伟", external_id="C1", province="广东", city="广州")
    text = f"客户编号,姓名,城市\nC1,张伟,{city}\n"
    import_file(HOUSE, "customers", text, options={"on_match": "update"})
    assert Customer.objects.get().province == province


@pytest.mark.parametrize(
    ("heads", "forms"),
    [
        ("姓名,员工数", ["organization", "organization"]),
        ("姓名,员工数,生日", ["organization", "person"]),
    ],
)
def test_given_columns_of_companies_and_persons_then_each_row_is_looked_at(
    heads: str, forms: list[str]
) -> None:
    import_file(HOUSE, "customers", f"{heads}\n苏州知白科技有限公司,20\n张伟,\n")
    found = Customer.objects.order_by("pk").values_list("form", flat=True)
    assert list(found) == forms
