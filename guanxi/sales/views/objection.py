"""Objections: their five steps, what an opportunity's page shows of them, the report."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused
from guanxi.foundation.policies import may, require
from guanxi.foundation.viewer import key_of
from guanxi.foundation.words import Words
from guanxi.sales.commands.objection import (
    change_objection,
    raise_objection,
    remove_objection,
    restore_objection,
)
from guanxi.sales.forms.objection import ObjectionForm
from guanxi.sales.models import Objection, Opportunity
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.queries import objection as queries
from guanxi.sales.queries.opportunity import opportunity
from guanxi.sales.queries.product import product
from guanxi.sales.rules.objection import (
    ADVICE,
    LAST_STEP,
    STEPS,
    Nature,
    ObjectionKind,
    PayWay,
    PriceSide,
)
from guanxi.sales.rules.order import instalments
from guanxi.sales.views.request import StaffRequest
from guanxi.sales.views.results import ResultsForm

_SIDES: Mapping[str, Words] = {
    "kind": pgettext_lazy("objection", "Kind"),
    "nature": pgettext_lazy("objection", "Nature"),
    "price_side": gettext_lazy("What the price objection means"),
}
_WORDS = {"kind": ObjectionKind, "nature": Nature, "price_side": PriceSide}


@login_required
def new_objection(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what the customer objects to, in his words; go on with the second step."""
    found = _edited(request, pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = raise_objection(request.user, found, at=now(), **form.facts())
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The objection is noted."))
            return redirect("sales:objection_step", pk, made.pk, 2)
    return _page(request, found, None, form, 1)


@login_required
def objection_step(
    request: StaffRequest, pk: int, number: int, step: int
) -> HttpResponse:
    """Show a step of the answer; take it when it is sent, and go on with the next."""
    if step not in STEPS:
        raise NotVisible
    found = _edited(request, pk)
    one = queries.objection(request.user, found, number)
    if step > one.step + 1:
        return redirect("sales:objection_step", pk, number, one.step + 1)
    form = ObjectionForm(request.POST or None, step=step, found=one)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            change_objection(
                request.user,
                found,
                objection_id=number,
                step=step,
                version=form.cleaned_data["version"],
                at=now(),
                **_facts(request, form),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            if step < LAST_STEP and "leave" not in request.POST:
                return redirect("sales:objection_step", pk, number, step + 1)
            messages.success(request, _("The objection is saved."))
            return redirect("sales:opportunity", pk)
    return _page(request, found, one, form, step, status=status)


@login_required
@require_POST
def remove(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Take an objection off the record; can be undone."""
    found = opportunity(request.user, pk)
    remove_objection(request.user, found, objection_id=number, at=now())
    undo = reverse("sales:restore_objection", args=[pk, number])
    messages.success(request, _("The objection is removed."), extra_tags=undo)
    return redirect("sales:opportunity", pk)


@login_required
@require_POST
def restore(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Put an objection on the record again."""
    found = opportunity(request.user, pk)
    restore_objection(request.user, found, objection_id=number, at=now())
    messages.success(request, _("The objection is back."))
    return redirect("sales:opportunity", pk)


@login_required
@require_GET
def tallies(request: StaffRequest) -> HttpResponse:
    """Show how often objections were raised in a span, and how often we sold in spite."""
    viewer = request.user
    require(viewer, "opportunity.read")
    form = ResultsForm(request.GET, offered=_SIDES)
    sees = "objections" in OPPORTUNITY.readable(viewer)
    rows: Sequence[queries.ObjectionTally] = []
    if sees and form.is_valid():
        clean = form.cleaned_data
        span = clean["first_on"], clean["last_on"]
        rows = queries.objection_tallies(viewer, *span, clean["by"])
    by = form.cleaned_data.get("by", "kind") if form.is_valid() else "kind"
    labels = [str(_WORDS[by](one.key).label) for one in rows]
    context = {
        "form": form,
        "sees": sees,
        "side": _SIDES[by],
        "rows": list(zip(labels, rows, strict=True)),
        "chart": _chart(labels, rows) if rows else None,
    }
    status = 200 if form.is_valid() else 422
    return render(request, "sales/objection_tallies.html", context, status=status)


def told_objections(
    request: StaffRequest, found: Opportunity
) -> Sequence[tuple[Objection, str]]:
    """Return the objections to an opportunity, each with what its instalments come to."""
    sees_amount = "amount" in OPPORTUNITY.readable(request.user)
    return [
        (one, _plan(one, found) if sees_amount else "")
        for one in queries.objections(request.user, found)
    ]


def may_object(request: StaffRequest, found: Opportunity) -> bool:
    """Tell whether the viewer may write objections to an opportunity."""
    may_write = "objections" in OPPORTUNITY.writable(request.user)
    may_edit = may(request.user, "opportunity.edit", found)
    return may_write and may_edit and found.deleted_at is None


def _edited(request: StaffRequest, pk: int) -> Opportunity:
    """Return the opportunity, if the viewer may write objections to it."""
    found = opportunity(request.user, pk)
    require(request.user, "opportunity.edit", found)
    if "objections" not in OPPORTUNITY.writable(request.user):
        raise Denied("opportunity.objections")
    return found


def _facts(request: StaffRequest, form: ObjectionForm) -> dict[str, Any]:
    """Return what the form says, with the product it names if the viewer sees that."""
    facts = form.facts()
    if "product" in form.fields:
        pk = form.cleaned_data["product"]
        facts["product"] = product(request.user, pk) if pk else None
    return facts


def _page(
    request: StaffRequest,
    found: Opportunity,
    one: Objection | None,
    form: ObjectionForm,
    step: int,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "opportunity": found,
        "objection": one,
        "form": form,
        "step": step,
        "steps": STEPS.items(),
        "advice": ADVICE[step],
        "is_last": step == LAST_STEP,
        "asks_product": "product" in form.fields,
    }
    if "product" in form.fields:
        pk = key_of(str(form["product"].value() or ""))
        context["product"] = product(request.user, pk) if pk else None
    status = 422 if form.errors and status == 200 else status
    return render(request, "sales/objection_step.html", context, status=status)


def _plan(one: Objection, found: Opportunity) -> str:
    """Return what the agreed instalments come to, if there are any."""
    if one.pay_way != PayWay.PARTS or not one.parts or found.amount is None:
        return ""
    part = instalments(found.amount, one.parts)[0]
    return f"{one.parts} × {found.shown(part)}"


def _chart(
    labels: Sequence[str], rows: Sequence[queries.ObjectionTally]
) -> Mapping[str, Any]:
    title = _("Objections")
    values = [one.count for one in rows]
    return {
        "title": title,
        "option": {
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value"},
            "series": [{"type": "bar", "name": title, "data": values}],
        },
    }
