"""
The confined process: an XLSX file in, a CSV file out (UTF-8, comma, every cell quoted).

Started by `xlsx.flatten` as ``python -m … SOURCE TARGET SHEET``. It limits itself before
it looks at the file. Prints as JSON which sheets there are, or the code of its refusal.
"""

from __future__ import annotations

import contextlib
import csv
import json
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from guanxi.foundation.sheets import limits
from guanxi.foundation.sheets.zip_scan import Refusal, scan

Cell = int | float | str | bool | time | date | datetime | timedelta


def main(source: Path, target: Path, wanted: str) -> dict[str, object]:
    """Write the cells of a sheet; return its name and those of all, or why not."""
    confine()
    try:
        scan(source)
        sheet, names, rows = cells_of(source, wanted)
        write_flat(rows, target)
    except Refusal as refusal:
        return {"refused": refusal.code}
    except MemoryError:
        return {"refused": "too_much_memory"}
    return {"sheet": sheet, "sheets": names}


def confine() -> None:
    """Limit memory, processor time, output and core files of this process."""
    wanted = {
        resource.RLIMIT_AS: limits.MAX_PARSER_MEMORY_BYTES,
        resource.RLIMIT_CPU: limits.MAX_PARSER_CPU_SECONDS,
        resource.RLIMIT_FSIZE: limits.MAX_FLAT_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(what, (most, most))


def cells_of(source: Path, wanted: str) -> tuple[str, list[str], Iterator[list[Cell]]]:
    """
    Return the name of a sheet, those of all visible ones, and its rows from row 1 on.

    The sheet is the one called ``wanted``, or the first visible one that has cells.

    :raises Refusal: ``damaged``, ``no_sheet`` or ``unknown_sheet``.
    """
    # Imported here, so that the limits above hold for it too.
    from python_calamine import (  # noqa: PLC0415 -- see above
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    try:
        workbook = CalamineWorkbook.from_path(str(source))
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
            if len(sheet.name) <= limits.MAX_SHEET_NAME_CHARACTERS
            if "\0" not in sheet.name  # which no database stores
        ][: limits.MAX_SHEETS]
        if wanted and wanted not in names:
            raise Refusal("unknown_sheet")
        for name in [wanted] if wanted else names:
            found = workbook.get_sheet_by_name(name)
            if found.start:
                return name, names, iter(found.iter_rows())
    except CalamineError as error:
        raise Refusal("damaged") from error
    raise Refusal("no_sheet")


def write_flat(rows: Iterable[list[Cell]], target: Path) -> None:
    """
    Write ``rows`` as CSV.

    :raises Refusal: ``too_many_columns`` or ``cell_too_long``.
    """
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        for row in rows:
            if len(row) > limits.MAX_COLUMNS:
                raise Refusal("too_many_columns")
            writer.writerow([text_of(cell) for cell in row])


def text_of(cell: Cell) -> str:
    """
    Return a cell as it would be typed: 13800138000, 29.33, 2024-01-02 10:11:12.

    :raises Refusal: ``cell_too_long``.
    """
    if isinstance(cell, str):
        if len(cell) > limits.MAX_CELL_CHARACTERS:
            raise Refusal("cell_too_long")
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return str(cell)


def _number(value: float) -> str:
    """
    Return the fifteen digits that a spreadsheet keeps.

    Only a whole number that has more gets an exponent: nobody is to take what stands for
    the lost ones for digits.
    """
    if int(value) == value:
        return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]), sys.stdout)
