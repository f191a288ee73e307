"""Findings for people, and as files."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unicodedata import east_asian_width

from guanxi.analytics.laboratory.findings import Findings, Table, plain
from guanxi.analytics.laboratory.words import gettext as _

MOST_ROWS = 60
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def told(title: str, found: Findings) -> str:
    """Return ``found`` as lines for people."""
    return "\n".join(_lines(title, found))


def _lines(title: str, found: Findings) -> Iterator[str]:
    yield title
    yield from found.notes
    yield _("Rows of the model (n): %(n)s") % {"n": f"{found.n:,}"}
    errors = found.standard_errors or {}
    for name, value in found.parameters.items():
        error = plain(errors.get(name))
        around = f" ± {_number(error)}" if error is not None else ""
        yield f"  {name} = {_number(plain(value))}{around}"
    if found.log_likelihood is not None:
        likelihood = _number(found.log_likelihood)
        yield _("Log-likelihood: %(value)s") % {"value": likelihood}
    for name, value in found.facts.items():
        yield f"  {name} = {_number(plain(value))}"
    for table in found.tables.values():
        yield ""
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    heads = [table.headings.get(key, key) for key in table.columns]
    rows = table.rows()
    cells = [[_number(cell) for cell in row] for row in rows[:MOST_ROWS]]
    widths = [max(map(_width, column)) for column in zip(heads, *cells, strict=True)]
    yield table.title
    for line in (heads, *cells):
        yield "  ".join(
            _padded(c, w) for c, w in zip(line, widths, strict=True)
        ).rstrip()
    if len(rows) > MOST_ROWS:
        yield _("… and %(more)s more rows (--json has all).") % {
            "more": len(rows) - MOST_ROWS
        }


def _number(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 100_000 else f"{value:,.2f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_number(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_number(each) for each in value)
    return str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def write_rows(table: Table, path: Path) -> None:
    """Write ``table`` as CSV that Excel opens: UTF-8 with a mark, no cell a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(table.columns)
        out.writerows(_safe(row) for row in table.rows())


def _safe(row: Sequence[object]) -> list[object]:
    return [
        f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell
        for cell in row
    ]
