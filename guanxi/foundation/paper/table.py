"""A table as a PDF document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import grouped
from guanxi.foundation.paper.pdf import written_pdf
from guanxi.foundation.sheets.write import Cell

# Nobody reads more on paper, and laying out pages takes longer than they are many.
MOST_ROWS = 300
_UPRIGHT = 7  # columns that fit beside each other on paper that stands


@dataclass(frozen=True)
class PaperCell:
    """What stands in a cell, and whether it is a figure."""

    text: str
    is_figure: bool = False


@dataclass(frozen=True)
class Paper:
    """A document, and how many rows of a table it shows."""

    content: bytes
    rows: int


def table_paper(
    viewer: Actor,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    about: Sequence[str] = (),
) -> Paper:
    """
    Return a table under ``title``, with lines ``about`` what it is of.

    The first `MOST_ROWS` rows; that there are more is said at the end.

    :raises NoPaper: if this machine cannot write PDF documents.
    """
    told = list(islice(rows, MOST_ROWS + 1))
    shown = [[_cell(cell) for cell in row] for row in told[:MOST_ROWS]]
    figures = [
        all(row[at].is_figure or not row[at].text for row in shown)
        for at in range(len(heads))
    ]
    context = {
        "title": title,
        "about": about,
        "heads": list(zip(heads, figures, strict=True)),
        "rows": [
            list(zip((cell.text for cell in row), figures, strict=True))
            for row in shown
        ],
        "is_cut": len(told) > MOST_ROWS,
        "most": MOST_ROWS,
    }
    is_wide = len(heads) > _UPRIGHT
    content = written_pdf(viewer, "ui/table_paper.html", context, is_wide=is_wide)
    return Paper(content, len(shown))


def _cell(value: Cell) -> PaperCell:
    """Return a value as people read it on paper."""
    if isinstance(value, bool):
        return PaperCell(_("Yes") if value else _("No"))
    if isinstance(value, int):
        return PaperCell(grouped(value), is_figure=True)
    if isinstance(value, Decimal | float):
        return PaperCell(f"{value:,}", is_figure=True)
    if isinstance(value, datetime):
        at = localtime(value) if is_aware(value) else value
        return PaperCell(date_format(at, "SHORT_DATETIME_FORMAT"))
    if isinstance(value, date):
        return PaperCell(date_format(value, "SHORT_DATE_FORMAT"))
    return PaperCell("" if value is None else str(value))
