"""The plan of a year: what the house, its teams and its people are to reach."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.foundation.clock import now, today
from guanxi.foundation.errors import Conflict, NotVisible, Refused
from guanxi.foundation.policies import require
from guanxi.sales.commands.target import set_targets
from guanxi.sales.forms.target import PlanForm, TargetForm, month_name
from guanxi.sales.queries.target import Plan, PlanRow, plan, told
from guanxi.sales.rules.target import MONEY, Measure, months_of
from guanxi.sales.views.request import StaffRequest


@login_required
@require_GET
def targets(request: StaffRequest) -> HttpResponse:
    """Show the plan of a year for one aim."""
    require(request.user, "target.read")
    form = PlanForm(request.GET, today=today(get_default_timezone()))
    found = plan(request.user, **form.words()) if form.is_valid() else None
    context = {
        "form": form,
        "plan": found,
        "months": [month_name(day) for day in months_of(found.year)] if found else [],
        "rows": [_shown_row(found, one) for one in found.rows] if found else [],
    }
    status = 200 if found else 422
    return render(request, "sales/target_list.html", context, status=status)


@login_required
def edit_target(request: StaffRequest, of: str) -> HttpResponse:
    """Show the months of one row of the plan; set them, or spread a sum over them."""
    asked = PlanForm(request.GET, today=today(get_default_timezone()))
    if not asked.is_valid():
        raise NotVisible
    words = asked.words()
    found = plan(request.user, **words)
    row = found.row(of)
    require(request.user, "target.edit", row.place.unset())
    form = TargetForm(
        request.POST or None, row=row, measure=found.measure, year=found.year
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            return _spread(request, found, row, form)
        try:
            _set(request, found, row, form)
        except Refused as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(request, _("The targets are set."))
            return redirect(f"{reverse('sales:targets')}?{_address(found)}")
    return _form_page(request, found, row, form, status=status)


def _set(request: StaffRequest, found: Plan, row: PlanRow, form: TargetForm) -> None:
    set_targets(
        request.user,
        row.place.unset(),
        measure=found.measure,
        year=found.year,
        category=found.category,
        months=form.months,
        seen=form.cleaned_data["seen"],
        at=now(),
    )


def _spread(
    request: StaffRequest, found: Plan, row: PlanRow, form: TargetForm
) -> HttpResponse:
    """Show the form with the sum spread over its months; nothing is saved."""
    before = plan(request.user, found.measure, found.year - 1, found.category)
    parts = form.spread(before.row(row.place.of).months)
    if parts is not None:
        data = request.POST.copy()
        for number, one in enumerate(parts):
            data[f"m{number + 1}"] = str(one)
        form = TargetForm(data, row=row, measure=found.measure, year=found.year)
    return _form_page(request, found, row, form)


def _form_page(
    request: StaffRequest,
    found: Plan,
    row: PlanRow,
    form: TargetForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "plan": found,
        "row": row,
        "measure": found.measure.label,
        "unit": _unit(found.measure),
        "back": f"{reverse('sales:targets')}?{_address(found)}",
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "sales/target_form.html", context, status=status)


def _shown_row(found: Plan, row: PlanRow) -> dict[str, object]:
    edit = reverse("sales:edit_target", args=[row.place.of])
    return {
        "place": row.place,
        "months": [told(found.measure, one) for one in row.months],
        "total": told(found.measure, row.total),
        "parts": told(found.measure, row.parts),
        "falls_apart": row.falls_apart,
        "url": f"{edit}?{_address(found)}" if row.may_edit else "",
    }


def _address(found: Plan) -> str:
    words = {"measure": found.measure.value, "year": found.year}
    return urlencode(words | ({"category": found.category} if found.category else {}))


def _unit(measure: Measure) -> str:
    if measure in MONEY:
        return str(settings.CURRENCY)
    if measure is Measure.MARGIN:
        return "%"
    return _("points from 0 to 10") if measure is Measure.SATISFACTION else ""
