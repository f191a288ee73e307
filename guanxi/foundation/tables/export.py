"""A list as a file: what the viewer sees, no more, and the log says so."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import FileResponse, HttpResponseBase

from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.paper.pdf import PDF
from guanxi.foundation.paper.table import table_paper
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.sheets.write import (
    Cell,
    Sheet,
    write_csv,
    write_workbook,
    write_xlsx,
)
from guanxi.foundation.tables.cells import plain, reader
from guanxi.foundation.tables.listing import Listing

CHUNK = 2000
MOST_IN_MEMORY = 4 * 1024 * 1024  # bytes of a file before it goes to the disk
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": PDF,
}


class BadExport(Refused):
    """A file that cannot hold the list."""

    code = "bad_export"


def export(listing: Listing, form: str) -> HttpResponseBase:
    """
    Answer with all rows that fit, in the columns and the order shown, as a file.

    The file is written before the answer begins, so that what fails is told. ``form``,
    and what is raised, are as in `taken_out`.
    """
    return FileResponse(
        taken_out(listing, form),
        as_attachment=True,
        filename=f"{listing.table.key}-{listing.today:%Y%m%d}.{form}",
        content_type=FORMS[form],
    )


def taken_out(listing: Listing, form: str, title: str = "") -> BinaryIO:
    """
    Return all rows that fit as an open file, and note that they leave the house.

    ``form`` is ``csv``, ``xlsx`` or ``pdf``. The file is gone from the disk when it is
    closed. A PDF document has the first rows only, and says so; its ``title`` is that of
    the list without one.

    :raises Denied: without the right to export this kind.
    :raises BadExport: if there are more rows than the form can hold.
    :raises NoPaper: if this machine cannot write PDF documents.
    """
    require(listing.viewer, f"{listing.table.kind}.export")
    if form == "pdf":
        return _paper(listing, title or str(listing.table.title))
    rows = _Counted(_rows(listing))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        try:
            with transaction.atomic():  # else the cursor would copy all rows first
                _write(path, form, [str(c.label) for c in listing.columns], rows)
        except Invalid as refusal:
            raise BadExport(str(refusal)) from refusal
        _record(listing, rows.count)  # or nothing leaves the house
        return path.open("rb")


def _paper(listing: Listing, title: str) -> BinaryIO:
    with transaction.atomic():  # else the cursor would copy all rows first
        paper = table_paper(
            listing.viewer,
            title,
            [str(column.label) for column in listing.columns],
            _rows(listing),
            about=[
                listing.filters.sentence(one) for one in listing.state.where.members
            ],
        )
    _record(listing, paper.rows)
    return BytesIO(paper.content)


def csv_answer(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> FileResponse:
    """Answer with a table as a CSV file; what fails is told before the answer begins."""
    return table_answer(name.removesuffix(".csv"), "csv", header, rows)


def table_answer(
    name: str, form: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> FileResponse:
    """Answer with a table as a file ``name`` of a form; fails before the answer begins."""
    spooled = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    file = cast("BinaryIO", spooled)
    with transaction.atomic():  # else the cursor would copy all rows first
        if form == "xlsx":
            write_workbook(file, [Sheet(name, header, rows)])
        else:
            write_csv(file, header, rows)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{name}.{form}",
        content_type=FORMS[form],
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


def _write(path: Path, form: str, header: Sequence[str], rows: _Counted) -> None:
    if form == "xlsx":
        write_xlsx(path, header, rows)
        return
    with path.open("wb") as stream:
        write_csv(stream, header, rows)


def _rows(listing: Listing) -> Iterator[Sequence[Any]]:
    table, viewer = listing.table, listing.viewer
    cells = [(reader(c, table, viewer), plain(c, viewer)) for c in listing.columns]
    for row in _ordered(listing).iterator(chunk_size=CHUNK):
        yield [write(read(row)) for read, write in cells]


def _ordered(listing: Listing) -> "QuerySet[Any]":
    order = listing.order
    value, tie = F(order.path), F(order.tie)
    rows = listing.rows
    if listing.table.withheld:
        rows = rows.exclude(listing.table.withheld())
    if order.descending:
        return rows.order_by(value.desc(nulls_last=True), tie.desc())
    return rows.order_by(value.asc(nulls_last=True), tie.asc())


def _record(listing: Listing, rows: int) -> None:
    """Note the personal fields that left the house in clear, and of how many rows."""
    policy = policy_of(listing.table.kind)
    names = {column.policy_field for column in listing.columns}
    clear = sorted(names & policy.protected(listing.viewer))
    record_access(
        listing.viewer, "export", policy.kind, fields=clear, rows=rows, at=now()
    )
