"""Profit after all costs: how it comes about, and what each customer brings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from guanxi.analytics import exploring, queries
from guanxi.analytics.rules import VALUE_STEPS
from guanxi.analytics.views.insight import amount_of, short_of
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_stored_only
from guanxi.foundation.audit import record_access, record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.export import csv_answer
from guanxi.foundation.viewer import StaffRequest, key_of

if TYPE_CHECKING:
    from guanxi.analytics.earnings import Earnings

A_PAGE = 50
BEST, WORST = "best", "worst"
AIMS = ("acquisition", "sales", "service", "retention")


class ProfitForm(forms.Form):
    """Of which days, and from which end."""

    first_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_on = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    order = forms.ChoiceField(
        label=pgettext_lazy("profit", "Order"),
        choices=[
            (BEST, gettext_lazy("Highest profit first")),
            (WORST, gettext_lazy("Losses first")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        """Check that the days are in their order."""
        values = super().clean() or {}
        first, last = values.get("first_on"), values.get("last_on")
        if first and last and first > last:
            self.add_error("last_on", _("The last day is before the first."))
        return values


@login_required
@require_GET
def profit(request: StaffRequest) -> HttpResponse:
    """Show what remained after all costs, in all and of each customer."""
    queries.require_books(request.user)
    form = _profit_form(request)
    found = _earned(request, form)
    after = key_of(request.GET.get("after", "")) or 0
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "asked": request.GET.urlencode(),
        "can_export": allowed(request.user, "customer.export"),
    }
    if found is not None and len(found.customer_ids):
        page = found.only(_ordered(found, form)[after : after + A_PAGE])
        asked = request.GET.copy()
        asked["after"] = str(after + A_PAGE)
        context |= {
            "figures": _figures(found),
            "picture": _waterfall(found),
            "costed": round(100 * int(found.costed.sum()) / (_revenue(found) or 1)),
            "heads": _heads(),
            "rows": _rows(request, page, _positive(found)),
            "next_url": f"?{asked.urlencode()}"
            if len(found.customer_ids) > after + A_PAGE
            else "",
        }
    return render(request, "analytics/profit.html", context)


@login_required
@require_GET
def profit_export(request: StaffRequest) -> FileResponse:
    """Give all of them as a CSV file."""
    queries.require_books(request.user)
    require(request.user, "customer.export")
    form = _profit_form(request)
    found = _earned(request, form)
    if found is None:
        raise NotVisible
    policy = policy_of("customer")
    kept = customers(request.user).filter(policy.visible(request.user, "export"))
    rows = kept.exclude(is_stored_only()).order_by().values_list("pk", "name")
    names = {
        pk: policy.shown(request.user, "name", name) for pk, name in rows.iterator()
    }
    record_access(
        request.user, "export", "customer", fields=[], rows=len(names), at=now()
    )
    header = [_("Customer number"), _("Customer"), *_heads()]
    told = found.only(_ordered(found, form))
    whole = _positive(found)
    cells = (
        [pk, names[pk], *line]
        for pk, line in zip(
            told.customer_ids.tolist(), _lines(told, whole), strict=True
        )
        if pk in names
    )
    return csv_answer("profit-by-customer.csv", header, cells)


def _profit_form(request: StaffRequest) -> ProfitForm:
    first_on, last_on = queries.latest_year()
    usual = {
        "first_on": first_on.isoformat(),
        "last_on": last_on.isoformat(),
        "order": BEST,
    }
    given = {name: request.GET[name] for name in usual if name in request.GET}
    return ProfitForm(usual | given)


def _earned(request: StaffRequest, form: ProfitForm) -> "Earnings | None":
    from guanxi.analytics.earnings import earnings  # noqa: PLC0415 -- loads pyarrow

    if not form.is_valid():
        return None
    entries = exploring.entries_in_sight(request.user, without=queries.unprofiled())
    if entries is None:
        return None
    data = form.cleaned_data
    return earnings(entries, data["first_on"], data["last_on"])


def _ordered(found: "Earnings", form: ProfitForm) -> Any:
    sign = -1 if form.cleaned_data["order"] == BEST else 1
    return (sign * found.net).argsort(kind="stable")


def _revenue(found: "Earnings") -> int:
    return int(found.revenue.sum())


def _positive(found: "Earnings") -> int:
    """Return what all who earned anything earned: what shares are of."""
    return int(found.net[found.net > 0].sum())


def _figures(found: "Earnings") -> list[tuple[str, str]]:
    net, costed = int(found.net.sum()), int(found.costed.sum())
    losing = int((found.net < 0).sum())
    return [
        (_("Revenue"), short_of(_revenue(found))),
        (_("Costs beside goods"), short_of(int(found.costs.sum()))),
        (_("Profit after all costs"), short_of(net)),
        (
            _("Profit rate after all costs"),
            f"{100 * net / costed:.1f}%" if costed else "–",
        ),
        (_("Customers who cost more than they bring"), grouped(losing)),
    ]


def _waterfall(found: "Earnings") -> Mapping[str, Any]:
    """Return how the revenue whose cost is known becomes profit, step by step."""
    units = 10 ** minor_units(settings.CURRENCY)
    costed, profit = int(found.costed.sum()), int(found.profit.sum())
    steps = [
        (_("Revenue of known cost"), costed, False),
        (_("Cost of goods"), costed - profit, True),
    ]
    steps += [
        (_(VALUE_STEPS[aim]), int(getattr(found, aim).sum()), True) for aim in AIMS
    ]
    steps.append((_("Profit after all costs"), int(found.net.sum()), False))
    left, bases = 0, []
    for _label, value, is_less in steps:
        left = left - value if is_less else value
        bases.append(max(left, 0) / units if is_less else 0)
    bars = [value / units for _label, value, _less in steps]
    names = [label for label, _value, _less in steps]
    colored = [
        {"value": bar, **({"itemStyle": {"opacity": 0.55}} if less else {})}
        for bar, (_label, _value, less) in zip(bars, steps, strict=True)
    ]
    return {
        "title": _("From revenue to profit"),
        "option": {
            "legend": {"show": False},
            "xAxis": {"type": "category", "data": names},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [
                {
                    "type": "bar",
                    "stack": "all",
                    "silent": True,
                    "itemStyle": {"color": "transparent"},
                    "tooltip": {"show": False},
                    "data": bases,
                },
                {"type": "bar", "stack": "all", "data": colored},
            ],
        },
        "heads": [pgettext("profit", "Step"), _("Amount")],
        "rows": [
            [label, amount_of(-value if less else value)]
            for label, value, less in steps
        ],
    }


def _heads() -> list[str]:
    return [
        _("Revenue"),
        _("Profit on goods"),
        *(_(VALUE_STEPS[aim]) for aim in AIMS),
        _("Profit after all costs"),
        _("Profit rate"),
        _("Share of all profit"),
    ]


def _lines(found: "Earnings", whole: int) -> list[list[str]]:
    """Return the figures of each customer, in the order of the heads."""
    columns = [
        one.tolist()
        for one in (
            *(found.revenue, found.profit),
            *(getattr(found, aim) for aim in AIMS),
            *(found.net, found.costed),
        )
    ]
    return [
        [
            *map(amount_of, money),
            f"{100 * net / costed:.1f}%" if costed > 0 else "–",
            f"{100 * net / whole:.2f}%" if whole else "–",
        ]
        for *money, costed in zip(*columns, strict=True)
        for net in money[-1:]
    ]


def _rows(
    request: StaffRequest, page: "Earnings", whole: int
) -> list[tuple[Any, list[str], bool]]:
    found = customers(request.user).in_bulk(page.customer_ids.tolist())
    shown = {pk: {"name": one.name} for pk, one in found.items()}
    record_shown(request.user, policy_of("customer"), shown, at=now())
    told = zip(
        page.customer_ids.tolist(), _lines(page, whole), page.net.tolist(), strict=True
    )
    return [(found[pk], line, net < 0) for pk, line, net in told if pk in found]
