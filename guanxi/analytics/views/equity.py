"""Customer equity, what drives it, and the customers of whom most is to be expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.analytics import exploring, queries
from guanxi.analytics.rules import SEGMENT_LABELS, STAGE_LABELS, TIER_LABELS
from guanxi.analytics.views.group import group_page
from guanxi.analytics.views.insight import amount_of, short_of
from guanxi.customers.queries.customer import customers
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of
from guanxi.foundation.viewer import StaffRequest, key_of

if TYPE_CHECKING:
    from guanxi.analytics.earnings import Entries
    from guanxi.analytics.equity import Base, Driver, Equity, Plan
    from guanxi.analytics.models import AnalysisRun

A_PAGE = 50


class PlanForm(forms.Form):
    """What is assumed of the years to plan."""

    years = forms.IntegerField(
        label=gettext_lazy("Years to plan"), min_value=1, max_value=30
    )
    rate = forms.FloatField(
        label=gettext_lazy("Discount (% a year)"), min_value=0, max_value=100
    )
    newcomers = forms.FloatField(
        label=gettext_lazy("Newcomers in the first year"), min_value=0, max_value=1e9
    )
    growth = forms.FloatField(
        label=gettext_lazy("More newcomers each year (%)"),
        min_value=-100,
        max_value=1000,
    )
    acquisition = forms.FloatField(
        label=gettext_lazy("Cost of winning one"), min_value=0, max_value=1e9
    )


@dataclass(frozen=True, eq=False)
class Known:
    """What the page of equity is worked out from."""

    run: "AnalysisRun"
    entries: "Entries"
    base: "Base"
    usual: "Plan"


@login_required
@require_GET
def equity(request: StaffRequest) -> HttpResponse:
    """Show what all customers will earn in the years to plan, and what drives it."""
    _require(request)
    known = _known(request)
    if known is None:
        return render(request, "analytics/equity.html", {"known": None})
    from guanxi.analytics.equity import (  # noqa: PLC0415 -- loads the engines
        drivers_of,
        equity_of,
    )

    form = _form(request, known.usual)
    plan = _plan(form) if form.is_valid() else known.usual
    found = equity_of(known.base, plan)
    context = {
        "known": known,
        "form": form,
        "figures": [
            (_("Customer equity"), short_of(round(found.current + found.potential))),
            (_("Those who buy already"), short_of(round(found.current))),
            (_("Those to come"), short_of(round(found.potential))),
            (_("Value of a newcomer"), short_of(round(found.newcomer))),
        ],
        "picture": _picture(known.base, found),
        "tables": _tables(request, known.base, found),
        "drivers": [_told(one) for one in drivers_of(known.base, known.entries)],
    }
    return render(request, "analytics/equity.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def equity_behind(request: StaffRequest, driver: str) -> HttpResponse:
    """List the customers who show a driver of equity."""
    from guanxi.analytics.earnings import day_of  # noqa: PLC0415 -- loads pyarrow
    from guanxi.analytics.equity import (  # noqa: PLC0415 -- loads the engines
        drivers_of,
        equity_of,
    )

    _require(request)
    known = _known(request)
    if known is None or driver not in _words():
        raise NotVisible
    (one,) = (d for d in drivers_of(known.base, known.entries) if d.key == driver)
    values = equity_of(known.base, known.usual).values
    ids = known.base.table.column("customer_id").to_pylist()
    days = known.base.numbers("last_order_on").tolist()
    told = {
        pk: (round(value), day_of(int(day)))
        for pk, value, day in zip(ids, values.tolist(), days, strict=True)
    }
    found = [(pk, *told[pk]) for pk in one.customer_ids.tolist() if pk in told]
    found.sort(key=lambda row: -row[1])
    back = (_("Customer equity"), reverse("analytics:equity"))
    return group_page(request, found, title=_words()[driver][0], back=back)


@login_required
@require_GET
def best(request: StaffRequest) -> HttpResponse:
    """List current and potential customers by the profit to be expected, the most first."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.equity import (  # noqa: PLC0415 -- loads the engines
        equity_of,
        prospects_of,
    )

    _require(request)
    known = _known(request)
    if known is None:
        return render(request, "analytics/best.html", {"rows": [], "count": 0})
    found = equity_of(known.base, known.usual)
    ids = known.base.table.column("customer_id").to_numpy()
    near = prospects_of(
        settings.WAREHOUSE_ROOT,
        np.unique(known.entries.orders["customer_id"]),
        exploring.known_customers(request.user),
        np.array(queries.unprofiled(), np.int64),
    )
    every = np.concatenate([ids, near.customer_ids])
    worth = np.concatenate([found.values, near.chances * found.newcomer])
    chances = np.concatenate([np.full(len(ids), np.nan), near.chances])
    order = np.lexsort((every, -worth))
    after = key_of(request.GET.get("after", "")) or 0
    at = order[after : after + A_PAGE]
    context = {
        "count": grouped(len(every)),
        "newcomer": amount_of(round(found.newcomer)),
        "years": known.usual.years,
        "rate": f"{100 * known.usual.rate:g}",
        "rows": _ranked(
            request, after, every[at].tolist(), worth[at].tolist(), chances[at].tolist()
        ),
        "next_url": f"?after={after + A_PAGE}" if len(every) > after + A_PAGE else "",
    }
    return render(request, "analytics/best.html", context)


def _require(request: StaffRequest) -> None:
    """Let pass whoever may know costs, and what is expected of customers."""
    queries.require_books(request.user)
    if "future_value" not in policy_of("customer").readable(request.user):
        raise NotVisible


def _known(request: StaffRequest) -> Known | None:
    from guanxi.analytics.equity import (  # noqa: PLC0415 -- loads the engines
        base_of,
        usual_plan,
    )

    latest = queries.latest_runs(1)
    entries = exploring.entries_in_sight(request.user)
    if not latest or entries is None:
        return None
    parameters = queries.PARAMETERS.validate_python(latest[0].parameters)
    among = exploring.known_customers(request.user)
    base = base_of(settings.WAREHOUSE_ROOT, parameters, entries, among)
    if base is None or not base.table.num_rows:
        return None
    law = parameters.settings.value
    plan = usual_plan(base, years=law.years, rate=law.rate)
    return Known(latest[0], entries, base, plan)


def _units() -> int:
    return int(10 ** minor_units(settings.CURRENCY))


def _form(request: StaffRequest, usual: "Plan") -> PlanForm:
    told = {
        "years": usual.years,
        "rate": round(100 * usual.rate, 2),
        "newcomers": usual.newcomers,
        "growth": 0,
        "acquisition": round(usual.acquisition / _units(), 2),
    }
    given = {name: request.GET[name] for name in told if name in request.GET}
    return PlanForm({**told, **given})


def _plan(form: PlanForm) -> "Plan":
    from guanxi.analytics.equity import Plan  # noqa: PLC0415 -- loads the engines

    data = form.cleaned_data
    return Plan(
        data["years"],
        data["rate"] / 100,
        data["newcomers"],
        data["growth"] / 100,
        data["acquisition"] * _units(),
    )


def _picture(base: "Base", found: "Equity") -> Mapping[str, Any]:
    """Return the equity by tiers, and that of newcomers beside them."""
    sums = _sums(base, found, "tier")
    parts = [
        (
            _(label),
            sums[key][1],
            f"{reverse('customers:customers')}?where=tier.eq.{key}",
        )
        for key, label in TIER_LABELS.items()
        if key in sums
    ]
    parts.append((_("Those to come"), found.potential, ""))
    return {
        "title": _("Where the equity is"),
        "option": {
            "legend": {"show": False},
            "xAxis": {"type": "category", "data": [label for label, *_rest in parts]},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [
                {
                    "type": "bar",
                    "data": [
                        {
                            "value": round(value / _units()),
                            **({"url": url} if url else {}),
                        }
                        for _label, value, url in parts
                    ],
                }
            ],
        },
        "heads": [_("Customers"), _("Customer equity")],
        "rows": [[label, amount_of(round(value))] for label, value, _url in parts],
    }


def _sums(base: "Base", found: "Equity", name: str) -> Mapping[str, tuple[int, float]]:
    """Return how many of each class there are, and what they are worth."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    words = base.table.column(name).to_pylist()
    names, of = np.unique([word or "" for word in words], return_inverse=True)
    counts = np.bincount(of)
    sums = np.bincount(of, weights=np.nan_to_num(found.values))
    told = zip(names.tolist(), counts.tolist(), sums.tolist(), strict=True)
    return {key: (count, value) for key, count, value in told}


def _tables(
    request: StaffRequest, base: "Base", found: "Equity"
) -> Sequence[tuple[str, Sequence[tuple[str, str, str, str, str]]]]:
    """Return the equity of each class, as far as the viewer may read the class."""
    readable = policy_of("customer").readable(request.user)
    kinds: Sequence[tuple[str, str, Mapping[str, Any]]] = [
        ("tier", _("Customer pyramid"), TIER_LABELS),
        ("life_stage", _("Life-cycle stages"), STAGE_LABELS),
        ("rfm_segment", _("RFM segments"), SEGMENT_LABELS),
    ]
    whole = found.current or 1
    tables = []
    for name, title, labels in kinds:
        sums = _sums(base, found, name) if name in readable else {}
        rows = [
            (
                _(str(label)),
                f"{reverse('customers:customers')}?where={name}.eq.{key.removeprefix('stage_')}",
                grouped(sums[key][0]),
                amount_of(round(sums[key][1])),
                f"{100 * sums[key][1] / whole:.1f}%",
            )
            for key, label in labels.items()
            if key in sums
        ]
        if rows:
            tables.append((title, rows))
    return tables


def _words() -> Mapping[str, tuple[str, str]]:
    """Return what the drivers are called, and how each is measured."""
    return {
        "value": (
            _("Value equity"),
            _(
                "Of those with an amount trend, how many spend at least as much as usual: what we offer is worth its price to them."
            ),
        ),
        "brand": (
            _("Brand equity"),
            _(
                "Of those who ordered for the first time within a year, for how many no cost of acquisition is recorded: as far as the records tell, our name brought them."
            ),
        ),
        "relationship": (
            _("Relationship equity"),
            _(
                "Of those who bought in the year before last, how many bought again in the last: they stay."
            ),
        ),
    }


def _told(one: "Driver") -> Mapping[str, Any]:
    label, how = _words()[one.key]
    return {
        "label": label,
        "how": how,
        "score": "–" if one.score is None else f"{one.score:.0f}",
        "has_score": one.score is not None,
        "count": grouped(len(one.customer_ids)),
        "among": grouped(one.among),
        "url": reverse("analytics:equity_behind", args=[one.key]),
    }


def _ranked(
    request: StaffRequest,
    after: int,
    pks: Sequence[int],
    worth: Sequence[float],
    chances: Sequence[float],
) -> list[tuple[int, Any, str, str]]:
    """Return rank, customer, the profit to expect, and the chance of who has not bought."""
    found = customers(request.user).in_bulk(pks)
    shown = {pk: {"name": one.name} for pk, one in found.items()}
    record_shown(request.user, policy_of("customer"), shown, at=now())
    told = enumerate(zip(pks, worth, chances, strict=True), after + 1)
    return [
        (
            rank,
            found[pk],
            amount_of(round(value)),
            "" if chance != chance else f"{100 * chance:.0f}%",
        )
        for rank, (pk, value, chance) in told
        if pk in found
    ]
