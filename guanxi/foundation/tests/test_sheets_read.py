import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.sheets.guard import guarded, unguarded
from guanxi.foundation.sheets.read import headings, rows
from guanxi.foundation.sheets.sniff import FLAT, SheetFormat, sniff
from guanxi.foundation.sheets.unreadable import UnreadableSheet
from guanxi.foundation.sheets.write import (
    LONGEST_XLSX_CELL,
    Cell,
    write_csv,
    write_xlsx,
)

CORPORA = Path(__file__).parents[4] / "shared/fixtures/corpora"
FLAT_XLSX = SheetFormat(kind="xlsx")
needs_corpora = pytest.mark.skipif(
    not CORPORA.exists(), reason="shared fixtures are not here"
)


def _csv(folder: Path, table: list[list[Cell]]) -> Path:
    path = folder / "table.csv"
    with path.open("wb") as file:
        write_csv(file, ["a", "b"], table)
    return path


def _xlsx(folder: Path, table: list[list[Cell]]) -> Path:
    path = folder / "table.xlsx"
    write_xlsx(path, ["a", "b"], table)
    return path


WRITERS = pytest.mark.parametrize(
    ("write", "form"), [(_csv, FLAT), (_xlsx, FLAT_XLSX)], ids=["csv", "xlsx"]
)
Writer = Callable[[Path, list[list[Cell]]], Path]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+8613800138000",
        "-5",
        "@SUM(1)",
        "|calc",
        " =1",
        "\t1",
        "\r1",
        "\n=1",
        "\u200b=1",
        "\u00a0=1",
        "\uff1d1",
        "'=1",
        "''@x",
    ],
)
def test_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "张伟", "1+1", "O'Neil", "'quoted'", "a=b", "'"])
def test_other_text_stays(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@|\t\r\n \u200b\uff1dab1张")))
def test_guard_is_taken_away_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.lists(st.lists(texts, min_size=2, max_size=2).filter(any), max_size=10))
def test_csv_is_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[Cell]]
) -> None:
    path = _csv(tmp_path_factory.mktemp("csv"), table)

    assert list(rows(path, FLAT)) == table


@needs_corpora
@WRITERS
def test_naughty_strings_and_payloads_are_read_back_exactly(
    tmp_path: Path, write: Writer, form: SheetFormat
) -> None:
    payloads = CORPORA / "csv_injection/Intruder/csv-payload.txt"
    naughty = json.loads((CORPORA / "blns/blns.json").read_text())
    # XML has no way to write U+FFFE; PostgreSQL stores no NUL.
    found = [*naughty, *payloads.read_text().splitlines()]
    storable = [text for text in found if text and not set(text) & {"\0", "\ufffe"}]
    table: list[list[Cell]] = [[text, text] for text in storable]

    assert len(table) > 500
    assert list(rows(write(tmp_path, table), form)) == table


@needs_corpora
def test_no_cell_of_an_export_begins_like_a_formula(tmp_path: Path) -> None:
    payloads = CORPORA / "csv_injection/Intruder/csv-payload.txt"
    table: list[list[Cell]] = [
        [text, text] for text in payloads.read_text().splitlines()
    ]
    written = _csv(tmp_path, table).read_text("utf-8-sig")

    assert not any(f'"{sign}' in written for sign in "=+-@|")


@WRITERS
def test_types_are_read_back_as_they_are_typed(
    tmp_path: Path, write: Writer, form: SheetFormat
) -> None:
    table: list[list[Cell]] = [
        [-5, Decimal("-29.33")],
        [True, None],
        [date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5)],  # noqa: DTZ001 -- as typed
        [13800138000, 10**14],
        [Decimal("1E+4"), 0.25],
    ]

    assert list(rows(write(tmp_path, table), form)) == [
        ["-5", "-29.33"],
        ["TRUE", ""],
        ["2024-01-02", "2024-01-02 03:04:05"],
        ["13800138000", "100000000000000"],
        ["10000", "0.25"],
    ]


def test_given_zone_when_written_as_csv_then_it_is_named() -> None:
    stream = BytesIO()
    write_csv(stream, ["at"], [[datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)]])

    assert stream.getvalue() == (b'\xef\xbb\xbf"at"\r\n"2024-01-02 03:04:05+00:00"\r\n')


def test_given_text_longer_than_a_cell_then_it_is_cut(tmp_path: Path) -> None:
    path = _xlsx(tmp_path, [["x" * 40_000, "y"]])
    [found] = rows(path, FLAT_XLSX)

    assert found == ["x" * (LONGEST_XLSX_CELL - 1) + "…", "y"]


def test_sniffed_xlsx_is_read_with_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"  # the name does not matter
    write_xlsx(path, ["姓名", "电话"], [["张伟", 13800138000], ["李娜", 13900139000]])
    form = sniff(path)

    assert (form.kind, form.has_header, form.columns) == ("xlsx", True, 2)
    assert headings(path, form) == ["姓名", "电话"]
    assert list(rows(path, form, start=1)) == [["李娜", "13900139000"]]


def test_first_visible_sheet_with_cells_is_read(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("empty")
        hidden = book.add_worksheet("hidden")
        hidden.write(0, 0, "secret")
        hidden.hide()
        book.add_worksheet("list").write_row(2, 0, ["张伟", 5])

    assert list(rows(path, SheetFormat(kind="xlsx", has_header=False))) == [
        [],
        [],
        ["张伟", "5"],
    ]


def test_given_several_sheets_when_one_is_named_then_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("客户").write_column(0, 0, ["姓名", "张伟"])
        book.add_worksheet("旧数据").hide()
        book.add_worksheet("订单").write_column(0, 0, ["订单号", "D1", "D2"])

    first, named = sniff(path), sniff(path, "订单")

    assert (first.sheet, first.sheets) == ("客户", ("客户", "订单"))
    assert (named.sheet, headings(path, named)) == ("订单", ["订单号"])
    assert list(rows(path, named)) == [["D1"], ["D2"]]
    for name in ("旧数据", "没有"):
        with pytest.raises(UnreadableSheet) as refusal:
            sniff(path, name)
        assert refusal.value.code == "unknown_sheet"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_nuls(tmp_path: Path, end: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(end.join(["name,age", "a\0nn,5", "", "bob,6"]).encode())

    assert list(rows(path, sniff(path))) == [["ann", "5"], [], ["bob", "6"]]


def test_wrong_bytes_cost_their_cell_only(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("name,city\n张伟,北京\n".encode() * 10 + b"\xff\xfe,x\nann,y\n")

    last, next_to_last = list(rows(path, SheetFormat()))[:-3:-1]
    assert (last, next_to_last) == (["ann", "y"], ["\ufffd\ufffd", "x"])


def test_memory_is_flat(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n" + "1,2,3\n" * 300_000)
    tracemalloc.start()
    count = sum(1 for _ in rows(path, SheetFormat()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 300_000
    assert peak < 2_000_000
