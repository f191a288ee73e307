"""None"""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.models import Address, ContactPoint, Customer, Relation, Traits
from guanxi.customers.queries.customer import customer, points_of
from guanxi.customers.queries.search import find_customers
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.wiring import room
from guanxi.foundation.actor import System
from guanxi.foundation.imports import commands, engine
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.refused import labels_of, reason_of
from guanxi.foundation.imports.source import refused_path
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow
from guanxi.foundation.tests.factories import (
    checked_file,
    digest_of,
    import_file,
    undo_file,
)
from guanxi.identity.tests.factories import NOON, make_role, make_user

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
