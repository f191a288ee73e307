"""The matrices: value and potential, old and new; their customers, and what to do with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.analytics import exploring, matrices, queries
from guanxi.analytics.boards.span import SpanForm
from guanxi.analytics.commands.strategy import LONGEST, write_strategy
from guanxi.analytics.matrices import (
    CELLS,
    GROWTH,
    STAGE,
    VALUE,
    Cell,
    Cuts,
    Potential,
)
from guanxi.analytics.views.dashboard import require_figures, span_form
from guanxi.analytics.views.group import group_page
from guanxi.analytics.views.insight import short_of
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.figures import grouped
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, is_fragment

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question

BUSINESS = ("product", "category")
TELLS = frozenset({"order_total", "amount_trend", "expected_amount"})


@dataclass(frozen=True)
class Shown:
    """A cell as the page shows it; shares are in percent of the whole matrix."""

    cell: Cell
    buyers: str
    share: int
    amount: str
    amount_share: int
    orders: str
    url: str
    strategy_url: str


class ValueForm(forms.Form):
    """From where on value and potential are high."""

    value = forms.DecimalField(
        label=gettext_lazy("Value is high from"), min_value=0, decimal_places=2
    )
    by = forms.ChoiceField(
        label=gettext_lazy("Potential by"), choices=Potential.choices
    )
    potential = forms.DecimalField(
        label=gettext_lazy("Potential is high from"), min_value=0, decimal_places=2
    )

    def __init__(self, asked: QueryDict, usual: Cuts) -> None:
        shipped: dict[str, object] = {
            "value": round(_units(usual.value)),
            "by": usual.by.value,
            "potential": usual.potential
            if usual.by is Potential.TREND
            else round(_units(usual.potential)),
        }
        given = {k: asked[k] for k in shipped if k in asked}
        # A ratio is no threshold for amounts, nor the other way round.
        if asked.get("was", usual.by) != usual.by:
            given.pop("potential", None)
        super().__init__(shipped | given)

    @property
    def cuts(self) -> Cuts:
        """What a valid form asks."""
        data = self.cleaned_data
        by, potential = Potential(data["by"]), data["potential"]
        if by is Potential.EXPECTED:
            potential = potential.scaleb(minor_units(settings.CURRENCY))
        value = data["value"].scaleb(minor_units(settings.CURRENCY))
        return Cuts(float(value), float(potential), by)


def _units(minor: float) -> Decimal:
    return Decimal(minor).scaleb(-minor_units(settings.CURRENCY))


class BusinessForm(forms.Form):
    """What counts as a business of its own."""

    business = forms.ChoiceField(
        label=gettext_lazy("Business is"),
        choices=[
            ("product", gettext_lazy("Product")),
            ("category", gettext_lazy("Category")),
        ],
    )


PAGES = {
    GROWTH: "analytics:growth_matrix",
    VALUE: "analytics:value_matrix",
    STAGE: "analytics:life_cycle",
}


class StrategyForm(forms.Form):
    """What is to be done with the customers of a cell."""

    text = forms.CharField(
        label=pgettext_lazy("matrix", "Strategy"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Empty, and the words of the product come back."),
    )


@login_required
@require_GET
def value_matrix(request: StaffRequest) -> HttpResponse:
    """Show the customers in sight by value and potential."""
    form = _value_form(request)
    found = matrices.value(request.user, form.cuts) if form.is_valid() else []
    context = {
        "title": _("Value matrix"),
        "form": form,
        "across": _("Potential"),
        "was": form["by"].value(),
        "down": _("Value: the amount of the pyramid's period"),
        "is_loaded": bool(queries.latest_runs(1)),
        "cells": _shown(request, VALUE, found),
        "about": _(
            "Whose potential is not known yet has a low one. Thresholds are those of this "
            "page and change nothing else; by default the upper fifth is high, and who buys "
            "at least the usual."
        ),
    }
    return render(request, "analytics/matrix.html", context | _tabs(VALUE))


@login_required
@require_http_methods(["GET", "POST"])
def value_cell(request: StaffRequest, cell: str) -> HttpResponse:
    """List the customers of a cell; a POST makes a segment of them."""
    form = _value_form(request)
    if cell not in CELLS[VALUE] or not form.is_valid():
        raise NotVisible
    found = matrices.value_members(request.user, form.cuts, cell)
    return _group(request, VALUE, cell, found)


@login_required
@require_GET
def growth_matrix(request: StaffRequest) -> HttpResponse:
    """Show old and new customers by old and new business."""
    require_figures(request)
    form, business = span_form(request), _business_form(request)
    is_asked = form.is_valid() and business.is_valid() and exploring.is_loaded()
    found: Sequence[Cell] = []
    if is_asked:
        question = _growth_question(request, form, business)
        found = matrices.growth(request.user, question)
    context = {
        "title": _("Growth matrix"),
        "span": form,
        "form": business,
        "across": _("Business: sold before these days, or first sold within them"),
        "down": _("Customers: bought before these days, or first within them"),
        "is_loaded": exploring.is_loaded(),
        "cells": _shown(request, GROWTH, found),
        "about": _(
            "Who buys old and new business stands in two cells. Only orders that you may "
            "see count."
        ),
    }
    return render(request, "analytics/matrix.html", context | _tabs(GROWTH))


@login_required
@require_http_methods(["GET", "POST"])
def growth_cell(request: StaffRequest, cell: str) -> HttpResponse:
    """List the customers of a cell; a POST makes a segment of them."""
    require_figures(request)
    form, business = span_form(request), _business_form(request)
    is_asked = form.is_valid() and business.is_valid() and exploring.is_loaded()
    if cell not in CELLS[GROWTH] or not is_asked:
        raise NotVisible
    question = _growth_question(request, form, business)
    found = matrices.growth_buyers(request.user, question, cell)
    return _group(request, GROWTH, cell, found)


@login_required
@require_http_methods(["GET", "POST"])
def strategy(request: StaffRequest, name: str, cell: str) -> HttpResponse:
    """Write what is to be done with the customers of a cell."""
    require(request.user, "analysis.configure")
    if cell not in CELLS.get(name, {}):
        raise NotVisible
    words, page = CELLS[name][cell], reverse(PAGES[name])
    usual = matrices.strategies(name).get(cell, str(words.strategy))
    form = StrategyForm(request.POST or None, initial={"text": usual})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            write_strategy(request.user, matrix=name, cell=cell, text=text, at=now())
        except Refused as refusal:
            form.add_error("text", refusal.message)
        else:
            toasts.success(request, _("Strategy saved."))
            return redirect(page)
    context = {
        "base": "ui/dialog.html" if is_fragment(request) else "ui/shell.html",
        "form": form,
        "submit_label": _("Save strategy"),
        "cancel_url": page,
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/tile_form.html", context, status=status)


def _value_form(request: StaffRequest) -> ValueForm:
    require(request.user, "analysis.read")
    if not policy_of("customer").readable(request.user) >= TELLS:
        raise NotVisible
    asked = request.GET.get("by", Potential.TREND)
    by = Potential(asked) if asked in Potential.values else Potential.TREND
    return ValueForm(request.GET, matrices.usual_cuts(request.user, by))


def _business_form(request: StaffRequest) -> BusinessForm:
    dimensions = exploring.cube().dimensions_for(request.user)
    if not set(BUSINESS) <= set(dimensions):
        raise NotVisible
    return BusinessForm({"business": request.GET.get("business", "product")})


def _growth_question(
    request: StaffRequest, form: SpanForm, business: BusinessForm
) -> "Question":
    from guanxi.analytics.cubes.asking import (  # noqa: PLC0415 -- loads the engine
        Question,
    )

    days = form.days
    return Question(
        metrics=(),
        first_on=days.first,
        last_on=days.last,
        rows=business.cleaned_data["business"],
        where={cut.dimension.key: cut.key for cut in form.cuts},
    )


def _shown(request: StaffRequest, matrix: str, cells: Sequence[Cell]) -> list[Shown]:
    buyers = sum(one.buyers for one in cells) or 1
    amount = sum(one.amount for one in cells) or 1
    query = request.GET.urlencode()
    can_write = allowed(request.user, "analysis.configure")
    return [
        Shown(
            cell=one,
            buyers=grouped(one.buyers),
            share=round(100 * one.buyers / buyers),
            amount=short_of(one.amount) if _reads_amounts(request) else "",
            amount_share=round(100 * one.amount / amount),
            orders="" if one.orders is None else grouped(one.orders),
            url=f"{reverse(f'analytics:{matrix}_cell', args=[one.key])}?{query}",
            strategy_url=reverse("analytics:strategy", args=[matrix, one.key])
            if can_write
            else "",
        )
        for one in cells
    ]


def _reads_amounts(request: StaffRequest) -> bool:
    return "total" in policy_of("order").readable(request.user)


def _group(
    request: StaffRequest, matrix: str, cell: str, found: list[tuple[int, int, Any]]
) -> HttpResponse:
    asked = request.GET.copy()
    asked.pop("after", None)
    page = f"{reverse(f'analytics:{matrix}_matrix')}?{asked.urlencode()}"
    title, name = _tabs(matrix)["labels"][matrix], str(CELLS[matrix][cell].label)
    return group_page(request, found, title=f"{title} · {name}", back=(title, page))


def _tabs(here: str) -> dict[str, Any]:
    labels = {VALUE: _("Value matrix"), GROWTH: _("Growth matrix")}
    tabs = [
        (label, reverse(f"analytics:{key}_matrix"), key == here)
        for key, label in labels.items()
    ]
    return {"tabs": tabs, "labels": labels}
