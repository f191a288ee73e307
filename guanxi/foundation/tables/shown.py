"""A list as its templates draw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from guanxi.foundation.compiled import keep
from guanxi.foundation.figures import short
from guanxi.foundation.paper.pdf import paper_problem
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables import keyset
from guanxi.foundation.tables.cells import renderer
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.saved import ViewRow, ViewTab, tabs
from guanxi.foundation.tables.state import SIZES
from guanxi.foundation.tables.table import Column, ColumnKind
from guanxi.foundation.tables.where import without
from guanxi.foundation.words import Words

DENSITIES = ("compact", "comfortable")


@dataclass(frozen=True)
class Head:
    """The head of one column."""

    key: str
    label: str
    sort_url: str = ""
    sort_dir: str = ""
    align: str = "start"
    width_class: str = ""
    css: str = ""


@dataclass(frozen=True)
class Row:
    """One line: its number, its address and its cells as safe HTML."""

    pk: int
    url: str
    cells: Sequence[str]
    selected: bool = False


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the address without it."""

    text: str
    remove_url: str


@dataclass(frozen=True)
class Tool:
    """What can be done to the selected rows."""

    key: str
    label: str
    icon: str
    confirm: str


@dataclass(frozen=True)
class Size:
    """How many rows a page may have, and the address of the list with so many."""

    rows: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class ShownEmpty:
    """What stands where rows would."""

    title: Words
    text: Words
    action_label: Words
    action_url: str


@dataclass(frozen=True)
class Density:
    """How close rows may stand, and the address of the list with them so."""

    key: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Frame:
    """What stands around the rows of a list; equal frames are drawn once."""

    title: str
    views: tuple[ViewTab, ...]
    columns: tuple[Head, ...]
    bulk: tuple[Tool, ...]
    sizes: tuple[Size, ...]
    densities: tuple[Density, ...]
    filter_url: str
    columns_url: str
    save_view_url: str
    views_url: str
    export_csv_url: str
    export_xlsx_url: str
    export_pdf_url: str

    @cached_property
    def density(self) -> str:
        """How close the rows stand."""
        return next(d.key for d in self.densities if d.chosen)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Every part that is drawn asks for it, and it goes through a hundred texts.
        return hash((self.title, self.views, self.columns, self.sizes))


@dataclass(frozen=True)
class ShownTable:
    """Everything the templates of a list draw."""

    frame: Frame
    chips: Sequence[Chip]
    rows: Sequence[Row]
    next_url: str
    prev_url: str
    about: str
    empty: ShownEmpty
    query: str


def shown(
    listing: Listing, page: keyset.Page, views: Sequence[ViewRow], *, density: str
) -> ShownTable:
    """Return a ``page`` of ``listing`` ready to be drawn, the ``views`` as its tabs."""
    table, viewer, state = listing.table, listing.viewer, listing.state
    draw = [renderer(column, table, viewer) for column in listing.columns]
    return ShownTable(
        frame=_kept_frame(listing, views, density),
        chips=_chips(listing),
        rows=[Row(row.pk, "", [cell(row) for cell in draw]) for row in page.rows],
        next_url=state.address(after=page.next) if page.next else "",
        prev_url=state.address(before=page.prev) if page.prev else "",
        about=_about(listing, page),
        empty=_empty(listing),
        query=state.query,
    )


def _kept_frame(listing: Listing, views: Sequence[ViewRow], density: str) -> Frame:
    """Return the frame: what the viewer's grants led to last time, or a new one."""
    state = listing.state
    drawn_tabs = tabs(views, here=state.address(), usual_sort=listing.usual_sort)
    of_state = state.where, state.query, state.sort, state.columns, state.size
    key = listing.table.key, of_state, drawn_tabs, density, get_language()
    kept = listing.viewer.grants.worked_out
    frame: Frame | None = kept.get(key)
    if frame is None:
        frame = _frame(listing, drawn_tabs, density)
        keep(kept, key, frame)
    return frame


def _frame(listing: Listing, views: tuple[ViewTab, ...], density: str) -> Frame:
    table, viewer, state = listing.table, listing.viewer, listing.state
    can_export = allowed(viewer, f"{table.kind}.export")
    is_saved = any(tab.active and tab.pk for tab in views)
    view_url = _tool(listing, "view")
    return Frame(
        title=str(table.title),
        views=views,
        columns=tuple(_head(column, listing) for column in listing.columns),
        bulk=tuple(
            Tool(bulk.key, str(bulk.label), bulk.icon, str(bulk.confirm))
            for bulk in table.bulk
            if allowed(viewer, bulk.needs)
        ),
        sizes=tuple(Size(n, state.address(size=n), n == state.size) for n in SIZES),
        densities=tuple(
            Density(key, _with(state.address(), f"density={key}"), key == density)
            for key in DENSITIES
        ),
        filter_url=_tool(listing, "filter"),
        columns_url=_tool(listing, "columns"),
        save_view_url="" if is_saved else view_url,
        # The first tab is no saved view: it shows everything.
        views_url=_with(view_url, "manage=1") if len(views) > 1 else "",
        export_csv_url=_export(listing, "csv") if can_export else "",
        export_xlsx_url=_export(listing, "xlsx") if can_export else "",
        export_pdf_url=_export(listing, "pdf")
        if can_export and not paper_problem()
        else "",
    )


def _tool(listing: Listing, tool: str) -> str:
    address = reverse(f"foundation:table_{tool}", args=[listing.table.key])
    return address + listing.state.address()


def _export(listing: Listing, form: str) -> str:
    address = reverse(listing.table.url) + listing.state.address()
    return _with(address, f"export={form}")


def _with(address: str, more: str) -> str:
    return address + ("" if address.endswith("?") else "&") + more


def _head(column: Column, listing: Listing) -> Head:
    direction = ""
    if listing.sort.removeprefix("-") == column.key:
        direction = "desc" if listing.sort.startswith("-") else "asc"
    wanted = f"-{column.key}" if direction == "asc" else column.key
    can_sort = column.key in listing.sortable
    return Head(
        key=column.key,
        label=str(column.label),
        sort_url=listing.state.address(sort=wanted) if can_sort else "",
        sort_dir=direction,
        align=column.align,
        width_class=column.width,
        css="ui-money" if column.kind is ColumnKind.MONEY else "",
    )


def _chips(listing: Listing) -> Sequence[Chip]:
    where = listing.state.where
    return [
        Chip(
            text=listing.filters.sentence(member),
            remove_url=listing.state.address(where=without(where, member)),
        )
        for member in where.members
    ]


def _empty(listing: Listing) -> ShownEmpty:
    if listing.state.is_narrowed:
        return ShownEmpty(
            title=_("Nothing matches"),
            text=_("No row fits the filter and the search together."),
            action_label=_("Show all"),
            action_url=f"{reverse(listing.table.url)}?sort={listing.usual_sort}",
        )
    empty = listing.table.empty
    may_begin = allowed(listing.viewer, f"{listing.table.kind}.create")
    url = reverse(empty.action_view) if empty.action_view and may_begin else ""
    return ShownEmpty(empty.title, empty.text, empty.action_label, url)


def _about(listing: Listing, page: keyset.Page) -> str:
    """Return how many rows there are: exactly on a single page, else the estimate."""
    count = len(page.rows)
    if not page.next and not page.prev:
        return ngettext("%(n)d row", "%(n)d rows", count) % {"n": count}
    estimate = max(listing.estimate(), count + 1)
    return _("about %(n)s rows") % {"n": short(estimate)}
