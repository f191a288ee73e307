"""Tables out of files: delimited text of any kind, Parquet and XLSX, columns as Arrow."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _

_NAMED = {"\\t": "\t", "tab": "\t", "blank": " ", "comma": ",", "semicolon": ";"}
_NAMED["pipe"] = "|"
_GUESSED = ",;\t|"
_LOOKED_AT = 65536  # bytes at the beginning that the delimiter is guessed from
_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_BLANKS = re.compile(rb"[ \t]+")


@dataclass(frozen=True, eq=False)
class Sheet:
    """
    The cells of a file: named columns, all of equal length, and the rows left out.

    ``source`` is the text the cells come from, kept to find the line of a bad row;
    ``ragged`` tells the lines with too many or too few cells.
    """

    table: pa.Table
    headings: tuple[str, ...]
    header: bool
    source: bytes = b""
    delimiter: str = ","
    ragged: tuple[int, ...] = ()

    def column(self, index: int) -> pa.ChunkedArray:
        """Return the cells of the column with number ``index`` from 0."""
        return self.table.column(index)

    def lines_of(self, rows: list[int]) -> list[int]:
        """Return the lines of the file, from 1, where the rows (ascending) begin."""
        if not self.source:
            return [row + 1 + self.header for row in rows]
        wanted, found = set(rows), []
        for row, line in enumerate(self._record_lines()):
            if row in wanted:
                found.append(line)
            if len(found) == len(rows):
                break
        return found

    def _record_lines(self) -> Iterator[int]:
        """Yield the first line of every record that became a row."""
        text = io.StringIO(self.source.decode("utf-8", "replace"), newline="")
        records = csv.reader(text, delimiter=self.delimiter)
        line, header = 1, self.header
        for record in records:
            if header and record:
                header = False
            elif len(record) == len(self.headings):
                yield line
            line = records.line_num + 1


def read_sheet(path: Path, *, header: bool = True, delimiter: str = "") -> Sheet:
    """
    Read a file: Parquet and workbooks by their ending, anything else as text.

    Text is UTF-8, with or without a mark, or GB 18030. A blank as delimiter means runs
    of blanks, leading ones ignored; an empty ``delimiter`` is guessed.

    :raises Unusable: if the file is no table.
    """
    ending = path.suffix.lower()
    try:
        if ending == ".parquet":
            return _of_table(pa_parquet.read_table(path))
        if ending in _WORKBOOKS:
            return _of_workbook(path, header=header)
        return read_text(path.read_bytes(), header=header, delimiter=delimiter)
    except OSError as error:
        raise Unusable(
            _("“%(file)s” cannot be read: %(reason)s")
            % {"file": path.name, "reason": error.strerror or error}
        ) from error
    except pa.ArrowInvalid as error:
        raise Unusable(
            _("“%(file)s” is no table: %(reason)s")
            % {"file": path.name, "reason": str(error).splitlines()[0]}
        ) from error


def read_text(data: bytes, *, header: bool, delimiter: str) -> Sheet:
    """
    Read delimited text.

    :raises Unusable: if there is no row, or the encoding or the delimiter is none.
    """
    data = as_utf8(data)
    sign = _NAMED.get(delimiter, delimiter) or guessed_delimiter(data)
    if len(sign) != 1 or not sign.isascii() or sign in '"\r\n':
        raise Unusable(
            _("“%(sign)s” is no delimiter: give one sign, for a tab write \\t.")
            % {"sign": delimiter}
        )
    if sign == " ":
        data = _single_blanks(data)
    if not data.strip():
        raise Unusable(_("The file is empty."))
    return _parsed(data, header=header, sign=sign)


def _parsed(data: bytes, *, header: bool, sign: str) -> Sheet:
    names = _first_record(data, sign)
    headings = tuple(name.strip() for name in names) if header else ()
    keys = [str(at) for at in range(len(names))]
    ragged: list[int] = []

    def leave_out(row: pa_csv.InvalidRow) -> str:
        ragged.append(int(row.number or 0))
        return "skip"

    # Cells may hold line breaks only inside quotes; looking for them costs time.
    parse = pa_csv.ParseOptions(
        delimiter=sign,
        newlines_in_values=b'"' in data,
        invalid_row_handler=leave_out,
    )
    table = _cells(data, keys, parse, header=header, threads=True)
    if ragged:  # only one thread knows the numbers of the lines
        ragged.clear()
        table = _cells(data, keys, parse, header=header, threads=False)
    if not table.num_rows and not ragged:
        raise Unusable(_("The file has headings only, no rows."))
    shown = headings or tuple(keys)
    return Sheet(table, shown, header, data, sign, tuple(ragged))


def _cells(
    data: bytes,
    keys: list[str],
    parse: pa_csv.ParseOptions,
    *,
    header: bool,
    threads: bool,
) -> pa.Table:
    return pa_csv.read_csv(
        pa.py_buffer(data),
        read_options=pa_csv.ReadOptions(
            column_names=keys,
            skip_rows_after_names=int(header),
            use_threads=threads,
            block_size=max(1 << 20, min(len(data) // 4, 1 << 26)),
        ),
        parse_options=parse,
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False
        ),
    )


def _first_record(data: bytes, sign: str) -> list[str]:
    """Return the cells of the first line that has some."""
    text = io.StringIO(data[: 1 << 20].decode("utf-8", "replace"), newline="")
    try:
        for record in csv.reader(text, delimiter=sign):
            if record:
                return record
    except csv.Error as error:
        raise Unusable(_("The first line of the file cannot be read.")) from error
    raise Unusable(_("The file is empty."))


def as_utf8(data: bytes) -> bytes:
    """Return ``data`` as UTF-8 without a mark."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if b"\x00" in data[:_LOOKED_AT]:
        raise Unusable(
            _("The file is not text; save it as CSV (UTF-8), XLSX or Parquet.")
        )
    if data.isascii():
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _from_chinese(data)
    return data


def _from_chinese(data: bytes) -> bytes:
    try:
        return data.decode("gb18030").encode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unusable(
            _(
                "Line %(line)s is neither UTF-8 nor GB 18030; save the file as CSV (UTF-8)."
            )
            % {"line": line}
        ) from error


def guessed_delimiter(data: bytes) -> str:
    """Return the sign that divides the first lines most evenly; blanks if none does."""
    lines = [line for line in data[:_LOOKED_AT].splitlines()[:50] if line.strip()]
    text = [line.decode("utf-8", "replace") for line in lines]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in text]
        return (sum(c == counts[0] for c in counts) if counts[0] else 0, counts[0])

    best = max(_GUESSED, key=evenness) if text else ","
    if evenness(best)[0] if text else True:
        return best
    return " " if text and " " in text[0].strip() else ","


def _single_blanks(data: bytes) -> bytes:
    """Return ``data`` with one blank between cells and none around them, line by line."""
    data = _BLANKS.sub(b" ", data)
    return (
        data.replace(b" \r", b"\r")
        .replace(b" \n", b"\n")
        .replace(b"\n ", b"\n")
        .strip(b" ")
    )


def _of_table(table: pa.Table) -> Sheet:
    if not table.num_rows:
        raise Unusable(_("The file has headings only, no rows."))
    return Sheet(table, tuple(table.column_names), header=True)


def _of_workbook(path: Path, *, header: bool) -> Sheet:
    from python_calamine import (  # noqa: PLC0415 -- only workbooks pay for it
        CalamineError,
        CalamineWorkbook,
    )

    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise Unusable(
            _("“%(file)s” is no table: %(reason)s")
            % {"file": path.name, "reason": error}
        ) from error
    rows = [row for row in rows if any(cell not in ("", None) for cell in row)]
    if len(rows) <= header:
        raise Unusable(_("The file has headings only, no rows."))
    names = [_cell(cell) for cell in rows[0]] if header else []
    columns = list(zip(*rows[header:], strict=True))
    keys = [str(at) for at in range(len(columns))]
    table = pa.table(
        {k: list(map(_cell, cells)) for k, cells in zip(keys, columns, strict=True)}
    )
    return Sheet(table, tuple(names or keys), header)


def _cell(value: object) -> str:
    """Return a cell of a workbook as text; a whole number has no point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""
