"""The page of retention: who came back when, and the customers behind each cell."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import TextChoices
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.analytics import exploring, queries, retention
from guanxi.analytics.asked import cuts_of
from guanxi.analytics.retention import ALL_DAYS, Age, Cohort, Retention, Unit
from guanxi.analytics.views.chips import chips
from guanxi.analytics.views.dashboard import require_figures
from guanxi.analytics.views.group import group_page
from guanxi.analytics.views.insight import short_of
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.export import table_answer
from guanxi.foundation.viewer import StaffRequest

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question

HEATS = 5


class Measure(TextChoices):
    """What a cell tells."""

    RETENTION = "retention", gettext_lazy("Share that came back")
    CHURN = "churn", gettext_lazy("Share that did not")
    CUSTOMERS = "customers", pgettext_lazy("count", "Customers")
    AMOUNT = "amount", gettext_lazy("Amount per customer of the cohort")


class RetentionForm(forms.Form):
    """From which side to look at who came back."""

    unit = forms.ChoiceField(
        label=gettext_lazy("Count by"),
        choices=[
            ("month", gettext_lazy("Month")),
            ("quarter", gettext_lazy("Quarter")),
        ],
    )
    rows = forms.ChoiceField(label=pgettext_lazy("pivot", "Rows"), required=False)
    measure = forms.ChoiceField(
        label=pgettext_lazy("pivot", "Show"), choices=Measure.choices
    )

    def __init__(self, asked: QueryDict, *, viewer: Actor, today: date) -> None:
        usual = {"unit": "month", "rows": "", "measure": Measure.RETENTION.value}
        super().__init__(usual | {key: asked[key] for key in usual if key in asked})
        self.today = today
        dimensions = exploring.cube().dimensions_for(viewer)
        sides = [(k, one.label) for k, one in dimensions.items() if _is_side(one)]
        rows = cast("forms.ChoiceField", self.fields["rows"])
        rows.choices = [("", _("Time of the first order")), *sides]
        measures = cast("forms.ChoiceField", self.fields["measure"])
        if "revenue" not in exploring.cube().metrics_for(viewer):
            measures.choices = [one for one in Measure.choices if one[0] != "amount"]
        self.cuts = cuts_of(asked.getlist("where"), dimensions, viewer)

    def question(self, rows: str | None = None) -> "Question":
        """Return what a valid form asks of the cube."""
        from guanxi.analytics.cubes.asking import (  # noqa: PLC0415 -- loads the engine
            Question,
        )

        return Question(
            metrics=(),
            first_on=ALL_DAYS,
            last_on=self.today,
            rows=self.cleaned_data["rows"] if rows is None else rows,
            where={cut.dimension.key: cut.key for cut in self.cuts},
        )


@dataclass(frozen=True)
class Cell:
    """What a cell says, where it leads, how high it is (0 to 5), what it says in full."""

    words: str
    url: str = ""
    heat: int = 0
    whole: str = ""


@login_required
@require_GET
def cohorts(request: StaffRequest) -> HttpResponse:
    """Show the table of retention."""
    require_figures(request)
    form = _form(request)
    context: dict[str, Any] = {
        "form": form,
        "chips": chips(request.GET, form.cuts),
        "is_loaded": exploring.is_loaded(),
        "can_export": allowed(request.user, "order.export"),
        "asked": request.GET.urlencode(),
    }
    if form.is_valid() and exploring.is_loaded():
        unit, measure = (
            Unit(form.cleaned_data["unit"]),
            Measure(form.cleaned_data["measure"]),
        )
        found = retention.retention(request.user, form.question(), unit)
        context |= {
            "ages": _ages(found),
            "lines": [_line(request, form, one, measure) for one in found.lines],
            "whole": _line(request, form, found.whole, measure, is_whole=True),
            "side": dict(form.fields["rows"].choices)[form.cleaned_data["rows"]],  # type: ignore[attr-defined]  # -- a choice field
            "chart": _chart(found, measure),
        }
    return render(request, "analytics/cohorts.html", context)


@login_required
@require_GET
def cohorts_export(request: StaffRequest) -> FileResponse:
    """Give the table as an XLSX file: a row for each cohort and age."""
    require_figures(request)
    require(request.user, "order.export")
    form = _form(request)
    if not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    unit = Unit(form.cleaned_data["unit"])
    found = retention.retention(request.user, form.question(), unit)
    heads = [
        _("Cohort"),
        _("Spans later"),
        pgettext("count", "Customers"),
        _("Came back"),
        _("Share that came back"),
        _("Share that did not"),
    ]
    rows = [
        [line.label, age, one.of, one.came, _plain(one.retention), _plain(one.churn)]
        for line in found.lines
        for age, one in enumerate(line.ages)
    ]
    record_access(request.user, "export", "order", fields=[], rows=len(rows), at=now())
    return table_answer("retention", "xlsx", heads, rows)


@login_required
@require_http_methods(["GET", "POST"])
def cohort_behind(request: StaffRequest) -> HttpResponse:
    """List the customers of a cohort who bought at an age; a POST makes a segment."""
    require_figures(request)
    form = _form(request)
    try:
        first = date.fromisoformat(request.GET.get("first", ""))
        then = date.fromisoformat(request.GET.get("then", ""))
    except ValueError:
        raise NotVisible from None
    if not form.is_valid() or not exploring.is_loaded():
        raise NotVisible
    unit = Unit(form.cleaned_data["unit"])
    found = retention.behind(request.user, form.question(rows=""), unit, first, then)
    months = exploring.labels_of(
        request.user, exploring.cube().dimensions[unit.value], [first, then]
    )
    title = _("First bought in %(first)s, bought in %(then)s") % {
        "first": months[first],
        "then": months[then],
    }
    asked = request.GET.copy()
    for name in ("first", "then", "after"):
        asked.pop(name, None)
    back = f"{reverse('analytics:cohorts')}?{asked.urlencode()}"
    return group_page(request, found, title=title, back=(_("Customer retention"), back))


def _form(request: StaffRequest) -> RetentionForm:
    latest = queries.latest_runs(1)
    today = latest[0].as_of if latest else localdate()
    return RetentionForm(request.GET, viewer=request.user, today=today)


def _is_side(dimension: Any) -> bool:
    # A sum of lines that overlap would count somebody twice.
    if dimension.is_many:
        return False
    return not dimension.is_time and dimension.key not in {"weekday", "working"}


def _line(
    request: StaffRequest,
    form: RetentionForm,
    cohort: Cohort,
    measure: Measure,
    *,
    is_whole: bool = False,
) -> tuple[str, str, str, list[Cell]]:
    """Return label, address, size and cells of a line."""
    by_side = bool(form.cleaned_data["rows"]) and not is_whole
    url = _narrowed(request, form, cohort) if by_side else ""
    cells = [
        _cell(request, cohort, age, one, measure, leads=not by_side and not is_whole)
        for age, one in enumerate(cohort.ages)
    ]
    label = pgettext("pivot", "All together") if is_whole else cohort.label
    return label, url, grouped(cohort.size), cells


def _cell(
    request: StaffRequest,
    cohort: Cohort,
    age: int,
    one: Age,
    measure: Measure,
    *,
    leads: bool,
) -> Cell:
    words = _words(one, measure)
    url = ""
    if leads and one.came and one.then:
        asked = request.GET.copy()
        asked["first"], asked["then"] = str(cohort.key), one.then.isoformat()
        url = f"{reverse('analytics:cohort_behind')}?{asked.urlencode()}"
    share = one.retention
    heat = round(HEATS * share / 100) if share and age else 0
    told = _("%(came)s of %(of)s") % {"came": grouped(one.came), "of": grouped(one.of)}
    if not one.is_over:
        told = _("%(told)s so far") % {"told": told}
    return Cell(words, url, max(heat, 1) if share and age else 0, told)


def _words(one: Age, measure: Measure) -> str:
    if measure is Measure.CUSTOMERS:
        return grouped(one.came)
    if measure is Measure.AMOUNT:
        return short_of(round(one.amount / one.of)) if one.of else ""
    share = one.retention if measure is Measure.RETENTION else one.churn
    return "…" if share is None else f"{share:.1f}%"


def _ages(found: Retention) -> list[str]:
    longest = max((len(one.ages) for one in found.lines), default=0)
    first = pgettext("cohort", "First") if longest else ""
    named = (
        _("%(n)s months later")
        if found.unit is Unit.MONTH
        else _("%(n)s quarters later")
    )
    return [first, *(named % {"n": age} for age in range(1, longest))][:longest]


def _chart(found: Retention, measure: Measure) -> dict[str, Any]:
    """Return the curve of all together, and of the largest lines of a side."""
    is_churn = measure is Measure.CHURN
    lines = [found.whole]
    if found.lines and not isinstance(found.lines[0].key, date):
        lines = [*found.lines[:4], found.whole]
    series = [
        {
            "type": "line",
            "name": one.label or pgettext("pivot", "All together"),
            "data": [
                _plain(a.churn if is_churn else a.retention) for a in one.ages[1:]
            ],
        }
        for one in lines
    ]
    label = Measure.CHURN.label if is_churn else Measure.RETENTION.label
    return {
        "title": label,
        "option": {
            "legend": {"show": len(series) > 1, "top": 0, "left": 0},
            "xAxis": {"type": "category", "data": _ages(found)[1:]},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}%"}},
            "series": series,
        },
    }


def _plain(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


def _narrowed(request: StaffRequest, form: RetentionForm, cohort: Cohort) -> str:
    """Return the address that looks at one key of the rows by time."""
    side = form.cleaned_data["rows"]
    asked = request.GET.copy()
    kept = [w for w in asked.getlist("where") if w.partition(":")[0] != side]
    asked.setlist("where", [*kept, f"{side}:{cohort.key}"])
    asked["rows"] = ""
    return f"?{asked.urlencode()}"
