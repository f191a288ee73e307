"""Imports of parties that are undone, cut off, stopped, or overtaken."""

import pytest
from django.db import connection

from guanxi.customers.commands.note import add_note
from guanxi.customers.imports.loader import CustomerLoader
from guanxi.customers.models import Customer, Relation
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import System
from guanxi.foundation.imports import commands, engine
from guanxi.foundation.models import ImportRun
from guanxi.foundation.tests.factories import (
    digest_of,
    import_file,
    ready_file,
    undo_file,
)
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
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
