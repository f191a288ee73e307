"""Plans and agreements with a customer: the panel, the page, and its dialogs."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.plan import (
    add_plan_line,
    change_plan,
    change_plan_line,
    remove_plan_line,
    start_plan,
)
from guanxi.customers.forms.plan import LineForm, NewPlanForm, PlanForm
from guanxi.customers.models import Customer, Plan, PlanLine
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer, customer
from guanxi.customers.queries.plan import (
    FIELD,
    line_of,
    may_read_plans,
    parts_of,
    plan_of,
    plans_of,
)
from guanxi.customers.rules.plan import PlanKind, section_of
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require


@login_required
@require_GET
def plans(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the plans with a customer, as a panel on its page."""
    found = bare_customer(request.user, pk)
    rows = plans_of(request.user, found)
    _record(request, found, rows)
    context = {
        "customer": found,
        "plans": rows,
        "is_hidden": not may_read_plans(request.user),
        "can_edit": _can_edit(request, found),
    }
    return render(request, "customers/_plans.html", context)


@login_required
@require_GET
def plan(request: StaffRequest, pk: int, plan_id: int) -> HttpResponse:
    """Show one plan, section by section."""
    about = customer(request.user, pk)
    found = plan_of(request.user, about, plan_id)
    _record(request, about, [found])
    context = {
        "customer": about,
        "plan": found,
        "parts": parts_of(found),
        "is_needs": found.kind == PlanKind.NEEDS,
        "is_solution": found.kind == PlanKind.SOLUTION,
        "currency": settings.CURRENCY,
        "today": localdate(),
        "industry": _industry(request, about, found),
        "can_edit": _can_edit(request, about),
    }
    return render(request, "customers/plan.html", context)


def _industry(request: StaffRequest, about: Customer, found: Plan) -> str:
    """Return whose industry a key account is an example for, as far as it may be read."""
    is_read = "industry" in CUSTOMER.readable(request.user)
    return about.industry if found.kind == PlanKind.KEY_ACCOUNT and is_read else ""


@login_required
def new_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what is to be planned with a customer, and begin it."""
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    form = NewPlanForm(request.POST or None)
    made: list[Plan] = []

    def begin() -> None:
        kind = PlanKind(form.cleaned_data["kind"])
        made.append(start_plan(request.user, about, kind, at=now(), **form.facts()))

    if accepted(form, begin):
        return redirect("customers:plan", pk, made[0].pk)
    return dialog(request, form, _("New plan"), _("Begin"), customer=about)


@login_required
def edit_plan(request: StaffRequest, pk: int, plan_id: int) -> HttpResponse:
    """Change a plan, keep its result, or end it."""
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    found = plan_of(request.user, about, plan_id)
    form = PlanForm(request.POST or None, plan=found)

    def change() -> None:
        change_plan(request.user, about, plan_id, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:plan", pk, plan_id)
    return dialog(request, form, found.title, _("Save"), customer=about)


@login_required
def new_line(
    request: StaffRequest, pk: int, plan_id: int, section: str
) -> HttpResponse:
    """Ask for a line of a section, and write it."""
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    found = plan_of(request.user, about, plan_id)
    part = section_of(found.kind, section)
    if part is None:
        raise NotVisible
    line = PlanLine(plan=found, section=section)
    form = LineForm(request.POST or None, viewer=request.user, line=line)

    def write() -> None:
        facts = form.facts()
        add_plan_line(request.user, about, plan_id, section, at=now(), **facts)

    if accepted(form, write):
        return redirect("customers:plan", pk, plan_id)
    return dialog(request, form, str(part.label), _("Add"), customer=about)


@login_required
def edit_line(
    request: StaffRequest, pk: int, plan_id: int, line_id: int
) -> HttpResponse:
    """Change a line, or say that it is done."""
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    line = line_of(request.user, plan_of(request.user, about, plan_id), line_id)
    form = LineForm(request.POST or None, viewer=request.user, line=line)

    def change() -> None:
        facts = form.facts()
        change_plan_line(request.user, about, plan_id, line_id, at=now(), **facts)
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:plan", pk, plan_id)
    title = str(line.part.label if line.part else line.plan)
    return dialog(request, form, title, _("Save"), customer=about)


@login_required
@require_POST
def no_line(request: StaffRequest, pk: int, plan_id: int, line_id: int) -> HttpResponse:
    """Take a line out of a plan."""
    about = bare_customer(request.user, pk)
    remove_plan_line(request.user, about, plan_id, line_id, at=now())
    messages.success(request, _("The line is removed."))
    return redirect("customers:plan", pk, plan_id)


def _can_edit(request: StaffRequest, about: Customer) -> bool:
    is_written = FIELD in CUSTOMER.writable(request.user)
    return is_written and CUSTOMER.reaches(request.user, "edit", about)


def _record(request: StaffRequest, about: Customer, rows: Sequence[Plan]) -> None:
    """Note that plans were read, if there were any."""
    shown = {about.pk: {FIELD: bool(rows)}}
    record_shown(request.user, CUSTOMER, shown, at=now())
