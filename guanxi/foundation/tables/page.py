"""The page of a list, and the same list for REST."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages as toasts
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import short
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables import keyset
from guanxi.foundation.tables.cells import renderer
from guanxi.foundation.tables.export import export
from guanxi.foundation.tables.filters import sentence
from guanxi.foundation.tables.saved import ViewTab, default_address, tabs
from guanxi.foundation.tables.state import (
    State,
    condition,
    shown_columns,
    sort_column,
    state_of,
)
from guanxi.foundation.tables.table import Bulk, BulkResult, Column, Empty, Table
from guanxi.foundation.tables.where import BadFilter, parse, without
from guanxi.foundation.words import Words

MOST_SELECTED = 1000
DENSITIES = ("compact", "comfortable")
MOST_TOLD = 10  # refusals; more would cover the page


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
    filter_url: str
    columns_url: str
    save_view_url: str
    export_csv_url: str
    export_xlsx_url: str
    empty: ShownEmpty
    density: str
    query: str


def table_page(
    request: HttpRequest, table: Table, context: Mapping[str, object] | None = None
) -> HttpResponse:
    """Show ``table`` as the address asks, or do what was posted to its selection."""
    viewer = request.user
    require(viewer, f"{table.kind}.read")
    if request.method == "POST":
        return _run_bulk(request, table)
    if not request.GET and (address := default_address(viewer, table)):
        return redirect(reverse(table.url) + address)
    problem = ""
    try:
        state = state_of(request.GET)
        if request.GET.get("export") in {"csv", "xlsx"}:
            return export(request, table, state)
        shown = _shown(request, table, state)
    except BadFilter as refusal:
        problem = refusal.message
        toasts.error(request, problem)
        shown = _shown(request, table, state_of(QueryDict()))
    page = {"table": shown, **(context or {})}
    return render(request, table.template, page, status=400 if problem else 200)


def rest_page(
    viewer: Actor, table: Table, *, where: str, sort: str, after: str, size: int
) -> keyset.Page:
    """
    Return one page of ``table`` for a program, with the filter language of the lists.

    :raises BadFilter: for a filter, sort or cursor that the viewer cannot use.
    """
    parsed = State(parse(where), "", sort, (), after, "", size)
    rows = table.rows(viewer).filter(condition(parsed, table, viewer, localdate()))
    order = order_of(parsed, table, viewer)
    return keyset.page(rows, order, size=size, after=after)


def order_of(state: State, table: Table, viewer: Actor) -> keyset.Order:
    """Return by what to sort: what the address asks for, else the usual."""
    sort = state.sort or table.default_sort
    column = sort_column(sort, table, viewer)
    path = column.sort if column else "pk"
    nullable = column.nullable if column else False
    return keyset.Order(path, sort.startswith("-"), nullable)


def _shown(request: HttpRequest, table: Table, state: State) -> ShownTable:
    viewer = request.user
    rows = table.rows(viewer).filter(condition(state, table, viewer, localdate()))
    page = keyset.page(
        rows,
        order_of(state, table, viewer),
        size=state.size,
        after=state.after,
        before=state.before,
    )
    columns = shown_columns(state, table, viewer)
    draw = [renderer(column, table, viewer) for column in columns]
    address = reverse(table.url)
    here = state.address()
    can_export = allowed(viewer, f"{table.kind}.export")
    export_url = f"{address}{here}{'&' if here != '?' else ''}export="
    return ShownTable(
        title=table.title,
        views=tabs(viewer, table, here),
        chips=_chips(table, state, viewer),
        columns=[_head(column, table, state, viewer) for column in columns],
        rows=[Row(row.pk, "", [d(row) for d in draw]) for row in page.rows],
        next_url=state.address(after=page.next) if page.next else "",
        prev_url=state.address(before=page.prev) if page.prev else "",
        about=_about(rows, page, state),
        bulk=[b for b in table.bulk if allowed(viewer, b.needs)],
        filter_url=_tool(table, "filter", here),
        columns_url=_tool(table, "columns", here),
        save_view_url=_tool(table, "view", here),
        export_csv_url=f"{export_url}csv" if can_export else "",
        export_xlsx_url=f"{export_url}xlsx" if can_export else "",
        empty=_empty(table, state, viewer),
        density=_density(request),
        query=state.query,
    )


def _tool(table: Table, tool: str, here: str) -> str:
    return reverse(f"foundation:table_{tool}", args=[table.key]) + here


def _density(request: HttpRequest) -> str:
    chosen = request.GET.get("density") or request.COOKIES.get("density", "")
    chosen = chosen or getattr(request.user, "density", "")
    return chosen if chosen in DENSITIES else DENSITIES[0]


def _head(column: Column, table: Table, state: State, viewer: Actor) -> Head:
    sorted_by = state.sort or table.default_sort
    direction = ""
    if sorted_by.removeprefix("-") == column.key:
        direction = "desc" if sorted_by.startswith("-") else "asc"
    can_sort = column.sort and column in table.readable(viewer)
    wanted = f"-{column.key}" if direction == "asc" else column.key
    return Head(
        key=column.key,
        label=column.label,
        sort_url=state.address(sort=wanted) if can_sort else "",
        sort_dir=direction,
        align=column.align,
        width_class=column.width,
        css="ui-money" if column.align == "end" else "",
    )


def _chips(table: Table, state: State, viewer: Actor) -> Sequence[Chip]:
    return [
        Chip(
            text=sentence(member, table, viewer),
            remove_url=state.address(where=without(state.where, member)),
        )
        for member in state.where.members
    ]


def _empty(table: Table, state: State, viewer: Actor) -> ShownEmpty:
    if state.is_narrowed:
        return ShownEmpty(
            title=_("Nothing matches"),
            text=_("No row fits the filter and the search together."),
            action_label=_("Show all"),
            action_url=reverse(table.url),
        )
    empty: Empty = table.empty
    url = reverse(empty.action_view) if empty.action_view else ""
    return ShownEmpty(empty.title, empty.text, empty.action_label, url)


def _about(rows: "QuerySet[Any]", page: keyset.Page, state: State) -> str:
    """Return how many rows there are: exactly on a single page, else the estimate."""
    if not page.next and not page.prev:
        count = len(page.rows)
        return ngettext("%(n)d row", "%(n)d rows", count) % {"n": count}
    estimate = max(estimated_rows(rows), len(page.rows) + 1)
    return _("about %(n)s rows") % {"n": short(estimate)}


def estimated_rows(rows: "QuerySet[Any]") -> int:
    """Return how many rows PostgreSQL's planner expects, without running the query."""
    sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
    return int(plan[0]["Plan"]["Plan Rows"])


def _run_bulk(request: HttpRequest, table: Table) -> HttpResponse:
    viewer = request.user
    bulk = next((b for b in table.bulk if b.key == request.POST.get("action")), None)
    keys = [int(pk) for pk in request.POST.getlist("pk") if pk.isdigit()][
        :MOST_SELECTED
    ]
    back = request.get_full_path()
    if bulk is None or not keys:
        toasts.error(request, _("Select rows first, then choose what to do with them."))
        return redirect(back)
    require(viewer, bulk.needs)
    if bulk.form_view and "confirmed" not in request.POST:
        query = "&".join(f"pk={pk}" for pk in keys)
        return HttpResponseRedirect(f"{reverse(bulk.form_view)}?{query}")
    rows = list(table.rows(viewer).filter(pk__in=keys))
    _tell(request, bulk.run(viewer, rows, request.POST.dict()))
    return redirect(back)


def _tell(request: HttpRequest, result: BulkResult) -> None:
    if result.done:
        text = ngettext("Done for %(n)d row.", "Done for %(n)d rows.", result.done)
        toasts.success(request, text % {"n": result.done})
    for refusal in result.refused[:MOST_TOLD]:
        toasts.warning(request, refusal)
