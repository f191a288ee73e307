"""A list as its templates draw it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.foundation.figures import short
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables import keyset
from guanxi.foundation.tables.cells import renderer
from guanxi.foundation.tables.estimate import estimated_rows
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.saved import ViewRow, ViewTab, tabs
from guanxi.foundation.tables.state import SIZES
from guanxi.foundation.tables.table import Bulk, Column, ColumnKind
from guanxi.foundation.tables.where import without
from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Head:
    """The head of one column."""

    key: str
    label: Words
    sort_url: str
    sort_dir: str
    align: str
    width_class: str
    css: str


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
class ShownTable:
    """Everything the templates of a list draw."""

    title: Words
    views: Sequence[ViewTab]
    chips: Sequence[Chip]
    columns: Sequence[Head]
    rows: Sequence[Row]
    next_url: str
    prev_url: str
    about: str
    bulk: Sequence[Bulk]
    sizes: Sequence[Size]
    filter_url: str
    columns_url: str
    save_view_url: str
    export_csv_url: str
    export_xlsx_url: str
    empty: ShownEmpty
    density: str
    query: str


def shown(
    listing: Listing, page: keyset.Page, views: Sequence[ViewRow], *, density: str
) -> ShownTable:
    """Return a ``page`` of ``listing`` ready to be drawn, the ``views`` as its tabs."""
    table, viewer, state = listing.table, listing.viewer, listing.state
    draw = [renderer(column, table, viewer) for column in listing.columns]
    can_export = allowed(viewer, f"{table.kind}.export")
    return ShownTable(
        title=table.title,
        views=tabs(views, here=state.address(), usual_sort=listing.usual_sort),
        chips=_chips(listing),
        columns=[_head(column, listing) for column in listing.columns],
        rows=[Row(row.pk, "", [cell(row) for cell in draw]) for row in page.rows],
        next_url=state.address(after=page.next) if page.next else "",
        prev_url=state.address(before=page.prev) if page.prev else "",
        about=_about(listing, page),
        bulk=[bulk for bulk in table.bulk if allowed(viewer, bulk.needs)],
        sizes=[Size(n, state.address(size=n), n == state.size) for n in SIZES],
        filter_url=_tool(listing, "filter"),
        columns_url=_tool(listing, "columns"),
        save_view_url=_tool(listing, "view"),
        export_csv_url=_export(listing, "csv") if can_export else "",
        export_xlsx_url=_export(listing, "xlsx") if can_export else "",
        empty=_empty(listing),
        density=density,
        query=state.query,
    )


def _tool(listing: Listing, tool: str) -> str:
    address = reverse(f"foundation:table_{tool}", args=[listing.table.key])
    return address + listing.state.address()


def _export(listing: Listing, form: str) -> str:
    query = listing.state.address()
    joint = "" if query == "?" else "&"
    return f"{reverse(listing.table.url)}{query}{joint}export={form}"


def _head(column: Column, listing: Listing) -> Head:
    direction = ""
    if listing.sort.removeprefix("-") == column.key:
        direction = "desc" if listing.sort.startswith("-") else "asc"
    wanted = f"-{column.key}" if direction == "asc" else column.key
    can_sort = column.key in listing.sortable
    return Head(
        key=column.key,
        label=column.label,
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
    estimate = max(estimated_rows(listing.rows), count + 1)
    return _("about %(n)s rows") % {"n": short(estimate)}
