"""
Writing tables that spreadsheet programs cannot take for programs.

Text is always text: in CSV `guard` keeps it from being computed, in XLSX the type of the
cell does. Numbers, dates and truth values keep their types and need no guard.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.invalid import Invalid
from guanxi.foundation.sheets.guard import guarded

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | Decimal | bool | date | datetime | None

# The limits of the XLSX format.
MOST_XLSX_ROWS = 1_048_576
LONGEST_XLSX_CELL = 32_767
LONGEST_SHEET_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
# Beyond fifteen digits spreadsheets round: such numbers are identifiers, so text.
EXACT = 10**15
ELLIPSIS = "…"


class TooManyRows(Invalid):
    """There are more rows than an XLSX sheet can hold."""


def write_csv(
    stream: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """
    Write a table as CSV to a binary stream, which stays open.

    UTF-8 with a byte order mark, without which Excel garbles Chinese; every cell quoted.
    """
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([guarded(heading) for heading in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    text.detach()


def write_xlsx(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """
    Write a table as XLSX, row by row in constant memory.

    Times are written as they are, without their zone: pass them in the reader's. Text
    beyond what a cell can hold is cut, its last character being an ellipsis.

    :raises TooManyRows: if the sheet is full; the file is then not finished.
    """
    with path.open("wb") as stream:
        write_workbook(stream, [Sheet("", header, rows)])


@dataclass(frozen=True)
class Sheet:
    """A table of a workbook; names are cut to what spreadsheets take and told apart."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write_workbook(stream: BinaryIO, sheets: Sequence[Sheet]) -> None:
    """
    Write tables as the sheets of one XLSX file to a binary stream, which stays open.

    Each row by row in constant memory, as in `write_xlsx`.

    :raises TooManyRows: if a sheet is full; the file is then not finished.
    """
    import xlsxwriter  # noqa: PLC0415 -- large: commands start without

    options = {"constant_memory": True, "in_memory": False}
    with xlsxwriter.Workbook(stream, options) as book:
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        bold = book.add_format({"bold": True})
        names: list[str | None] = []
        for one in sheets:
            names.append(_sheet_name(one.name, names))
            _write_sheet(book.add_worksheet(names[-1]), one, bold, formats)


def _sheet_name(name: str, taken: Sequence[str | None]) -> str | None:
    """Return ``name`` as spreadsheets take it: 31 characters, few signs, only once."""
    if not name:
        return None
    plain = _NOT_IN_NAMES.sub(" ", name).strip("' ")[:LONGEST_SHEET_NAME]
    used = {one.casefold() for one in taken if one}
    found, number = plain, 1
    while found.casefold() in used:
        number += 1
        end = f" {number}"
        found = f"{plain[: LONGEST_SHEET_NAME - len(end)]}{end}"
    return found


def _write_sheet(
    sheet: Worksheet, one: Sheet, bold: Format, formats: dict[type[date], Format]
) -> None:
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(one.header):
        sheet.write_string(0, column, _fitting(heading), bold)
    for number, row in enumerate(one.rows, start=1):
        if number >= MOST_XLSX_ROWS:
            raise TooManyRows(
                _("An Excel sheet holds %(rows)s rows. Export as CSV instead."),
                code="too_many_rows",
                rows=MOST_XLSX_ROWS,
            )
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell, formats)


def _csv_cell(cell: Cell) -> str:
    """Return the text of a cell; only what is text is guarded."""
    if isinstance(cell, str):
        return guarded(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return str(cell)


def _write_cell(
    sheet: Worksheet,
    row: int,
    column: int,
    cell: Cell,
    formats: dict[type[date], Format],
) -> None:
    """Write one cell with the type of its value."""
    if isinstance(cell, str):
        sheet.write_string(row, column, _fitting(cell))
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float | Decimal):
        if -EXACT < cell < EXACT:
            sheet.write_number(row, column, cell)
        else:
            sheet.write_string(row, column, _csv_cell(cell))
    elif isinstance(cell, datetime):
        naive = cell.replace(tzinfo=None)
        sheet.write_datetime(row, column, naive, formats[datetime])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats[date])


def _fitting(text: str) -> str:
    """Return ``text``, cut to what a cell can hold."""
    if len(text) <= LONGEST_XLSX_CELL:
        return text
    return text[: LONGEST_XLSX_CELL - 1] + ELLIPSIS
