import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.imports import engine, jobs
from guanxi.foundation.imports.commands import unfinished_run
from guanxi.foundation.imports.source import refused_path
from guanxi.foundation.models import ImportMap, ImportRun, Notice
from guanxi.foundation.tests.factories import checked_file, import_file, ready_file
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_user,
)

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
NothingWritten = Callable[[], AbstractContextManager[None]]
TEXT = "姓名,手机\n张伟,13800138000\n李娜,12\n"


def upload(client: Client, content: bytes, name: str = "名单.csv") -> ImportRun:
    file = SimpleUploadedFile(name, content)
    response = client.post(reverse("imports:new"), {"kind": "customers", "file": file})
    assert response.status_code == 302, response.content.decode()
    return ImportRun.objects.latest("pk")


def page(client: Client, run: ImportRun) -> str:
    response = client.get(reverse("imports:run", args=[run.pk]))
    assert response.status_code == 200
    return response.content.decode()


def act(client: Client, door: str, run: ImportRun, **data: object) -> None:
    response = client.post(reverse(f"imports:{door}", args=[run.pk]), data)
    assert response.status_code == 302


def test_a_file_goes_its_way_from_upload_to_undo() -> None:
    boss = make_administrator()
    client = signed_in(boss)
    run = upload(client, TEXT.encode("gb18030"))
    assert (run.state, run.owner_id) == ("checking", boss.pk)
    assert "hx-trigger" in page(client, run)
    jobs.check(run_id=run.pk)
    shown = page(client, run)
    assert "开始导入" in shown
    assert "电话号码" in shown
    assert "张伟" in shown
    act(client, "start", run)
    polled = client.get(reverse("imports:state", args=[run.pk]))
    assert "imports-progress" in polled.content.decode()
    jobs.take_in(run_id=run.pk)
    polled = client.get(reverse("imports:state", args=[run.pk]))
    assert polled.headers["HX-Redirect"] == reverse("imports:run", args=[run.pk])
    assert Customer.objects.get().owner_id == boss.pk
    told = Notice.objects.get(user=boss)
    assert told.payload["created"] == "1"
    response = client.get(reverse("imports:refused", args=[run.pk]))
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # -- a file
    assert "李娜" in body.decode("utf-8-sig")
    act(client, "undo", run)
    jobs.take_back(run_id=run.pk, user_id=boss.pk)
    assert not Customer.objects.exists()
    assert "已撤销" in page(client, run)


def test_a_mapping_is_corrected_and_kept() -> None:
    boss = make_administrator()
    client = signed_in(boss)
    run = upload(client, "甲;乙\n张伟;13800138000\n".encode())
    jobs.check(run_id=run.pk)
    shown = page(client, run)
    assert "请选择名称所在的列。" in shown
    assert "开始导入" not in shown
    plan = {
        "column_0": "name",
        "column_1": "phone",
        "option_match": "phone",
        "option_on_match": "skip",
        "option_form": "person",
        "option_source": "",
        "has_header": "yes",
        "delimiter": ";",
        "encoding": "utf-8",
        "date_key": "ymd",
        "decimal": ".",
    }
    act(client, "plan", run, **plan)
    jobs.check(run_id=run.pk)
    run.refresh_from_db()
    assert (run.columns, run.preview["created"]) == ({"0": "name", "1": "phone"}, 1)
    act(client, "keep", run, name="甲乙")
    assert ImportMap.objects.get(owner=boss).columns == run.columns
    act(client, "plan", run, **(plan | {"has_header": "no"}))
    jobs.check(run_id=run.pk)
    run.refresh_from_db()
    assert (run.headings, run.total) == ([], 2)


def test_given_changed_settings_when_started_then_they_are_checked_first() -> None:
    client = signed_in(make_administrator())
    run = upload(client, "电话,姓名\n13800138000,张伟\n13900139000,李娜\n".encode())
    jobs.check(run_id=run.pk)
    plan = {
        "column_0": "phone",
        "column_1": "name",
        "option_match": "phone",
        "option_on_match": "skip",
        "option_form": "auto",
        "option_source": "",
        "has_header": "yes",
        "delimiter": ",",
        "encoding": "utf-8",
        "date_key": "ymd",
        "decimal": ".",
    }
    act(client, "start", run, **(plan | {"column_0": "wechat", "option_match": "none"}))
    assert "正在重新检查" in page(client, run)
    run.refresh_from_db()
    assert (run.state, run.columns) == ("checking", {"0": "wechat", "1": "name"})
    jobs.check(run_id=run.pk)
    act(client, "start", run, **(plan | {"column_0": "wechat", "option_match": "none"}))
    run.refresh_from_db()
    assert run.state == "running"


def test_given_headings_alone_then_the_page_says_so_and_nothing_starts() -> None:
    client = signed_in(make_administrator())
    run = upload(client, "姓名,手机\n".encode())
    jobs.check(run_id=run.pk)
    shown = page(client, run)
    assert "标题行下没有数据" in shown
    assert "开始导入" not in shown
    act(client, "start", run)
    run.refresh_from_db()
    assert run.state == "ready"


def test_the_check_shows_what_becomes_of_rows_of_each_kind() -> None:
    make_customer("张伟", external_id="C1", phone="13800138000")
    client = signed_in(make_administrator())
    rows = "".join(f"C{n},客户{n},139{n:08d}\n" for n in range(2, 14))
    run = upload(client, f"编号,姓名,手机\n{rows}C1,张伟,\nC99,李娜,12\n".encode())
    jobs.check(run_id=run.pk)
    run.refresh_from_db()
    told = [(one["row"], one["fate"]) for one in run.preview["examples"]]
    assert told == [
        *((row, "created") for row in range(2, 10)),
        (14, "skipped"),
        (15, "refused"),
    ]
    shown = page(client, run)
    for words in (
        "将新增",
        "将跳过",
        "将退回",
        "电话号码不完整",
        "客户2",
        "C99 · 李娜 · 12",
    ):
        assert words in shown


def test_given_number_whose_last_digits_excel_lost_then_the_row_is_refused() -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("会员")
        sheet.write_row(0, 0, ["姓名", "身份证号", "年收入"])
        sheet.write_row(1, 0, ["张伟", 110101199003077759, 10**16])
        sheet.write_row(2, 0, ["李娜", "110101199003077758", 10**14])
    client = signed_in(make_administrator())
    run = upload(client, file.getvalue(), "名册.xlsx")
    jobs.check(run_id=run.pk)
    assert "表格把它存成了数字，末尾几位已经丢失" in page(client, run)
    act(client, "start", run)
    jobs.take_in(run_id=run.pk)
    kept = Customer.objects.get()
    assert (kept.name, kept.id_number) == ("李娜", "110101199003077758")


def test_given_line_without_end_then_the_limit_is_told_with_its_thousands() -> None:
    client = signed_in(make_administrator())
    file = SimpleUploadedFile("名单.csv", b"a" * 1_000_001)
    client.post(reverse("imports:new"), {"kind": "customers", "file": file})
    run = ImportRun.objects.latest("pk")
    jobs.check(run_id=run.pk)
    assert "文件中有一行超过 1,000,000 个字符" in page(client, run)


def test_given_workbook_when_another_sheet_is_chosen_then_its_rows_are_tried() -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("说明").write_column(0, 0, ["说明", "请看下一页"])
        members = book.add_worksheet("会员")
        members.write_row(0, 0, ["编号", "姓名"])
        members.write_row(1, 0, ["C1", "张伟"])
    client = signed_in(make_administrator())
    run = upload(client, file.getvalue(), "名册.xlsx")
    jobs.check(run_id=run.pk)
    assert "工作表" in page(client, run)
    run.refresh_from_db()
    facts = {name: run.format[name] for name in ("date_key", "decimal")}
    plan = {f"option_{key}": value for key, value in run.options.items()}
    act(client, "plan", run, **plan, **facts, has_header="yes", sheet="会员")
    jobs.check(run_id=run.pk)
    run.refresh_from_db()
    assert (run.headings, run.preview["created"]) == (["编号", "姓名"], 1)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("图.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "PNG"),
        ("空.csv", b"", "文件是空的"),
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        ("坏.xlsx", b"PK\x03\x04" + b"\0" * 300, "损坏"),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    name: str, content: bytes, sentence: str
) -> None:
    client = signed_in(make_administrator())
    run = upload(client, content, name)
    jobs.check(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert sentence in page(client, run)
    act(client, "discard", run)
    assert not ImportRun.objects.exists()


def test_nobody_touches_the_imports_of_others(nothing_written: NothingWritten) -> None:
    rights = (
        "import_run.read",
        "import_run.create",
        "import_run.undo",
        "customer.import",
        "customer.create",
        "customer.read",
    )
    owner, stranger = (
        make_user(roles=[make_role(dict.fromkeys(rights, Depth.OWN))]) for _ in "ab"
    )
    run = import_file(owner, "customers", TEXT)
    client = signed_in(stranger)
    with nothing_written():
        for name in ("run", "state", "refused"):
            response = client.get(reverse(f"imports:{name}", args=[run.pk]))
            assert response.status_code == 404
        for name in ("plan", "start", "stop", "undo", "discard", "keep"):
            response = client.post(reverse(f"imports:{name}", args=[run.pk]))
            assert response.status_code == 404
    assert run.name not in client.get(reverse("imports:runs")).content.decode()
    assert run.name in signed_in(owner).get(reverse("imports:runs")).content.decode()


def test_who_only_reads_imports_changes_none(nothing_written: NothingWritten) -> None:
    auditor = make_user(roles=[make_role({"import_run.read": Depth.ALL})])
    run = checked_file(HOUSE, "customers", TEXT)
    client = signed_in(auditor)
    assert client.get(reverse("imports:run", args=[run.pk])).status_code == 200
    with nothing_written():
        for name in ("plan", "start", "stop", "undo", "discard", "keep"):
            response = client.post(reverse(f"imports:{name}", args=[run.pk]))
            assert response.status_code == 403, name
        assert client.get(reverse("imports:new")).status_code == 403


def test_the_page_of_an_import_asks_the_database_little(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    client = signed_in(make_administrator())
    run = import_file(HOUSE, "customers", TEXT)
    assert refused_path(run).exists()
    page(client, run)
    with django_assert_max_num_queries(12):
        page(client, run)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_take_each_customer_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "CHUNK_ROWS", 20)
    text = "编号,姓名\n" + "".join(f"K{n},客户{n}\n" for n in range(200))
    runs = [ready_file(HOUSE, "customers", text) for _ in range(2)]

    def work(run: ImportRun) -> None:
        try:
            engine.execute(HOUSE, run)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Customer.objects.count() == 200
    done = ImportRun.objects.filter(pk__in=[run.pk for run in runs], state="done")
    assert sum(run.created for run in done) == 200
    assert sum(run.skipped for run in done) == 200


def test_a_run_that_was_cut_off_is_found_by_its_file() -> None:
    run = ready_file(HOUSE, "customers", TEXT)
    assert unfinished_run(checked_file(HOUSE, "customers", TEXT)) == run


class Unread(BytesIO):
    """A body of which nobody may ask a byte."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError(size)

    readline = read


@pytest.mark.parametrize("address", ["/imports/new/", "/api/v1/imports"])
def test_too_large_a_file_is_refused_before_it_is_received(
    address: str, nothing_written: NothingWritten
) -> None:
    client = signed_in(make_administrator())
    announced: Any = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(4 * 2**20 + 1)}
    with nothing_written(), override_settings(UPLOAD_LIMIT=3 * 2**20):
        response = client.generic(
            "POST",
            address,
            content_type="multipart/form-data; boundary=x",
            **announced,
        )
    assert response.status_code == 413
    assert "文件超过 3 MB" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_given_import_and_undo_then_the_list_tells_at_once_about_how_many() -> None:
    client = signed_in(make_administrator())
    rows = "\n".join(f"客户{n:04d}" for n in range(1500))
    run = upload(client, f"姓名\n{rows}\n".encode())
    jobs.check(run_id=run.pk)
    act(client, "start", run)
    jobs.take_in(run_id=run.pk)
    listed = client.get(reverse("customers:customers")).content.decode()
    assert re.findall("约 [^<]* 条", listed) == ["约 1,500 条"]
    make_customer("张伟")
    act(client, "undo", run)
    jobs.take_back(run_id=run.pk, user_id=run.owner_id)
    assert _statistics("customers_customer") == 1


def _statistics(table: str) -> int:
    """Return how many rows the planner believes to be in ``table``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return int(cursor.fetchone()[0])
