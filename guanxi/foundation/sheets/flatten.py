"""
The confined process: an XLSX file in, a CSV file out (UTF-8, comma, every cell quoted).

Started by `xlsx.flatten` as ``python -m … SOURCE TARGET``. It limits itself before it
looks at the file. Prints nothing, or the code of its refusal.
"""

from __future__ import annotations

import contextlib
import csv
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from guanxi.foundation.sheets import limits
from guanxi.foundation.sheets.zip_scan import Refusal, scan

Cell = int | float | str | bool | time | date | datetime | timedelta


def main(source: Path, target: Path) -> str:
    """Write the cells of the first visible sheet that has any; return "" or why not."""
    confine()
    try:
        scan(source)
        write_flat(cells_of(source), target)
    except Refusal as refusal:
        return refusal.code
    except MemoryError:
        return "too_much_memory"
    return ""


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


def cells_of(source: Path) -> Iterator[list[Cell]]:
    """
    Return the rows of the first visible sheet that has cells, from its row 1 on.

    :raises Refusal: ``damaged`` or ``no_sheet``.
    """
    # Imported here, so that the limits above hold for it too.
    from python_calamine import (  # noqa: PLC0415 -- see above
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    try:
        workbook = CalamineWorkbook.from_path(str(source))
        for number, sheet in enumerate(workbook.sheets_metadata):
            if sheet.visible == SheetVisibleEnum.Visible:
                found = workbook.get_sheet_by_index(number)
                if found.start:
                    return iter(found.iter_rows())
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
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return str(cell)


def _number(value: float) -> str:
    """Return the fifteen digits that a spreadsheet keeps, without an exponent."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1]), Path(sys.argv[2])))
