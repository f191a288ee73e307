"""Reading the rows of a table, one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from guanxi.foundation.sheets.guard import unguarded
from guanxi.foundation.sheets.lines import fields, open_lines
from guanxi.foundation.sheets.sniff import FLAT, SheetFormat, flat_copy


def headings(path: Path, form: SheetFormat) -> list[str]:
    """
    Return the headings, or nothing if the table has none.

    :raises UnreadableSheet: as `rows` does.
    """
    if not form.has_header:
        return []
    found = next(_all_rows(path, form, form.skip), [])
    return [cell.strip() for cell in found]


def rows(path: Path, form: SheetFormat, start: int = 0) -> Iterator[list[str]]:
    """
    Return the rows of values from the one at ``start`` on, counted from 0.

    A blank row is an empty list, so the row at index i is number ``form.first_row + i`` in
    a spreadsheet. An apostrophe that only protects (`guard`) is taken away. One row is in
    memory at a time.

    :raises UnreadableSheet: where the table costs more than a table may.
    """
    return _all_rows(path, form, form.skip + form.has_header + start)


def _all_rows(path: Path, form: SheetFormat, start: int) -> Iterator[list[str]]:
    if form.kind == "xlsx":
        with (
            flat_copy(path, form.sheet) as (flat, _sheets),
            open_lines(flat, FLAT.encoding) as lines,
        ):
            yield from islice(fields(lines, FLAT.delimiter), start, None)
    else:
        with open_lines(path, form.encoding) as lines:
            yield from _unguarded(islice(fields(lines, form.delimiter), start, None))


def _unguarded(found: Iterable[list[str]]) -> Iterator[list[str]]:
    for row in found:
        yield [unguarded(cell) if cell[:1] == "'" else cell for cell in row]
