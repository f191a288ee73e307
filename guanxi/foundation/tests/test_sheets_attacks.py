"""Spreadsheets made to hurt: each is refused, in time, by the confined process."""

import os
import resource
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from guanxi.foundation.sheets import limits
from guanxi.foundation.sheets.read import rows
from guanxi.foundation.sheets.sniff import SheetFormat, sniff
from guanxi.foundation.sheets.unreadable import UnreadableSheet
from guanxi.foundation.sheets.write import write_xlsx
from guanxi.foundation.sheets.xlsx import flatten

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
# Of processor time: a machine that runs everything at once needs more on the wall.
MOST_CPU_SECONDS = 2

Change = Callable[[bytes], bytes]


def _attack(
    folder: Path,
    change: Mapping[str, Change] | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> Path:
    """Return a workbook of which parts are changed or added."""
    plain, made = folder / "plain.xlsx", folder / "attack.xlsx"
    write_xlsx(plain, ["a", "b"], [["x", 1]])
    changes = change or {}
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            part = source.read(entry)
            changed = changes.get(entry.filename, bytes)(part)
            target.writestr(entry.filename, changed)
        for name, part in (extra or {}).items():
            target.writestr(name, part)
    return made


def _rows(row: bytes, times: int) -> Change:
    return lambda part: part.replace(b"</sheetData>", row * times + b"</sheetData>")


def _code(path: Path) -> str:
    before = _cpu_seconds()
    with pytest.raises(UnreadableSheet) as refusal:
        sniff(path)
    assert _cpu_seconds() - before < MOST_CPU_SECONDS
    return refusal.value.code


def _cpu_seconds() -> float:
    """Return what this process and its ended children have used."""
    used = (
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return sum(one.ru_utime + one.ru_stime for one in used)


def test_zeros(tmp_path: Path) -> None:
    path = _attack(tmp_path, extra={"xl/media/x.bin": bytes(50_000_000)})

    assert _code(path) == "zip_bomb"


def test_far_too_much_of_ordinary_content(tmp_path: Path) -> None:
    numbers = os.urandom(2000).hex().encode()
    row = b'<row r="3"><c r="A3" t="str"><v>' + numbers + b"</v></c></row>"
    path = _attack(tmp_path, {SHEET: _rows(row, 30_000)})

    assert _code(path) in {"unpacked_too_large", "zip_bomb"}


def test_directory_of_many_entries(tmp_path: Path) -> None:
    path = _attack(tmp_path, extra={f"x/{number}": b"" for number in range(5000)})

    assert _code(path) == "zip_bomb"


@pytest.mark.parametrize("name", ["../../etc/x", "/etc/x", "C:/x", "xl\\..\\..\\x"])
def test_unsafe_name(tmp_path: Path, name: str) -> None:
    assert _code(_attack(tmp_path, extra={name: b""})) == "zip_path"


@pytest.mark.parametrize(
    "definition",
    [
        b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        b"<!--" + b" " * 3_000_000 + b"--><!DOCTYPE a>",
    ],
    ids=["laughs", "external", "behind a comment"],
)
def test_definitions(tmp_path: Path, definition: bytes) -> None:
    path = _attack(
        tmp_path,
        {BOOK: lambda part: part.replace(b"<workbook", definition + b"<workbook", 1)},
    )

    assert _code(path) == "xml_entity"


def test_definitions_hidden_in_another_encoding(tmp_path: Path) -> None:
    path = _attack(tmp_path, {BOOK: lambda part: part.decode().encode("utf-16")})

    assert _code(path) == "xml_entity"


def test_lone_cell_in_the_last_column(tmp_path: Path) -> None:
    path = _attack(tmp_path, {SHEET: lambda part: part.replace(b'r="B2"', b'r="XFD2"')})

    assert _code(path) == "too_many_columns"


def test_lone_cell_in_the_last_row(tmp_path: Path) -> None:
    row = b'<row r="1048576"><c r="ALK1048576"><v>1</v></c></row>'
    path = _attack(tmp_path, {SHEET: _rows(row, 1)})

    assert _code(path) == "too_much_memory"


def test_long_cell(tmp_path: Path) -> None:
    text = os.urandom(500_000).hex().encode()
    row = b'<row r="3"><c r="A3" t="str"><v>' + text + b"</v></c></row>"

    assert _code(_attack(tmp_path, {SHEET: _rows(row, 1)})) == "cell_too_long"


def test_password(tmp_path: Path) -> None:
    path = _attack(tmp_path)
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    path.write_bytes(content)

    assert _code(path) == "encrypted"


@pytest.mark.parametrize("cut", [30, 400])
def test_cut_file(tmp_path: Path, cut: int) -> None:
    path = _attack(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])

    assert _code(path) == "damaged"


def test_wrong_bytes_inside(tmp_path: Path) -> None:
    path = _attack(tmp_path)
    content = bytearray(path.read_bytes())
    for at in range(100, 1500, 50):
        content[at] ^= 0xFF
    path.write_bytes(content)

    assert _code(path) == "damaged"


def test_other_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert _code(path) == "other_spreadsheet"


@pytest.mark.parametrize("name", [b"a&#0;b", b"a" * 1000])
def test_name_of_a_sheet_that_cannot_be_kept(tmp_path: Path, name: bytes) -> None:
    path = _attack(
        tmp_path, {BOOK: lambda part: part.replace(b'"Sheet1"', b'"%s"' % name)}
    )

    assert _code(path) in ("no_sheet", "damaged")


def test_sheet_without_cells(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    write_xlsx(path, [], [])

    assert _code(path) == "no_sheet"


def test_refused_file_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "flat.csv"
    with pytest.raises(UnreadableSheet):
        flatten(_attack(tmp_path, extra={"../x": b""}), target)

    assert not target.exists()


def test_text_of_a_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b"a," * 1_000_000 + b"\n")

    assert _code(path) == "line_too_long"


def test_text_of_too_many_short_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b"," * (limits.MAX_COLUMNS + 5) + b"\n")

    assert _code(path) == "too_many_columns"


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"\x89PNG\r\n", "not_a_table"),
        (b"%PDF-1.7", "not_a_table"),
        (b"\x7fELF", "not_a_table"),
        (b"\x00\x01\x02\x03", "line_too_long"),
        (b"<!DOCTYPE html><table>", "web_page"),
        (b"<?xml version='1.0'?>", "web_page"),
    ],
)
def test_large_file_of_another_kind_is_judged_by_its_start(
    tmp_path: Path, start: bytes, code: str
) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(limits.MAX_TEXT_BYTES)

    assert _code(path) == code


def test_unclosed_quotation_mark(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_bytes(b'name,note\nann,"' + b"line\n" * 1_000_000)
    before = _cpu_seconds()

    with pytest.raises(UnreadableSheet) as refusal:
        list(rows(path, SheetFormat()))

    assert refusal.value.code == "cell_too_long"
    assert _cpu_seconds() - before < MOST_CPU_SECONDS
