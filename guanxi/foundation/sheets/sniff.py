"""Finding out how the table in a file is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from guanxi.foundation.money import DecimalMark
from guanxi.foundation.sheets import limits
from guanxi.foundation.sheets.encoding import find_encoding
from guanxi.foundation.sheets.header import has_header, preamble
from guanxi.foundation.sheets.lines import fields, open_lines
from guanxi.foundation.sheets.unreadable import UnreadableSheet
from guanxi.foundation.sheets.xlsx import Sheets, flatten

if TYPE_CHECKING:
    from collections.abc import Iterator

Delimiter = Literal[",", ";", "\t", "|", " "]
Rows = Sequence[Sequence[str]]

BLANKS: Delimiter = " "
# A mark that divides nearly every line alike is the delimiter. The comma comes last:
# it also stands in numbers and sentences, the others seldom do.
_BY_TRUST: tuple[Delimiter, ...] = ("\t", ";", "|", ",")
_ALIKE = 0.95

_MAGIC = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|\?xml|meta|style)", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# A few NULs are a flaw of an export; more of them are no text.
_CONTROL_SHARE = 0.01

_COMMA_DECIMAL = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+),(?:\d{1,2}|\d{4,})")
_POINT_DECIMAL = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)\.(?:\d{1,2}|\d{4,})")
_SEPARATOR_LINE = re.compile(r"sep=(.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetFormat:
    """
    How a table is written.

    ``delimiter`` is a blank for runs of blanks. ``skip`` rows stand above the headings, or
    above the first row if there are none. ``sheet`` is the one of a workbook whose rows
    these are, ``sheets`` those to choose from.
    """

    kind: Literal["csv", "xlsx"] = "csv"
    encoding: str = "utf-8"
    delimiter: Delimiter = ","
    has_header: bool = True
    decimal: DecimalMark = "."
    skip: int = 0
    columns: int = 0
    sheet: str = ""
    sheets: Sequence[str] = ()

    @property
    def first_row(self) -> int:
        """Return the number of the first row of values, as a spreadsheet counts."""
        return self.skip + self.has_header + 1


# What `flatten` writes, and what is written for export.
FLAT = SheetFormat(encoding="utf-8-sig")


def sniff(path: Path, sheet: str = "") -> SheetFormat:
    """
    Return how the table in ``path`` is written, judged by its bytes and not its name.

    Of a workbook it is the sheet called ``sheet``, or the first that has cells.

    :raises UnreadableSheet: if there is no table, or one that costs too much.
    """
    with path.open("rb") as file:
        head = file.read(limits.SNIFFED_BYTES)
    if not head.strip():
        raise UnreadableSheet("empty")
    if head.startswith(_ZIP):
        with flat_copy(path, sheet) as (flat, found):
            return replace(
                _sniff_text(flat, FLAT.encoding, ","),
                kind="xlsx",
                sheet=found.taken,
                sheets=found.names,
            )
    _refuse_other_kinds(head, path)
    if path.stat().st_size > limits.MAX_TEXT_BYTES:
        raise UnreadableSheet("too_large")
    return _sniff_text(path, find_encoding(path), None)


@contextmanager
def flat_copy(path: Path, sheet: str = "") -> Iterator[tuple[Path, Sheets]]:
    """
    Give a CSV copy (`FLAT`) of a sheet for as long as it is needed, and which there are.

    :raises UnreadableSheet: as `flatten` does.
    """
    with TemporaryDirectory(prefix="sheet-") as folder:
        flat = Path(folder) / "flat.csv"
        yield flat, flatten(path, flat, sheet)


def _sniff_text(path: Path, encoding: str, delimiter: Delimiter | None) -> SheetFormat:
    """Return the format of a text file, whose delimiter may be known."""
    with open_lines(path, encoding) as lines:
        sample = list(islice(lines, limits.SNIFFED_ROWS))
    _refuse_binary("".join(sample))
    skip, announced = _announced(sample)
    sample = sample[skip:]
    delimiter = delimiter or announced or find_delimiter(sample)
    rows = list(fields(sample, delimiter))
    skip += preamble(rows)
    body = [row for row in rows[preamble(rows) :] if any(row)]
    if not body:
        raise UnreadableSheet("empty")
    return SheetFormat(
        encoding=encoding,
        delimiter=delimiter,
        has_header=has_header(body),
        decimal=find_decimal(body),
        skip=skip,
        columns=max(map(len, body)),
    )


def find_delimiter(lines: Sequence[str]) -> Delimiter:
    """Return what divides ``lines`` most alike; a comma if nothing does."""
    scores = {mark: _alikeness(lines, mark) for mark in _BY_TRUST}
    for mark in _BY_TRUST:
        if scores[mark] >= _ALIKE:
            return mark
    if _alikeness(lines, BLANKS) == 1.0 and any(map(str.isdigit, "".join(lines))):
        return BLANKS
    return max(reversed(_BY_TRUST), key=lambda mark: scores[mark])


def find_decimal(rows: Rows) -> DecimalMark:
    """Return the decimal mark that more numbers in ``rows`` can only be read with."""
    cells = [cell.strip() for row in rows for cell in row]
    commas = sum(bool(_COMMA_DECIMAL.fullmatch(cell)) for cell in cells)
    points = sum(bool(_POINT_DECIMAL.fullmatch(cell)) for cell in cells)
    return "," if commas > points else "."


def _alikeness(lines: Sequence[str], mark: Delimiter) -> float:
    """
    Return which part of the rows has the commonest number of cells, 0 to 1.

    Half as much counts that rows have several cells at all, of whatever number.
    """
    widths = [len(row) for row in fields(lines, mark) if any(row)]
    if not widths:
        return 0.0
    width, times = Counter(widths).most_common(1)[0]
    if width > 1:
        return times / len(widths)
    return sum(one > 1 for one in widths) / len(widths) / 2


def _announced(lines: Sequence[str]) -> tuple[int, Delimiter | None]:
    """Return 1 and the delimiter of a first line ``sep=;``, as Excel writes it."""
    match = _SEPARATOR_LINE.fullmatch(lines[0].strip("\r\n")) if lines else None
    for mark in _BY_TRUST:
        if match and match[1] == mark:
            return 1, mark
    return 0, None


def _refuse_other_kinds(head: bytes, path: Path) -> None:
    """
    Look at the first bytes, which tell most kinds of files.

    :raises UnreadableSheet: if the file is no text, or no table.
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise UnreadableSheet("not_a_table", found=kind)
    if head.startswith(_OLE):
        encrypted = _ENCRYPTED_PART in path.read_bytes()[: limits.MAX_XLSX_BYTES]
        raise UnreadableSheet("encrypted" if encrypted else "old_excel")
    if _MARKUP.match(head):
        raise UnreadableSheet("web_page")


def _refuse_binary(sample: str) -> None:
    """
    Look for what text does not hold.

    :raises UnreadableSheet: ``not_a_table``.
    """
    if len(_CONTROL.findall(sample)) > _CONTROL_SHARE * len(sample):
        raise UnreadableSheet("not_a_table", found="?")
