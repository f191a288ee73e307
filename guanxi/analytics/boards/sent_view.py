"""Saved views of lists and of the explorer that are sent: what they show, as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import cast

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.analytics import exploring
from guanxi.analytics.asked import ExploreForm
from guanxi.analytics.boards.paper import exploration_paper, span_words
from guanxi.analytics.boards.span import Days
from guanxi.analytics.boards.timetable import FileForm
from guanxi.analytics.commands.exploration import PAGE
from guanxi.analytics.pivoted import pivoted
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.models import SavedView
from guanxi.foundation.rooms import allowed, collected
from guanxi.foundation.sheets.write import Sheet, write_workbook
from guanxi.foundation.tables.export import taken_out
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.saved import view
from guanxi.foundation.tables.state import state_of
from guanxi.foundation.tables.table import Table
from guanxi.foundation.tables.where import BadFilter

READS = ("analysis.read", "order.read")
"""Who looks at figures of orders needs both."""
MOST_LINES = 13  # of a table within the text of a letter


@dataclass(frozen=True)
class SentView:
    """A saved view as somebody sees it; ``table`` is its list, None for an exploration."""

    kept: SavedView
    table: Table | None

    @property
    def name(self) -> str:
        """What it is called, after its list."""
        return (
            f"{self.table.title} · {self.kept.name}" if self.table else self.kept.name
        )

    def url(self, days: Days | None) -> str:
        """Return where it is looked at."""
        if self.table:
            return reverse(self.table.url) + self.kept.query
        asked = _asked(self.kept, days)
        return f"{reverse('analytics:explore')}?{asked.urlencode()}"


@dataclass(frozen=True)
class Contents:
    """What a letter says of a view, and its file, None for who may not export it."""

    lines: Sequence[str]
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    file: bytes | None = None


class ClosedToHim(Exception):
    """A view that asks for something that is closed to its viewer, or is there no more."""


def sent_view(viewer: Actor, pk: int) -> SentView:
    """
    Return a saved view.

    :raises NotVisible: if ``viewer`` has none of this number, or may not read what it is of.
    """
    kept = view(viewer, pk)
    if kept.table == PAGE:
        if all(allowed(viewer, right) for right in READS):
            return SentView(kept, None)
        raise NotVisible
    tables = (cast(Table, one) for one in collected("tables"))
    table = next((one for one in tables if one.key == kept.table), None)
    if table is None or not allowed(viewer, f"{table.kind}.read"):
        raise NotVisible
    return SentView(kept, table)


def contents(
    viewer: Actor, shown: SentView, days: Days | None, today: date, form: FileForm
) -> Contents:
    """
    Return what ``viewer`` sees of a view; that a file leaves the house is noted.

    ``days`` are those of an exploration, up to ``today``, the day of the latest analysis.

    :raises ClosedToHim: if it asks for something that is closed to him.
    :raises NoSnapshotError: for an exploration, while no analysis has loaded the cube.
    """
    if shown.table is None:
        return _of_exploration(viewer, shown, days, today, form)
    try:
        return _of_list(viewer, shown, shown.table, form)
    except BadFilter as refusal:
        raise ClosedToHim from refusal


def _of_list(viewer: Actor, shown: SentView, table: Table, form: FileForm) -> Contents:
    state = state_of(QueryDict(shown.kept.query.removeprefix("?")))
    listing = Listing(table, viewer, state, localdate())
    count = listing.fits.count()
    lines = [
        date_format(listing.today, "DATE_FORMAT"),
        *(listing.filters.sentence(one) for one in state.where.members),
        ngettext("%(n)d row", "%(n)d rows", count) % {"n": count},
    ]
    if not allowed(viewer, f"{table.kind}.export"):
        return Contents(lines)
    with taken_out(listing, form, shown.name) as file:
        return Contents(lines, file=file.read())


def _of_exploration(
    viewer: Actor, shown: SentView, days: Days | None, today: date, form: FileForm
) -> Contents:
    asked = _asked(shown.kept, days)
    asking = ExploreForm(asked, viewer=viewer, last_on=today)
    if not asking.is_valid():
        raise ClosedToHim
    found = pivoted(viewer, asking, asked)
    heads, rows = found.words
    data = asking.cleaned_data
    lines = [
        span_words(Days(data["first_on"], data["last_on"]), None),
        *(f"{cut.dimension.label}: {cut.label}" for cut in asking.cuts),
    ]
    if len(rows) > MOST_LINES:
        rows = [*rows[: MOST_LINES - 1], rows[-1]]
        lines.append(_("The first lines, and the sum of all."))
    if not allowed(viewer, "order.export"):
        return Contents(lines, heads, rows)
    if form is FileForm.PDF:
        paper = exploration_paper(viewer, asking, found, shown.name)
        content, count = paper.content, paper.rows
    else:
        content, count = _workbook(viewer, shown, asking)
    record_access(viewer, "export", "order", fields=[], rows=count, at=now())
    return Contents(lines, heads, rows, content)


def _workbook(viewer: Actor, shown: SentView, asking: ExploreForm) -> tuple[bytes, int]:
    heads, rows = exploring.plain_table(viewer, asking.question())
    file = BytesIO()
    write_workbook(file, [Sheet(shown.kept.name, heads, rows)])
    return file.getvalue(), len(rows) - 1


def _asked(kept: SavedView, days: Days | None) -> QueryDict:
    """Return what an exploration asks, of other days than those it was saved with."""
    asked = QueryDict(kept.query.removeprefix("?"), mutable=True)
    if days:
        asked["first_on"] = days.first.isoformat()
        asked["last_on"] = days.last.isoformat()
    return asked
