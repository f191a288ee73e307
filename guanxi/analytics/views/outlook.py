"""The page of what sales are to be expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from guanxi.analytics import exploring, outlooks, queries
from guanxi.analytics.asked import cuts_of
from guanxi.analytics.boards.answered import in_short
from guanxi.analytics.cubes.declared import Metric
from guanxi.analytics.outlooks import Outlook, Outlooks, Step
from guanxi.analytics.views.chips import chips
from guanxi.analytics.views.dashboard import require_figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sheets.write import Cell
from guanxi.foundation.tables.export import table_answer
from guanxi.foundation.viewer import StaffRequest

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question

# Figures of which next month's can be foretold from those of the months before.
FORETOLD = ("revenue", "orders", "quantity", "buyers", "profit")
HORIZONS = {Step.MONTH: (3, 6, 12), Step.WEEK: (4, 8, 13)}


class OutlookForm(forms.Form):
    """Of which figure, by which spans, how far ahead, and of which parts."""

    metric = forms.ChoiceField(label=pgettext_lazy("pivot", "Show"))
    step = forms.ChoiceField(
        label=gettext_lazy("Count by"),
        choices=[
            ("month", gettext_lazy("Month")),
            ("week", gettext_lazy("Week")),
        ],
    )
    ahead = forms.TypedChoiceField(
        label=gettext_lazy("How far ahead"),
        coerce=int,
        choices=[
            (n, gettext_lazy("%(n)s spans") % {"n": n})
            for n in sorted({n for many in HORIZONS.values() for n in many})
        ],
    )
    rows = forms.ChoiceField(label=pgettext_lazy("pivot", "Rows"), required=False)

    def __init__(self, asked: QueryDict, *, viewer: Actor, last: date) -> None:
        known = exploring.cube().metrics_for(viewer)
        metrics = [(key, known[key].label) for key in FORETOLD if key in known]
        usual = {
            "metric": metrics[0][0] if metrics else "",
            "step": "month",
            "ahead": "6",
            "rows": "",
        }
        super().__init__(usual | {key: asked[key] for key in usual if key in asked})
        self.last = last
        dimensions = exploring.cube().dimensions_for(viewer)
        sides = [
            (key, one.label)
            for key, one in dimensions.items()
            if not one.is_time and not one.is_many and key not in {"weekday", "working"}
        ]
        self._choose("metric", metrics)
        self._choose("rows", [("", pgettext("pivot", "All together")), *sides])
        self.cuts = cuts_of(asked.getlist("where"), dimensions, viewer)

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @property
    def span(self) -> Step:
        """The spans that are foretold."""
        return Step(self.cleaned_data["step"])

    @property
    def figure(self) -> Metric:
        """The figure that is foretold."""
        return exploring.cube().metrics[self.cleaned_data["metric"]]

    def question(self) -> "Question":
        """Return what a valid form asks of the cube: spans that have ended."""
        from guanxi.analytics.cubes.asking import (  # noqa: PLC0415 -- loads the engine
            Question,
        )

        last = outlooks.horizon_of(self.last, self.span)
        first_on, last_on = outlooks.days_of(last, self.span)
        return Question(
            metrics=(self.cleaned_data["metric"],),
            first_on=first_on,
            last_on=last_on,
            rows=self.cleaned_data["rows"],
            columns=self.span.value,
            where={cut.dimension.key: cut.key for cut in self.cuts},
        )


@dataclass(frozen=True)
class Row:
    """One part: its figures in words, and where to look at it alone."""

    label: str
    url: str
    last: str
    expected: str
    change: str
    off: str
    verdict: str
    method: str


@login_required
@require_GET
def outlook(request: StaffRequest) -> HttpResponse:
    """Show what sales are to be expected, and how far off such forecasts were."""
    require_figures(request)
    form = _form(request)
    found = _found(request, form)
    context: dict[str, Any] = {
        "form": form,
        "chips": chips(request.GET, form.cuts),
        "is_loaded": exploring.is_loaded(),
        "can_export": allowed(request.user, "order.export"),
        "asked": request.GET.urlencode(),
    }
    if found:
        context |= {
            "is_told": bool(found.whole.ahead),
            "figures": _figures(form, found),
            "chart": _chart(request.user, form, found),
            "side": dict(cast("Any", form.fields["rows"]).choices)[
                form.cleaned_data["rows"]
            ],
            "rows": [_row(request, form, one) for one in found.lines],
            "more": found.more,
            "whole": _row(request, form, found.whole),
        }
    return render(request, "analytics/outlook.html", context)


@login_required
@require_GET
def outlook_export(request: StaffRequest) -> FileResponse:
    """Give the forecast as an XLSX file: a row for each part and span."""
    require_figures(request)
    require(request.user, "order.export")
    form = _form(request)
    found = _found(request, form)
    if not found:
        raise NotVisible
    names = _span_names(request.user, form, found)
    heads = [
        pgettext("forecast", "Part"),
        _("Span"),
        _("Actual"),
        _("Expected"),
        _("At least"),
        _("At most"),
    ]
    rows = [
        row
        for one in [found.whole, *found.lines]
        for row in _plain_rows(one, names, form.figure)
    ]
    record_access(request.user, "export", "order", fields=[], rows=len(rows), at=now())
    return table_answer("forecast", "xlsx", heads, rows)


def _form(request: StaffRequest) -> OutlookForm:
    latest = queries.latest_runs(1)
    last = latest[0].as_of if latest else localdate()
    return OutlookForm(request.GET, viewer=request.user, last=last)


def _found(request: StaffRequest, form: OutlookForm) -> Outlooks | None:
    if not form.is_valid() or not exploring.is_loaded():
        return None
    ahead = form.cleaned_data["ahead"]
    return outlooks.outlooks(request.user, form.question(), form.span, ahead)


def _span_names(viewer: Actor, form: OutlookForm, found: Outlooks) -> list[str]:
    days = [*found.spans, *found.coming]
    dimension = exploring.cube().dimensions[form.span.value]
    labels = exploring.labels_of(viewer, dimension, days)
    return [labels[day] for day in days]


def _figures(form: OutlookForm, found: Outlooks) -> list[tuple[str, str]]:
    """Return the figures at the head of the page."""
    whole, metric = found.whole, form.figure
    if not whole.ahead or whole.errors is None:
        return []
    change = outlooks.change_of(whole)
    count = len(whole.ahead)
    span = (
        ngettext("Next month", "Next %(n)s months", count)
        if form.span is Step.MONTH
        else ngettext("Next week", "Next %(n)s weeks", count)
    )
    return [
        (span % {"n": count}, in_short(metric, sum(one.mean for one in whole.ahead))),
        (_("Since the same time before"), _signed(change)),
        (_("Off on average"), f"{100 * whole.errors.smape:.1f}%"),
        (_("In the range as often as it should"), _covered(whole)),
    ]


def _covered(one: Outlook) -> str:
    return f"{100 * one.errors.coverage:.0f}% / 80%" if one.errors else ""


def _row(request: StaffRequest, form: OutlookForm, one: Outlook) -> Row:
    metric, count = form.figure, form.cleaned_data["ahead"]
    ahead = sum(span.mean for span in one.ahead)
    return Row(
        label=one.label or pgettext("pivot", "All together"),
        url=_narrowed(request, form, one),
        last=in_short(metric, sum(one.known[-count:])),
        expected=in_short(metric, ahead) if one.ahead else "–",
        change=_signed(outlooks.change_of(one)),
        off=f"{100 * one.errors.smape:.1f}%" if one.errors else "–",
        verdict=_verdict(one),
        method=_method(one),
    )


def _verdict(one: Outlook) -> str:
    """Say whether the forecast is worth more than repeating the past."""
    if one.errors is None or one.naive is None:
        return _("Too little is known")
    if one.errors.model == "naive":
        return _("Nothing beats repeating the past")
    less = 100 * (1 - one.errors.mase / one.naive.mase) if one.naive.mase else 0
    return _("%(share)s%% less off than repeating the past") % {"share": f"{less:.0f}"}


def _method(one: Outlook) -> str:
    if one.errors is None:
        return "–"
    names = {
        "ets": _("Exponential smoothing"),
        "theta": _("Theta"),
        "naive": _("Same as a year ago") if one.is_seasonal else _("Same as last time"),
    }
    return names[one.errors.model]


def _narrowed(request: StaffRequest, form: OutlookForm, one: Outlook) -> str:
    """Return the address that looks at one part alone."""
    if one.key is None:
        return ""
    side, asked = form.cleaned_data["rows"], request.GET.copy()
    kept = [word for word in asked.getlist("where") if word.partition(":")[0] != side]
    asked.setlist("where", [*kept, f"{side}:{one.key}"])
    asked["rows"] = ""
    return f"?{asked.urlencode()}"


def _chart(viewer: Actor, form: OutlookForm, found: Outlooks) -> dict[str, Any]:
    """Return the curve of what was and what is to come, with its range."""
    whole, metric = found.whole, form.figure
    names = _span_names(viewer, form, found)
    known, ahead = len(found.spans), whole.ahead
    gap: list[float | None] = [None] * (known - 1)
    joined = [whole.known[-1]] if ahead else []
    told: list[float | None] = [None] * (known - len(whole.before))
    told += whole.before
    low = [*joined, *(one.low for one in ahead)]
    width = [*(0.0 for _ in joined), *(one.high - one.low for one in ahead)]
    curves: list[tuple[str, list[float | None], dict[str, Any]]] = [
        (str(metric.label), [*whole.known], {}),
        (
            _("Expected"),
            [*gap, *joined, *(one.mean for one in ahead)],
            {"lineStyle": {"type": "dashed"}},
        ),
        (
            _("Was foretold"),
            told if whole.before else [],
            {"lineStyle": {"type": "dotted"}},
        ),
        ("low", [*gap, *low], _BAND),
        (
            "high",
            [*gap, *width],
            {**_BAND, "areaStyle": {"color": "#888", "opacity": 0.2}},
        ),
    ]
    return {
        "title": _("%(metric)s: what was, and what is to be expected")
        % {"metric": metric.label},
        "option": {
            "legend": {"top": 0, "left": 0, "data": [one[0] for one in curves[:3]]},
            "xAxis": {"type": "category", "data": _ticks(form, found, names)},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [
                {
                    "type": "line",
                    "name": name,
                    "showSymbol": False,
                    "data": [_plain(metric, value) for value in data],
                    **look,
                }
                for name, data, look in curves
            ],
        },
        "heads": [_("Span"), _("Actual"), _("Expected"), _("At least"), _("At most")],
        "rows": _table(names, found, metric),
    }


def _ticks(form: OutlookForm, found: Outlooks, names: Sequence[str]) -> list[str]:
    """Return what stands along the axis: weeks by their first day, it is short."""
    if form.span is Step.MONTH:
        return list(names)
    return [day.isoformat() for day in (*found.spans, *found.coming)]


_BAND: dict[str, Any] = {
    "stack": "range",
    "lineStyle": {"opacity": 0},
    "tooltip": {"show": False},
    "silent": True,
}


def _table(names: Sequence[str], found: Outlooks, metric: Metric) -> list[list[str]]:
    known = [
        [name, exploring.written(metric, value), "", "", ""]
        for name, value in zip(names, found.whole.known, strict=False)
    ]
    coming = names[len(found.spans) :]
    ahead = [
        [
            name,
            "",
            *(in_short(metric, value) for value in (one.mean, one.low, one.high)),
        ]
        for name, one in zip(coming, found.whole.ahead, strict=False)
    ]
    return [*reversed(ahead), *reversed(known)]


def _plain_rows(one: Outlook, names: Sequence[str], metric: Metric) -> list[list[Cell]]:
    label = one.label or pgettext("pivot", "All together")
    known: list[list[Cell]] = [
        [label, name, exploring.plain(metric, value), "", "", ""]
        for name, value in zip(names, one.known, strict=False)
    ]
    coming = names[len(one.known) :]
    ahead: list[list[Cell]] = [
        [
            label,
            name,
            "",
            *(exploring.plain(metric, v) for v in (span.mean, span.low, span.high)),
        ]
        for name, span in zip(coming, one.ahead, strict=False)
    ]
    return [*known, *ahead]


def _signed(percent: float | None) -> str:
    return "–" if percent is None else exploring.change(100 + percent, 100)


def _plain(metric: Metric, value: float | None) -> float | None:
    if value is None:
        return None
    return float(exploring.plain(metric, value))
