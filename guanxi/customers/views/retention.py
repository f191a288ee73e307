"""How long what is kept: the rules, what they would do, and what they did."""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.commands.retention import set_retention, try_retention
from guanxi.customers.forms.retention import RetentionForm
from guanxi.customers.models import CreditReport, Customer, Note
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries import retention as queries
from guanxi.customers.rules.retention import Category
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.models import ImportRun
from guanxi.foundation.policies import may, require

SAMPLED = 10


@dataclass(frozen=True)
class Sample:
    """One of the rows that a rule would take, as its viewer may see it; ``url`` or none."""

    number: int
    name: str
    url: str


@login_required
@require_GET
def retention(request: StaffRequest) -> HttpResponse:
    """Show the rules with their purpose and ground, and what they did."""
    require(request.user, "retention.read")
    context = {
        "rules": queries.retention_rules(),
        "runs": list(queries.retention_runs()[: queries.RUNS_SHOWN]),
        "can_edit": may(request.user, "retention.edit"),
    }
    return render(request, "customers/retention.html", context)


@login_required
def retention_rule(request: StaffRequest, category: str) -> HttpResponse:
    """Show one rule; try it with a time, or keep the time and switch it."""
    require(request.user, "retention.edit")
    if category not in Category.values:
        raise NotVisible
    rule = next(r for r in queries.retention_rules() if r.category == category)
    months = _months(request, rule)
    first = {"months": months, "is_on": rule.kept.is_on}
    form = RetentionForm(request.POST or None, initial=first)
    if accepted(form, lambda: _act(request, Category(category), form)):
        return redirect(f"{request.path}?months={form.cleaned_data['months']}")
    is_tried = rule.is_tried(months)
    context = {
        "form": form,
        "rule": rule,
        "is_tried": is_tried,
        "sample": _sample(request, rule, months) if is_tried else [],
    }
    status = 422 if form.errors else 200
    return render(request, "customers/retention_rule.html", context, status=status)


def _months(request: StaffRequest, rule: queries.Rule) -> int:
    """Return the time that was tried last on this page, else the one that is kept."""
    asked = RetentionForm({"months": request.GET.get("months")})
    given: int = asked.cleaned_data["months"] if asked.is_valid() else rule.kept.months
    return given


def _act(request: StaffRequest, category: Category, form: RetentionForm) -> None:
    months = form.cleaned_data["months"]
    if "try" in request.POST:
        try_retention(request.user, category, months=months, at=now())
        return
    is_on = form.cleaned_data["is_on"]
    set_retention(request.user, category, months=months, is_on=is_on, at=now())
    messages.success(request, _("Saved"))


def _sample(request: StaffRequest, rule: queries.Rule, months: int) -> list[Sample]:
    """Return some of what the rule would take now."""
    before = queries.limit_of(months, now())
    rows = queries.unheld(rule.category, queries.overdue(rule.category, before))
    told = _file if rule.category is Category.FILES else partial(_party, request.user)
    return [told(row) for row in rows.order_by("pk")[:SAMPLED]]


def _file(run: ImportRun) -> Sample:
    return Sample(run.pk, run.name, reverse("imports:run", args=[run.pk]))


def _party(viewer: Actor, row: "Customer | Note | CreditReport") -> Sample:
    party = row if isinstance(row, Customer) else row.customer
    if not CUSTOMER.reaches(viewer, "read", party):
        return Sample(party.pk, "", "")
    name = str(CUSTOMER.shown(viewer, "name", party.name))
    return Sample(party.pk, name, reverse("customers:customer", args=[party.pk]))
