"""Customers who may rise into the next tier: what to do, and what has become of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from guanxi.analytics import exploring, queries
from guanxi.analytics.commands.core import segment_core
from guanxi.analytics.forms import choices
from guanxi.analytics.moves import NONE, Moves
from guanxi.analytics.parameters import Parameters
from guanxi.analytics.rules import TIER_LABELS
from guanxi.analytics.science.pyramid import Measure
from guanxi.analytics.views.group import group_page
from guanxi.analytics.views.insight import MEASURED, amount_of, measured, read_by
from guanxi.customers.queries.customer import customers
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.figures import MINUS, grouped
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, key_of

if TYPE_CHECKING:
    from guanxi.analytics.upgrades import Candidate

A_PAGE = 50
BACK = 3  # months that a list has had to show what becomes of it, unless somebody asks
TELLS = frozenset(
    {
        *("tier", "order_total", "order_mean", "expected_amount"),
        *("amount_trend", "last_order_on"),
    }
)
# What is suggested for what speaks for a rise; the first that holds counts.
STEPS = {
    "near": gettext_lazy(
        "One order of the usual size is enough: propose the next one now, with a bundle."
    ),
    "foretold": gettext_lazy(
        "On the way there: agree on the next orders early, or on a yearly volume."
    ),
    "growing": gettext_lazy(
        "Buys more than usual: show what goes with it, and offer a price for quantity."
    ),
}
SIGNS = {
    "near": gettext_lazy("One order away"),
    "foretold": gettext_lazy("Foretold to get there"),
    "growing": gettext_lazy("Growing"),
}


@dataclass(frozen=True)
class Row:
    """A customer who may rise, in words."""

    customer: Any
    value: str
    gap: str
    expected: str
    trend: str
    last_order_on: date
    signs: Sequence[Any]
    step: Any


class UpgradeForm(forms.Form):
    """Of which tier, what speaks for a rise, and how far it may be."""

    tier = forms.ChoiceField(label=gettext_lazy("Tier"))
    sign = forms.ChoiceField(
        label=gettext_lazy("What speaks for it"),
        required=False,
        choices=[("", gettext_lazy("Anything")), *SIGNS.items()],
    )
    gap = forms.DecimalField(
        label=gettext_lazy("Missing at most"),
        required=False,
        min_value=0,
        max_digits=15,
        decimal_places=2,
    )
    since = forms.ChoiceField(label=gettext_lazy("Report since the end of"))

    def __init__(
        self, asked: QueryDict, *, tiers: Sequence[str], months: Sequence[date]
    ) -> None:
        """Start from the normal customers, and from a quarter of a year ago."""
        latest = [f"{month:%Y-%m}" for month in months]
        usual = {
            "tier": "normal" if "normal" in tiers else tiers[-1],
            "sign": "",
            "gap": "",
            "since": latest[-1 - min(BACK, len(latest) - 1)] if latest else "",
        }
        super().__init__({name: asked.get(name, usual[name]) for name in usual})
        self.months = dict(zip(latest, months, strict=True))
        choices(self, "tier").choices = [(key, _(TIER_LABELS[key])) for key in tiers]
        if len(latest) > 1:
            choices(self, "since").choices = [(one, one) for one in latest[-2::-1]]
        else:
            del self.fields["since"]

    @property
    def span(self) -> tuple[date, date] | None:
        """The months that a report is of, if there are two."""
        asked = self.cleaned_data.get("since")
        months = list(self.months.values())
        return (self.months[asked], months[-1]) if asked else None


@login_required
@require_http_methods(["GET", "POST"])
def upgrades(request: StaffRequest) -> HttpResponse:
    """List who may rise, the nearest first; a POST makes a segment of them."""
    parameters = _parameters(request)
    if parameters is None:
        if request.method == "POST":
            raise NotVisible
        return render(request, "analytics/upgrades.html", {})
    form = _form(request, parameters)
    found = _found(request, form, parameters) if form.is_valid() else []
    if request.method == "POST":
        return _segmented(request, found)
    after = key_of(request.GET.get("after", "")) or 0
    asked = request.GET.copy()
    asked["after"] = str(after + A_PAGE)
    context = {
        "form": form,
        "count": len(found),
        "rows": _rows(request, found[after : after + A_PAGE], parameters),
        "next_url": f"?{asked.urlencode()}" if len(found) > after + A_PAGE else "",
        "can_segment": allowed(request.user, "segment.create"),
        "next_tier": _next_tier(form, parameters) if form.is_valid() else "",
        "report": _report(request, form, parameters) if form.is_valid() else None,
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/upgrades.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def upgrades_moved(request: StaffRequest, new: str) -> HttpResponse:
    """List those of an earlier list who are in the tier ``new`` now; a POST makes a segment."""
    parameters = _parameters(request)
    form = _form(request, parameters) if parameters else None
    if parameters is None or form is None or not form.is_valid():
        raise NotVisible
    moves = _moves(request, form, parameters)
    if moves is None or new not in moves.keys:
        raise NotVisible
    tier, span = form.cleaned_data["tier"], form.span
    assert span is not None
    asked = request.GET.copy()
    asked.pop("after", None)
    title = _("Listed %(month)s: %(old)s → %(new)s") % {
        "month": f"{span[0]:%Y-%m}",
        "old": _(TIER_LABELS[tier]),
        "new": _tier(new),
    }
    back = (_("Upgrades"), f"{reverse('analytics:upgrades')}?{asked.urlencode()}")
    return group_page(request, moves.members(tier, new), title=title, back=back)


def _parameters(request: StaffRequest) -> Parameters | None:
    """
    Return the parameters of the latest analysis; None before the first.

    :raises NotVisible: for whoever may not read what the list tells.
    """
    require(request.user, "analysis.read")
    latest, readable = queries.latest_runs(1), read_by(request)
    if not readable >= TELLS:
        raise NotVisible
    if not latest:
        return None
    found = queries.PARAMETERS.validate_python(latest[0].parameters)
    if not readable >= MEASURED[found.settings.pyramid.by]:
        raise NotVisible
    return found


def _form(request: StaffRequest, parameters: Parameters) -> UpgradeForm:
    from guanxi.analytics.states import kept_months  # noqa: PLC0415 -- loads the engines

    months = kept_months(settings.WAREHOUSE_ROOT, parameters.as_of)
    lower = [tier.key for tier in parameters.settings.pyramid.tiers[1:]]
    return UpgradeForm(request.GET, tiers=lower, months=months)


def _found(
    request: StaffRequest, form: UpgradeForm, parameters: Parameters
) -> "list[Candidate]":
    from guanxi.analytics.upgrades import (  # noqa: PLC0415 -- loads the engines
        MONEY,
        Sign,
        candidates,
    )

    data = form.cleaned_data
    gap, by = data["gap"], parameters.settings.pyramid.by
    digits = minor_units(settings.CURRENCY) if by in MONEY else int(by is Measure.SCORE)
    return candidates(
        settings.WAREHOUSE_ROOT,
        parameters,
        tier=data["tier"],
        sign=Sign(data["sign"]) if data["sign"] else None,
        most_gap=None if gap is None else int(gap.scaleb(digits)),
        among=exploring.known_customers(request.user),
    )


def _rows(
    request: StaffRequest, found: "Sequence[Candidate]", parameters: Parameters
) -> list[Row]:
    known = customers(request.user).in_bulk([one.customer_id for one in found])
    names = {pk: {"name": one.name} for pk, one in known.items()}
    record_shown(request.user, policy_of("customer"), names, at=now())
    by = parameters.settings.pyramid.by
    return [
        Row(
            customer=known[one.customer_id],
            value=measured(by, one.measure),
            gap=measured(by, one.gap),
            expected="–" if one.expected is None else amount_of(one.expected),
            trend=_trend(one.trend),
            last_order_on=one.last_order_on,
            signs=[SIGNS[sign.value] for sign in one.signs],
            step=STEPS[one.signs[0].value],
        )
        for one in found
        if one.customer_id in known
    ]


def _trend(ratio: float | None) -> str:
    if ratio is None:
        return "–"
    percent = round(100 * (ratio - 1))
    return f"{percent:+d}%".replace("-", MINUS) if percent else "0%"


def _next_tier(form: UpgradeForm, parameters: Parameters) -> str:
    """Return the tier that the list leads to: the nearest above that holds somebody."""
    tiers = [tier.key for tier in parameters.settings.pyramid.tiers]
    at = tiers.index(form.cleaned_data["tier"])
    above = [
        key
        for key, least in zip(tiers[:at], parameters.tier_boundaries[:at], strict=True)
        if least is not None
    ]
    return _(TIER_LABELS[above[-1]]) if above else ""


def _moves(
    request: StaffRequest, form: UpgradeForm, parameters: Parameters
) -> Moves | None:
    from guanxi.analytics.states import moved  # noqa: PLC0415 -- loads the engines

    if form.span is None:
        return None
    return moved(
        settings.WAREHOUSE_ROOT,
        "tier",
        [tier.key for tier in parameters.settings.pyramid.tiers],
        form.span,
        among=exploring.known_customers(request.user),
        only_rising=True,
    )


def _report(
    request: StaffRequest, form: UpgradeForm, parameters: Parameters
) -> Mapping[str, Any] | None:
    """Return what became of those who were listed then: in which tiers they are now."""
    moves = _moves(request, form, parameters)
    if moves is None or form.span is None:
        return None
    tier, counts = form.cleaned_data["tier"], moves.moves()
    place = {key: n for n, key in enumerate(moves.keys)}
    query = request.GET.urlencode()
    known = [key for key in moves.keys if key != NONE]
    return {
        "since": form.span[0],
        "listed": grouped(sum(counts[tier, key] for key in moves.keys)),
        "rose": grouped(
            sum(counts[tier, key] for key in known if place[key] < place[tier])
        ),
        "fell": grouped(
            sum(counts[tier, key] for key in known if place[key] > place[tier])
        ),
        "tiers": [
            (
                _tier(key),
                grouped(counts[tier, key]),
                f"{reverse('analytics:upgrades_moved', args=[key])}?{query}",
            )
            for key in moves.keys
            if counts[tier, key]
        ],
    }


def _tier(key: str) -> str:
    return _("No longer counted") if key == NONE else _(TIER_LABELS[key])


def _segmented(request: StaffRequest, found: "Sequence[Candidate]") -> HttpResponse:
    ids = [one.customer_id for one in found]
    name = _("Upgrades %(day)s") % {"day": f"{queries.present_day(now()):%Y-%m-%d}"}
    try:
        made = segment_core(request.user, ids, name=name, at=now())
    except Refused as refusal:
        toasts.error(request, refusal.message)
        return redirect(request.get_full_path())
    toasts.success(request, _("Segment made"))
    return redirect("customers:segment", made)
