"""Why a customer stays: the card on its page, its history, and the dialogs."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.bond import (
    add_delivered_value,
    add_switching_cost,
    assess_bond,
    restore_bond,
    restore_delivered_value,
    restore_switching_cost,
    trash_bond,
    trash_delivered_value,
    trash_switching_cost,
)
from guanxi.customers.forms.bond import BondForm, DeliveredValueForm, SwitchingCostForm
from guanxi.customers.models import BondAssessment, Customer, DeliveredValue
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.bond import (
    FIELD,
    assessments_of,
    by_product,
    delivered_values_of,
    may_read_bonds,
    switching_costs_of,
)
from guanxi.customers.queries.bond_card import risk_card
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.customer import bare_customer, customer
from guanxi.customers.rules.bond import COSTS, OPINIONS, VALUES, shown_score
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import may, require


@login_required
@require_GET
def panel(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the retention-risk card of a customer on its page."""
    found = customer(request.user, pk)
    context = {
        "customer": found,
        "card": risk_card(request.user, found),
        "reads_bonds": may_read_bonds(request.user),
        "can_assess": _can_write(request, found),
    }
    return render(request, "customers/_bond_panel.html", context)


@login_required
@require_GET
def bonds(request: StaffRequest, pk: int) -> HttpResponse:
    """Show why a customer stays: all assessments, what leaving costs, what offers give."""
    found = customer(request.user, pk)
    if not may_read_bonds(request.user):
        raise NotVisible
    rows = assessments_of(request.user, found)
    costs = switching_costs_of(request.user, found)
    offers = delivered_values_of(request.user, found)
    told = {pk: {FIELD: bool(rows or costs or offers)}}
    record_shown(request.user, CUSTOMER, told, at=now())
    bound = next((row for row in rows if row.lock_in is not None), None)
    context = {
        "customer": found,
        "card": risk_card(request.user, found),
        "rows": rows,
        "bound": bound,
        "history": _history(rows),
        "products": by_product(costs),
        "switching_total": sum((one.amount for one in costs), Decimal(0)),
        "offers": [(one, _offer_parts(one)) for one in offers],
        "offers_chart": _offers(offers),
        "currency": settings.CURRENCY,
        "can_edit": _can_write(request, found),
    }
    return render(request, "customers/bonds.html", context)


@login_required
def new_bond(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask how satisfied a customer is and what binds it, and keep it."""
    about, at = _about(request, pk), now()
    form = BondForm(request.POST or None, today=house_day(at))

    def keep() -> None:
        clean = form.cleaned_data
        assess_bond(
            request.user,
            about,
            form.method_chosen(),
            assessed_on=clean["assessed_on"],
            at=at,
            note=clean["note"],
            **form.scores(),
        )
        messages.success(request, _("Recorded"))

    if accepted(form, keep):
        return redirect("customers:bonds", pk)
    return dialog(request, form, _("Assess the bond"), _record(), customer=about)


@login_required
def new_switching_cost(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what changing to another supplier would cost a customer, and keep it."""
    about, at = _about(request, pk), now()
    form = SwitchingCostForm(request.POST or None)

    def keep() -> None:
        clean = form.cleaned_data
        facts = {name: clean[name] for name in ("amount", "product", "note")}
        item = form.item_chosen()
        add_switching_cost(request.user, about, item, at=at, **facts)
        messages.success(request, _("Recorded"))

    if accepted(form, keep):
        return redirect("customers:bonds", pk)
    title = _("Add a switching cost")
    return dialog(request, form, title, _("Add"), customer=about)


@login_required
def new_delivered_value(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what an offer gives a customer and costs it, and keep it."""
    about, at = _about(request, pk), now()
    form = DeliveredValueForm(request.POST or None, today=house_day(at))

    def keep() -> None:
        clean = form.cleaned_data
        add_delivered_value(
            request.user,
            about,
            clean["offer"],
            assessed_on=clean["assessed_on"],
            supplier=clean["supplier"],
            at=at,
            **form.parts(),
        )
        messages.success(request, _("Recorded"))

    if accepted(form, keep):
        return redirect("customers:bonds", pk)
    title = _("Work out the delivered value of an offer")
    return dialog(request, form, title, _record(), customer=about)


@login_required
@require_POST
def no_bond(request: StaffRequest, pk: int, record_id: int) -> HttpResponse:
    """Put a bond assessment into the trash; it can be undone."""
    return _trashed(request, pk, record_id, trash_bond, "bond_back")


@login_required
@require_POST
def bond_back(request: StaffRequest, pk: int, record_id: int) -> HttpResponse:
    """Take a bond assessment out of the trash."""
    return _restored(request, pk, record_id, restore_bond)


@login_required
@require_POST
def no_switching_cost(request: StaffRequest, pk: int, record_id: int) -> HttpResponse:
    """Put a switching cost into the trash; it can be undone."""
    return _trashed(request, pk, record_id, trash_switching_cost, "switching_cost_back")


@login_required
@require_POST
def switching_cost_back(request: StaffRequest, pk: int, record_id: int) -> HttpResponse:
    """Take a switching cost out of the trash."""
    return _restored(request, pk, record_id, restore_switching_cost)


@login_required
@require_POST
def no_delivered_value(request: StaffRequest, pk: int, record_id: int) -> HttpResponse:
    """Put the delivered value of an offer into the trash; it can be undone."""
    back = "delivered_value_back"
    return _trashed(request, pk, record_id, trash_delivered_value, back)


@login_required
@require_POST
def delivered_value_back(
    request: StaffRequest, pk: int, record_id: int
) -> HttpResponse:
    """Take the delivered value of an offer out of the trash."""
    return _restored(request, pk, record_id, restore_delivered_value)


def _about(request: StaffRequest, pk: int) -> Customer:
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    return about


def _can_write(request: StaffRequest, found: Customer) -> bool:
    is_open = FIELD in CUSTOMER.writable(request.user)
    return is_open and may(request.user, "customer.edit", found)


def _record() -> str:
    return pgettext("contact", "Record")


def _trashed(
    request: StaffRequest, pk: int, record_id: int, act: Callable[..., None], back: str
) -> HttpResponse:
    about = bare_customer(request.user, pk)
    act(request.user, about, record_id, at=now())
    undo = reverse(f"customers:{back}", args=[pk, record_id])
    messages.success(request, _("Moved to the trash"), extra_tags=undo)
    return redirect("customers:bonds", pk)


def _restored(
    request: StaffRequest, pk: int, record_id: int, act: Callable[..., None]
) -> HttpResponse:
    about = bare_customer(request.user, pk)
    act(request.user, about, record_id, at=now())
    return redirect("customers:bonds", pk)


def _history(rows: Sequence[BondAssessment]) -> dict[str, Any] | None:
    """Return the opinions over time, the oldest first; None of fewer than two."""
    rows = rows[::-1]
    if len(rows) < 2:
        return None
    days = [row.assessed_on.isoformat() for row in rows]
    series = [
        {
            "type": "line",
            "name": str(label),
            "data": [_number(getattr(row, name)) for row in rows],
            "connectNulls": True,
        }
        for name, label in OPINIONS.items()
    ]
    return {
        "title": _("Scores over time"),
        "option": {
            "legend": {"top": 0, "left": 0},
            "xAxis": {"type": "category", "data": days},
            "yAxis": {"type": "value", "min": 0, "max": 10},
            "series": series,
        },
        "heads": [pgettext("assessment", "As of"), *map(str, OPINIONS.values())],
        "rows": [
            [day, *(shown_score(getattr(row, name)) or "–" for name in OPINIONS)]
            for day, row in zip(days, rows, strict=True)
        ],
    }


def _offer_parts(one: DeliveredValue) -> list[tuple[str, Decimal]]:
    named = {**VALUES, **COSTS}
    return [(str(label), getattr(one, name)) for name, label in named.items()]


def _offers(offers: Sequence[DeliveredValue]) -> dict[str, Any] | None:
    """Return value, cost and delivered value of the offers side by side; None of none."""
    if not offers:
        return None
    names = [
        f"{one.offer} · {one.supplier}" if one.supplier else one.offer for one in offers
    ]
    parts = {
        pgettext("delivered", "Total value"): [one.total_value for one in offers],
        pgettext("delivered", "Total cost"): [one.total_cost for one in offers],
        pgettext("delivered", "Delivered value"): [one.delivered for one in offers],
    }
    return {
        "title": _("Delivered value by offer"),
        "option": {
            "legend": {"top": 0, "left": 0},
            "xAxis": {"type": "category", "data": names},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [
                {"type": "bar", "name": label, "data": [float(a) for a in amounts]}
                for label, amounts in parts.items()
            ],
        },
        "heads": [pgettext("delivered", "Offer"), *parts],
        "rows": [
            [name, *(f"{amount:,.2f}" for amount in amounts)]
            for name, *amounts in zip(names, *parts.values(), strict=True)
        ],
    }


def _number(score: Decimal | None) -> float | None:
    return None if score is None else float(score)
