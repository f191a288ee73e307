"""The pages of analytics: what the latest run found, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from guanxi.analytics import queries
from guanxi.analytics.commands.analysis import request_analysis, set_analysis_settings
from guanxi.analytics.explain import EXPLAINERS
from guanxi.analytics.exploring import sees_all
from guanxi.analytics.forms import AnalysisForm, SettingsForm, initial_of
from guanxi.analytics.grades.indicators import COST
from guanxi.analytics.grades.words import part_lines
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import Parameters
from guanxi.analytics.rules import (
    SEGMENT_LABELS,
    STAGE_LABELS,
    STATE_LABELS,
    TIER_LABELS,
)
from guanxi.analytics.science.pyramid import Measure
from guanxi.analytics.science.rfm import ABOUT_TO_CHURN, LOYAL, MOST_VALUABLE
from guanxi.customers.queries.customer import customer, customers
from guanxi.customers.queries.grade import grades
from guanxi.customers.queries.trait import trait_words
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.figures import amount, grouped, short_amount
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import COVERED, policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, key_of
from guanxi.foundation.words import Words
from guanxi.sales.queries.fact import order_day_bounds

# What a trait is called among the scores, where the names differ.
SCORE_NAMES = {"rhythm_days": "gap_days", "silence_limit_days": "silent_ratio"}
# Customers on a page of the pyramid.
RANKED = 50
# Inputs of an explanation that give a trait away: who may not read it gets them covered.
TELLS = {
    "order_count": "order_count",
    "order_total": "order_total",
    "value": "order_total",
    "recent": "order_total",
    "usual": "order_total",
    "first_order_on": "first_order_on",
    "last_order_on": "last_order_on",
    "silent_days": "last_order_on",
    "r": "r",
    "f": "f",
    "m": "m",
    "mean": "order_mean",
    "each": "order_mean",
    "p_alive": "p_alive",
    "expected_orders": "expected_orders",
    "last_weeks": "last_order_on",
    "age_weeks": "first_order_on",
    "purchase_days": "order_count",
    "profit": COST,
    "expected_amount": "expected_amount",
    "grade_score": "grade_score",
    "first": "last_order_on",
    "second": "last_order_on",
}
# What the pyramid may be ranked by, and what of a customer that gives away.
MEASURED: Mapping[Measure, frozenset[str]] = {
    Measure.AMOUNT: frozenset({"order_total"}),
    Measure.PROFIT: frozenset({"order_total", COST}),
    Measure.RFM: frozenset("rfm"),
    Measure.EXPECTED: frozenset({"expected_amount"}),
    Measure.SCORE: frozenset({"grade_score"}),
}


@dataclass(frozen=True)
class ClassRow:
    """
    One class: its part of the customers, its part of what they spent, where to see them.

    Shares are in percent.
    """

    label: str
    customers: int
    share: int
    total: str
    total_share: int
    url: str


@dataclass(frozen=True)
class ClassTable:
    """All classes of one kind; ``url`` leads to what the classes were cut from."""

    title: str
    rows: Sequence[ClassRow]
    url: str = ""


@dataclass(frozen=True)
class TierSpan:
    """One tier of the pyramid: its ranks, and the value of the last one in it."""

    key: str
    label: str
    first: int
    last: int
    least: str
    url: str


@login_required
@require_GET
def overview(request: StaffRequest) -> HttpResponse:
    """Show what the latest run found, and offer the next one."""
    require(request.user, "analysis.read")
    latest = queries.latest_runs(1)
    bounds, today = order_day_bounds(), localdate()
    return render(
        request,
        "analytics/overview.html",
        {
            "run": latest[0] if latest else None,
            "figures": _figures(latest[0]) if latest else [],
            "tables": _tables(latest[0]) if latest else [],
            "form": AnalysisForm(
                initial={"as_of": min(bounds[1], today) if bounds else today}
            ),
            "can_run": allowed(request.user, "analysis.run"),
            "can_configure": allowed(request.user, "analysis.configure"),
            "running": queries.unfinished_run(),
            "failed": queries.failed_run(),
        },
    )


@login_required
@require_POST
def runs(request: StaffRequest) -> HttpResponse:
    """Start a run."""
    require(request.user, "analysis.run")
    form = AnalysisForm(request.POST)
    if not form.is_valid():
        toasts.error(request, _("Choose the day as of which to look."))
        return redirect("analytics:overview")
    try:
        request_analysis(request.user, as_of=form.cleaned_data["as_of"], at=now())
    except Refused as refusal:
        toasts.error(request, refusal.message)
    return redirect("analytics:overview")


@login_required
@require_GET
def run_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far a run is; the page is sent again as a whole once it is done."""
    found = queries.run(request.user, pk)
    response = render(request, "analytics/_run.html", {"run": found})
    if found.state in {AnalysisRun.State.DONE, AnalysisRun.State.FAILED}:
        response["HX-Redirect"] = reverse("analytics:overview")
    return response


@login_required
@require_GET
def why(request: StaffRequest, customer_pk: int, trait: str) -> HttpResponse:
    """Explain one number of one customer: formula, inputs, date."""
    about = customer(request.user, customer_pk)
    score, policy = SCORE_NAMES.get(trait, trait), policy_of("customer")
    readable = read_by(request)
    if score not in EXPLAINERS or trait not in readable:
        raise NotVisible
    found = queries.why(about.pk, score)
    context: dict[str, object] = {
        "base": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "customer": about,
        "label": policy.fields[trait].label,
        "value": trait_words(about).get(trait, ""),
        "why": found,
        "is_set": trait == "life_stage" and about.traits.is_stage_set,
    }
    if found:
        inputs = {
            key: _shown(value) if TELLS.get(key, trait) in readable else COVERED
            for key, value in found.explanation.inputs.items()
        }
        context["formula"] = _(found.explanation.formula_msgid) % inputs
        context["parts"] = part_lines(found.explanation.parts, readable)
        if _reads_books(request, about.owner_id):
            context["steps"] = [
                (_(one.msgid), amount(one.amount, settings.CURRENCY), one.is_sum)
                for one in found.explanation.steps
            ]
    return render(request, "analytics/why.html", context)


@login_required
@require_GET
def pyramid(request: StaffRequest) -> HttpResponse:
    """Show every customer by value, the highest first, cut into tiers."""
    require(request.user, "analysis.read")
    latest = queries.latest_runs(1)
    by = _measure(latest)
    if not {"tier", *MEASURED[by]} <= read_by(request):
        raise NotVisible
    context = {
        "run": latest[0] if latest else None,
        "by": by.value,
        "can_configure": allowed(request.user, "analysis.configure"),
        **(_ranks(request, latest[0]) if latest else {}),
    }
    return render(request, "analytics/pyramid.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def thresholds(request: StaffRequest) -> HttpResponse:
    """Set the thresholds of the analysis."""
    require(request.user, "analysis.configure")
    initial = initial_of(queries.analysis_settings())
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {**queries.changed_settings(), **form.values()}
        set_analysis_settings(request.user, values=values, at=now())
        toasts.success(
            request, _("Thresholds saved. They apply from the next analysis.")
        )
        return redirect("analytics:overview")
    context = {
        "base": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "form": form,
        "submit_label": _("Save thresholds"),
        "cancel_url": reverse("analytics:overview"),
        "draft": "",
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/thresholds.html", context, status=status)


def read_by(request: StaffRequest) -> frozenset[str]:
    """Return the fields of a customer that the viewer reads, and whether what goods cost."""
    readable = frozenset(policy_of("customer").readable(request.user))
    return readable | {COST} if queries.reads_profits(request.user) else readable


def _reads_books(request: StaffRequest, owner_id: int | None) -> bool:
    """Tell whether the viewer may see what goods, and all put into a customer, cost."""
    sees = sees_all("investment", request.user) or owner_id == request.user.pk
    return (
        sees
        and queries.reads_profits(request.user)
        and "amount" in policy_of("investment").readable(request.user)
    )


def _measure(latest: Sequence[AnalysisRun]) -> Measure:
    """Return what the latest pyramid is ranked by."""
    if not latest:
        return Measure.AMOUNT
    return queries.PARAMETERS.validate_python(latest[0].parameters).settings.pyramid.by


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return amount(value, settings.CURRENCY)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, int):
        return grouped(value)
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _figures(run: AnalysisRun) -> Sequence[tuple[str, str]]:
    """Return the sums over everybody who ever bought, each with its name."""
    customers = run.customers
    spent = _money(sum(run.summary.get("tier_total", {}).values()))
    currency = settings.CURRENCY
    return [
        (_("Customers who bought"), grouped(customers)),
        (pgettext("count", "Orders"), grouped(run.orders)),
        (_("Total amount"), short_amount(spent, currency)),
        (
            _("Amount per customer"),
            short_amount(spent / (customers or 1), currency),
        ),
    ]


def _money(minor: int) -> Decimal:
    """Return an amount of the summary, which counts in fen."""
    return Decimal(minor).scaleb(-minor_units(settings.CURRENCY))


def _ranks(request: StaffRequest, run: AnalysisRun) -> Mapping[str, object]:
    """Return a page of the pyramid that ``run`` has cut, as the viewer may see it."""
    after = key_of(request.GET.get("after", "")) or 0
    places = queries.ranking(request.user, after=after, limit=RANKED)
    found = customers(request.user).in_bulk([place.customer_id for place in places])
    names = {pk: {"name": one.name} for pk, one in found.items()}
    record_shown(request.user, policy_of("customer"), names, at=now())
    parameters = queries.PARAMETERS.validate_python(run.parameters)
    by = parameters.settings.pyramid.by
    spans = _spans(parameters)
    tiers = {span.key: span for span in spans}
    return {
        "period_days": parameters.settings.pyramid.period_days,
        "spans": spans,
        "rows": [
            (found[pk], place.rank, measured(by, place.value), tiers[place.tier])
            for place in places
            if (pk := place.customer_id) in found
        ],
        "next_url": f"?after={places[-1].rank}" if len(places) == RANKED else "",
    }


def short_of(minor: int) -> str:
    """Return minor units of money in few digits."""
    return short_amount(_money(minor), settings.CURRENCY)


def amount_of(minor: int) -> str:
    """Return minor units of money as people read them."""
    return amount(_money(minor), settings.CURRENCY)


def measured(by: Measure, value: int) -> str:
    """Return what the pyramid is ranked by as people read it."""
    if by is Measure.SCORE:
        return f"{value / 10:.1f}"
    return grouped(value) if by is Measure.RFM else amount_of(value)


def _spans(parameters: Parameters) -> Sequence[TierSpan]:
    """Return the tiers that hold somebody, from the top down."""
    spans, first = [], 1
    by = parameters.settings.pyramid.by
    cut = zip(
        parameters.settings.pyramid.tiers,
        parameters.tier_last_ranks,
        parameters.tier_boundaries,
        strict=True,
    )
    for tier, last, least in cut:
        if least is not None:
            url = f"{reverse('analytics:pyramid')}?after={first - 1}"
            label = _(TIER_LABELS[tier.key])
            told = measured(by, least)
            spans.append(TierSpan(tier.key, label, first, last, told, url))
        first = last + 1
    return spans


def _tables(run: AnalysisRun) -> Sequence[ClassTable]:
    stages = {key.removeprefix("stage_"): label for key, label in STAGE_LABELS.items()}
    tiers = _table(run, "tier", _("Customer pyramid"), TIER_LABELS)
    return [
        replace(tiers, url=reverse("analytics:pyramid")),
        _table(run, "rfm_segment", _("RFM segments"), SEGMENT_LABELS),
        _table(run, "grade", pgettext("customers", "Grades"), grades()),
        _lists(run),
        _table(run, "purchase_state", _("Purchase states"), STATE_LABELS),
        _table(run, "life_stage", _("Life-cycle stages"), stages),
    ]


def _table(
    run: AnalysisRun, name: str, title: str, labels: Mapping[str, Words]
) -> ClassTable:
    found = run.summary.get(name, {})
    rows = [
        _row(run, name, _(str(label)), [key], f"{name}.eq.{key}")
        for key, label in labels.items()
        if key in found
    ]
    return ClassTable(title, rows)


def _lists(run: AnalysisRun) -> ClassTable:
    """Return the three lists that RFM is for, each of some of its segments."""
    lists = [
        (_("Most valuable"), MOST_VALUABLE),
        (_("Loyal"), LOYAL),
        (_("About to leave"), ABOUT_TO_CHURN),
    ]
    rows = [
        _row(run, "rfm_segment", label, keys, f"rfm_segment.in.({','.join(keys)})")
        for label, keys in lists
    ]
    return ClassTable(_("Lists to work with"), rows)


def _row(
    run: AnalysisRun, name: str, label: str, keys: Sequence[str], where: str
) -> ClassRow:
    """Return the classes ``keys`` of the kind ``name`` together as one row."""
    counts = run.summary.get(name, {})
    totals = run.summary.get(f"{name}_total", {})
    customers = sum(counts.get(key, 0) for key in keys)
    total = sum(totals.get(key, 0) for key in keys)
    return ClassRow(
        label=label,
        customers=customers,
        share=round(100 * customers / (sum(counts.values()) or 1)),
        total=short_amount(_money(total), settings.CURRENCY),
        total_share=round(100 * total / (sum(totals.values()) or 1)),
        url=f"{reverse('customers:customers')}?where={where}",
    )
