"""A list as a file: what the viewer sees, no more, and the log says so."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.timezone import localdate

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.policies import Privacy, policy_of, require
from guanxi.foundation.sheets.write import write_csv, write_xlsx
from guanxi.foundation.tables.cells import plain, reader
from guanxi.foundation.tables.state import State, condition, shown_columns
from guanxi.foundation.tables.table import Column, Table

CHUNK = 2000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export(request: HttpRequest, table: Table, state: State) -> HttpResponse:
    """
    Answer with all rows that fit, in the columns shown, as CSV or XLSX.

    :raises Denied: without the right to export this kind.
    """
    viewer = request.user
    require(viewer, f"{table.kind}.export")
    form = request.GET["export"]
    columns = shown_columns(state, table, viewer)
    # The file is gone from the folder at once and from the disk when it is sent.
    with NamedTemporaryFile(suffix=f".{form}", delete=False) as scratch:
        path = Path(scratch.name)
    rows = _Counted(_rows(table, state, viewer, columns))
    header = [str(column.label) for column in columns]
    if form == "csv":
        with path.open("wb") as stream:
            write_csv(stream, header, rows)
    else:
        write_xlsx(path, header, rows)
    _record(viewer, table, columns, rows.count)
    opened = path.open("rb")
    path.unlink()
    name = f"{table.key}-{localdate():%Y%m%d}.{form}"
    return FileResponse(
        opened, as_attachment=True, filename=name, content_type=TYPES[form]
    )


class _Counted:
    """Rows that count themselves while they pass."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            self.count += 1
            yield row


def _rows(
    table: Table, state: State, viewer: Actor, columns: Sequence[Column]
) -> Iterator[Sequence[Any]]:
    cells = [(reader(c, table, viewer), plain(c, viewer)) for c in columns]
    rows = table.rows(viewer).filter(condition(state, table, viewer, localdate()))
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        yield [write(read(row)) for read, write in cells]


def _record(viewer: Actor, table: Table, columns: Sequence[Column], rows: int) -> None:
    policy = policy_of(table.kind)
    clear = [
        c.policy_field
        for c in columns
        if policy.fields[c.policy_field].privacy is not Privacy.NONE
        and policy.level(viewer, c.policy_field) >= Level.READ
    ]
    record_access(viewer, "export", table.kind, fields=clear, rows=rows, at=now())
