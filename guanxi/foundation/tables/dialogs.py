"""The dialogs of a list: its filter, its columns, its saved views."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django import forms
from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed, collected
from guanxi.foundation.tables.filters import compiled, span_label
from guanxi.foundation.tables.operators import SPANS, operators_of
from guanxi.foundation.tables.saved import (
    choose_view,
    delete_view,
    save_view,
    view,
    views,
)
from guanxi.foundation.tables.state import State, shown_columns, state_of
from guanxi.foundation.tables.table import LISTED, Column, ColumnKind, Table
from guanxi.foundation.tables.where import Condition, Group, Node

SPARE_ROWS = 3
USUAL_SPANS = ("7d", "30d", "90d", "365d", "next7d", "next30d")
INPUTS = {
    ColumnKind.NUMBER: "number",
    ColumnKind.MONEY: "number",
    ColumnKind.DATE: "date",
    ColumnKind.INSTANT: "date",
}


@dataclass(frozen=True)
class FilterRow:
    """One row of the filter dialog: a condition to change, or room for a new one."""

    number: int
    key: str
    operator: str
    values: Sequence[str]
    group: str


@dataclass(frozen=True)
class FilterField:
    """One column as the filter dialog offers it."""

    key: str
    label: str
    input: str
    operators: Sequence[tuple[str, str, str]]
    choices: Sequence[tuple[str, str]]
    spans: Sequence[tuple[str, str]]


class ViewForm(forms.Form):
    """The name of a view and who sees it."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(
        label=gettext_lazy("Share with everybody who has this list"), required=False
    )
    is_pinned = forms.BooleanField(
        label=gettext_lazy("Pin among the first tabs"), required=False, initial=True
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("Open the list with this view"), required=False
    )
    query = forms.CharField(widget=forms.HiddenInput)


@login_required
@require_http_methods(["GET", "POST"])
def table_filter(request: HttpRequest, key: str) -> HttpResponse:
    """Let the viewer build a filter; a POST leads to the list it describes."""
    table = _table(request.user, key)
    state = state_of(request.GET)
    problem = ""
    if request.method == "POST":
        where = _posted(request.POST)
        try:
            compiled(where, table, request.user, localdate())
        except Refused as refusal:
            problem = refusal.message
            state = _with(state, where)
        else:
            return redirect(reverse(table.url) + state.address(where=where))
    fields = _fields(table, request.user)
    context: dict[str, object] = {
        "base": _base(request),
        "table": table,
        "fields": fields,
        "rows": _rows(state.where),
        "fields_json": [asdict(field) for field in fields],
        "problem": problem,
        "here": request.get_full_path(),
    }
    return render(request, "ui/filter.html", context, status=422 if problem else 200)


@login_required
@require_http_methods(["GET", "POST"])
def table_columns(request: HttpRequest, key: str) -> HttpResponse:
    """Let the viewer choose and order the columns."""
    table = _table(request.user, key)
    state = state_of(request.GET)
    if request.method == "POST":
        chosen = tuple(request.POST.getlist("column"))
        return redirect(reverse(table.url) + state.address(columns=chosen))
    shown = list(shown_columns(state, table, request.user))
    others = [c for c in table.showable(request.user) if c not in shown]
    context = {
        "base": _base(request),
        "table": table,
        "shown": shown,
        "others": others,
        "here": request.get_full_path(),
    }
    return render(request, "ui/columns.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def table_view(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the list as it is shown now under a name, and manage the kept ones."""
    table = _table(request.user, key)
    here = state_of(request.GET).address()
    form = ViewForm(request.POST or None, initial={"query": here})
    if not allowed(request.user, "view.share"):
        del form.fields["is_shared"]
    if request.method == "POST" and form.is_valid():
        try:
            _save(request.user, table, form, now())
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            toasts.success(request, _("View saved."))
            return redirect(reverse(table.url) + form.cleaned_data["query"])
    context = {
        "base": _base(request),
        "table": table,
        "form": form,
        "submit_label": _("Save view"),
        "cancel_url": reverse(table.url) + here,
        "views": views(request.user, table.key).select_related("owner"),
        "viewer_id": request.user.pk,
    }
    return render(request, "ui/views.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def view_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one's own view."""
    saved = view(request.user, pk)
    table = _table(request.user, saved.table)
    delete_view(request.user, saved)
    toasts.success(request, _("View deleted."))
    return redirect(reverse(table.url))


@login_required
@require_POST
def view_choice(request: HttpRequest, pk: int) -> HttpResponse:
    """Pin or unpin a view, or make it the one that opens by default."""
    saved = view(request.user, pk)
    table = _table(request.user, saved.table)
    choose_view(
        request.user,
        saved,
        is_pinned=request.POST.get("is_pinned") == "1",
        is_default=request.POST.get("is_default") == "1",
    )
    return redirect(reverse(table.url) + saved.query)


def _save(viewer: Actor, table: Table, form: ViewForm, at: datetime) -> None:
    values = form.cleaned_data
    # Only what a list address can hold is kept, whatever was posted.
    query = state_of(QueryDict(values["query"].removeprefix("?"))).address()
    saved = save_view(
        viewer,
        table,
        name=values["name"],
        query=query,
        is_shared=values.get("is_shared", False),
        at=at,
    )
    choose_view(
        viewer,
        saved,
        is_pinned=values["is_pinned"],
        is_default=values["is_default"],
    )


def _table(viewer: Actor, key: str) -> Table:
    for table in collected("tables"):
        if table.key == key:
            require(viewer, f"{table.kind}.read")
            return table
    raise NotVisible


def _base(request: HttpRequest) -> str:
    return "ui/dialog.html" if request.htmx else "ui/shell.html"


def _with(state: State, where: Group) -> State:
    return State(where, state.query, state.sort, state.columns, "", "", state.size)


def _fields(table: Table, viewer: Actor) -> Sequence[FilterField]:
    return [_field(c, viewer) for c in table.readable(viewer) if c.filterable]


def _field(column: Column, viewer: Actor) -> FilterField:
    choices: Sequence[tuple[str, str]] = []
    if column.choices:
        choices = [(key, str(label)) for key, label in column.choices(viewer)]
    elif column.kind is ColumnKind.BOOLEAN:
        choices = [("true", _("yes")), ("false", _("no"))]
    return FilterField(
        key=column.key,
        label=str(column.label),
        input=INPUTS.get(column.kind, "text"),
        operators=[
            (o.key, str(o.label), o.values)
            for o in operators_of(column)
            if o.values != "many" or column.kind in LISTED
        ],
        choices=choices,
        spans=[(key, span_label(key)) for key in (*SPANS, *USUAL_SPANS)],
    )


def _rows(where: Group) -> Sequence[FilterRow]:
    """
    Return a filter as rows: those of group ``a`` all hold, of ``b``, ``c``… any of each.

    What the dialog cannot draw (deeper nesting) keeps standing in the address as chips.
    """
    rows: list[FilterRow] = []
    letters = iter("bcdefgh")
    for member in where.members:
        if isinstance(member, Condition):
            rows.append(_row(len(rows), member, "a"))
        elif member.joint == "or":
            letter = next(letters, "h")
            plain = [m for m in member.members if isinstance(m, Condition)]
            rows += [_row(len(rows) + i, m, letter) for i, m in enumerate(plain)]
    spare = [FilterRow(len(rows) + i, "", "", (), "a") for i in range(SPARE_ROWS)]
    return [*rows, *spare]


def _row(number: int, condition: Condition, group: str) -> FilterRow:
    return FilterRow(number, condition.key, condition.operator, condition.values, group)


def _posted(data: QueryDict) -> Group:
    """Return the filter that the dialog's rows describe."""
    groups: dict[str, list[Node]] = {}
    for number in data.getlist("row"):
        key = data.get(f"key_{number}", "")
        operator = data.get(f"operator_{number}", "")
        values = tuple(v for v in data.getlist(f"value_{number}") if v != "")
        if not key or not operator:
            continue
        if not values and operator not in {"empty", "filled"}:
            continue
        letter = data.get(f"group_{number}", "a")[:1] or "a"
        condition = Condition(key, operator, values or ("",))
        groups.setdefault(letter, []).append(condition)
    members: list[Node] = groups.pop("a", [])
    for letter in sorted(groups):
        some = groups[letter]
        members.append(some[0] if len(some) == 1 else Group("or", tuple(some)))
    return Group("and", tuple(members))
