"""The explorer: sales from every side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
)

from guanxi.analytics import exploring, queries
from guanxi.analytics.asked import ExploreForm, SaveForm, Show
from guanxi.analytics.boards.paper import span_words
from guanxi.analytics.boards.span import Days
from guanxi.analytics.commands.exploration import PAGE, save_exploration
from guanxi.analytics.cubes.declared import Key, Metric
from guanxi.analytics.exploring import Line, Pivot, change, plain, written
from guanxi.analytics.views.chips import chips
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.paper.pdf import PDF, paper_problem, written_pdf
from guanxi.foundation.paper.pictures import picture
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.export import FORMS, table_answer
from guanxi.foundation.tables.saved import SHARE, delete_view, tabs, view, views
from guanxi.foundation.viewer import StaffRequest, is_fragment, key_of

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Figures, Question

HEATS = 5
MOST_UPRIGHT = 8  # columns that fit beside each other on paper that stands


@dataclass(frozen=True)
class Cell:
    """A figure of the table: its words, the page behind it, and how high it is (0 to 5)."""

    words: str
    url: str = ""
    heat: int = 0


@dataclass(frozen=True)
class Row:
    """A line of the table: what it is called, where it leads, and its cells."""

    label: str
    url: str
    cells: Sequence[Cell]


@login_required
@require_GET
def explore(request: StaffRequest) -> HttpResponse:
    """Show the pivot that the address asks for."""
    require_readable(request)
    form = form_of(request)
    context: dict[str, Any] = {
        "form": form,
        "asked": request.GET.urlencode(),
        "chips": chips(request.GET, form.cuts),
        "metrics": form.known_metrics.values(),
        "can_export": allowed(request.user, "order.export"),
        "has_paper": not paper_problem(),
        "saved": tabs(
            views(request.user, PAGE), here=f"?{request.GET.urlencode()}", usual_sort=""
        ),
    }
    if form.is_valid() and exploring.is_loaded():
        context |= _told(request, form)
    return render(request, "analytics/explore.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def explore_views(request: StaffRequest) -> HttpResponse:
    """Keep the address under a name, and let go of names that are kept."""
    require(request.user, "analysis.read")
    viewer, query = request.user, f"?{request.GET.urlencode()}"
    form = SaveForm(request.POST or None)
    if not allowed(viewer, SHARE):
        del form.fields["is_shared"]
    if request.method == "POST" and (form.is_valid() or "remove" in request.POST):
        _keep_or_remove(request, form, query)
        return redirect(f"{reverse('analytics:explore')}{query}")
    context = {
        "base": "ui/dialog.html" if is_fragment(request) else "ui/shell.html",
        "form": form,
        "submit_label": _("Save view"),
        "cancel_url": f"{reverse('analytics:explore')}{query}",
        "views": [one for one in views(viewer, PAGE) if one.owner_id == viewer.pk],
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/explore_views.html", context, status=status)


def _keep_or_remove(request: StaffRequest, form: SaveForm, query: str) -> None:
    viewer = request.user
    if "remove" in request.POST:
        delete_view(viewer, view(viewer, key_of(request.POST["remove"]) or 0))
        messages.success(request, _("View deleted."))
        return
    name, is_shared = form.cleaned_data["name"], form.cleaned_data.get("is_shared")
    save_exploration(
        viewer, name=name, query=query, is_shared=bool(is_shared), at=now()
    )
    messages.success(request, _("View saved."))


@login_required
@require_GET
def explore_export(request: StaffRequest) -> FileResponse:
    """Give the whole pivot as a CSV or XLSX file, or as a PDF document."""
    require_readable(request)
    require(request.user, "order.export")
    form = form_of(request)
    if not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    heads, rows = exploring.plain_table(request.user, form.question())
    form_of_file = request.GET.get("as", "csv")
    if form_of_file not in FORMS:
        raise NotVisible
    record_access(
        request.user, "export", "order", fields=[], rows=len(rows) - 1, at=now()
    )
    if form_of_file == "pdf":
        return _paper_answer(request, form)
    return table_answer("sales", form_of_file, heads, rows)


def _paper_answer(request: StaffRequest, form: ExploreForm) -> FileResponse:
    """Answer with what the page shows, on paper."""
    question = form.question()
    told = _told(request, form)
    days = Days(question.first_on, question.last_on)
    rows = [[row.label, *(cell.words for cell in row.cells)] for row in told["rows"]]
    total = [pgettext("pivot", "Total"), *(cell.words for cell in told["whole"])]
    context = {
        "title": told["chart"]["title"],
        "lines": [
            span_words(days, None),
            *(f"{cut.dimension.label}: {cut.label}" for cut in form.cuts),
        ],
        "picture": picture(told["chart"]["option"]),
        "heads": [told["side"], *(label for label, _url in told["heads"])],
        "rows": rows,
        "total": total,
        "pivot": told["pivot"],
    }
    content = written_pdf(
        request.user,
        "analytics/explore_paper.html",
        context,
        is_wide=len(total) > MOST_UPRIGHT,
    )
    name = f"{told['chart']['title']}.pdf"
    return FileResponse(
        BytesIO(content), as_attachment=True, filename=name, content_type=PDF
    )


def require_readable(request: StaffRequest) -> None:
    """
    Let pass whoever may ask from every side: the analysis, and orders.

    :raises Denied: for everybody else.
    """
    require(request.user, "analysis.read")
    require(request.user, "order.read")


def form_of(request: StaffRequest) -> ExploreForm:
    """Return what was asked, up to the day of the latest analysis."""
    latest = queries.latest_runs(1)
    last_on = latest[0].as_of if latest else localdate()
    return ExploreForm(request.GET, viewer=request.user, last_on=last_on)


def _told(request: StaffRequest, form: ExploreForm) -> dict[str, Any]:
    """Return what the template shows of the answer."""
    question = form.question()
    pivot = exploring.explored(request.user, question)
    metrics, show = _metrics(question), form.shown_as
    writer = _Writer(request, form, question, pivot, metrics)
    if show is Show.CHANGE:
        writer.before = exploring.explored(request.user, question.before()).cells
    return {
        "pivot": pivot,
        "side": form.dimensions[question.rows].label,
        "heads": writer.heads(),
        "rows": writer.rows(),
        "whole": writer.line(Line(None, "", pivot.whole)),
        "chart": _chart(form, pivot, metrics[0]),
        "swap_url": f"?{with_query(request, rows=question.columns, columns=question.rows)}"
        if question.columns
        else "",
    }


@dataclass
class _Writer:
    """Writes the figures of a pivot as the form wants them shown."""

    request: StaffRequest
    form: ExploreForm
    question: "Question"
    pivot: Pivot
    metrics: Sequence[Metric]
    before: Any = None

    def heads(self) -> list[tuple[str, str]]:
        """Return label and address of each column."""
        if not self.question.columns:
            return [(str(one.label), "") for one in self.metrics]
        columns = [
            (one.label, self._drill(self.question.columns, one.key))
            for one in self.pivot.columns
        ]
        return [*columns, (pgettext("pivot", "Total"), "")]

    def rows(self) -> list[Row]:
        """Return the lines of the table."""
        return [
            Row(
                one.label,
                self._drill(self.question.rows, one.key),
                self.line(one),
            )
            for one in self.pivot.rows
        ]

    def line(self, row: Line) -> list[Cell]:
        """Return the cells of a row; without a key, those of the sums below."""
        if not self.question.columns:
            return [
                self._cell(row.key, None, number) for number in range(len(self.metrics))
            ]
        keys = [*(one.key for one in self.pivot.columns), None]
        return [self._cell(row.key, key, 0) for key in keys]

    def _cell(self, row: Key | None, column: Key | None, number: int) -> Cell:
        value = self._value(row, column, number)
        if value is None:
            return Cell("")
        metric = self.metrics[number]
        words = self._words(metric, row, column, number, value)
        is_inner = row is not None and (column is not None or not self.question.columns)
        heat = self._heat(value, number) if is_inner else 0
        return Cell(words, self._behind(row, column, metric), heat)

    def _value(self, row: Key | None, column: Key | None, number: int) -> float | None:
        figures = self.pivot.cells.get((row, column))
        return None if figures is None else figures[number]

    def _words(
        self,
        metric: Metric,
        row: Key | None,
        column: Key | None,
        number: int,
        value: float,
    ) -> str:
        show = self.form.shown_as
        if show is Show.CHANGE:
            return change(value, self._shifted(row, column, number))
        wholes = {
            Show.OF_ROW: (row, None),
            Show.OF_COLUMN: (None, column),
            Show.OF_ALL: (None, None),
        }
        if show not in wholes or not metric.is_additive:
            return written(metric, value)
        whole = self._value(*wholes[show], number)
        return f"{100 * value / whole:.1f}%" if whole else "–"

    def _shifted(
        self, row: Key | None, column: Key | None, number: int
    ) -> float | None:
        """Return the figure of the span before."""
        figures: Figures | None = self.before.get((row, column))
        return figures[number] if figures else None

    def _heat(self, value: float, number: int) -> int:
        highest = self._highest[number]
        return round(HEATS * value / highest) if highest > 0 and value > 0 else 0

    @cached_property
    def _highest(self) -> list[float]:
        """Return the highest figure of a cell for each metric."""
        inner = [
            figures
            for (row, column), figures in self.pivot.cells.items()
            if row is not None and (column is not None or not self.question.columns)
        ]
        return [
            max((figures[number] or 0 for figures in inner), default=0)
            for number in range(len(self.metrics))
        ]

    def _drill(self, side: str, key: Key | None) -> str:
        """Return the address one step down: narrowed to ``key``, from the finer side."""
        dimension = self.form.dimensions[side]
        finer = dimension.finer if dimension.finer in self.form.dimensions else ""
        place = "rows" if side == self.question.rows else "columns"
        if not finer or finer in (self.question.rows, self.question.columns):
            return self._behind(*((key, None) if place == "rows" else (None, key)))
        asked = _narrowed(self.request, {side: key})
        asked[place] = finer
        return f"?{asked.urlencode()}"

    def _behind(
        self, row: Key | None, column: Key | None, metric: Metric | None = None
    ) -> str:
        cuts = {self.question.rows: row, self.question.columns: column}
        asked = _narrowed(
            self.request,
            {side: key for side, key in cuts.items() if side and key is not None},
        )
        if metric and metric.counted:
            asked["cell"] = metric.key
        return f"{reverse('analytics:explore_behind')}?{asked.urlencode()}"


def _narrowed(request: StaffRequest, cuts: "dict[str, Key | None]") -> QueryDict:
    asked = request.GET.copy()
    kept = [
        word for word in asked.getlist("where") if word.partition(":")[0] not in cuts
    ]
    asked.setlist("where", [*kept, *(f"{side}:{key}" for side, key in cuts.items())])
    return asked


def with_query(request: StaffRequest, **changes: str | None) -> str:
    """Return the query string with some values changed; None takes one out."""
    asked = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            asked.pop(name, None)
        else:
            asked[name] = value
    return asked.urlencode()


def _metrics(question: "Question") -> list[Metric]:
    return [exploring.cube().metrics[key] for key in question.metrics]


def _chart(form: ExploreForm, pivot: Pivot, metric: Metric) -> dict[str, Any]:
    """Return the pivot as a picture: lines over time, bars of everything else."""
    question = form.question()
    is_time = form.dimensions[question.rows].is_time
    kind = "line" if is_time else "bar"
    rows = pivot.rows if is_time else pivot.rows[:12]
    names = [one.label for one in rows]
    columns = pivot.columns[:5] or [Line(None, str(metric.label), pivot.whole)]
    series = [
        {
            "type": kind,
            "name": one.label,
            "data": [
                _number(metric, pivot.cells.get((row.key, one.key))) for row in rows
            ],
            **({"stack": "all"} if kind == "bar" and metric.is_additive else {}),
        }
        for one in columns
    ]
    return {
        "title": metric.label,
        "option": {
            "legend": {"show": bool(pivot.columns), "top": 0},
            "xAxis": {"type": "category", "data": names},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": series,
        },
    }


def _number(metric: Metric, figures: "Figures | None") -> float | None:
    if figures is None or figures[0] is None:
        return None
    return float(plain(metric, figures[0]))
