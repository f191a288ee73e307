"""How long what is kept: the rules, what they would do, and what they did."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.commands.retention import set_retention, try_retention
from guanxi.customers.forms.retention import RetentionForm
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries import retention as queries
from guanxi.customers.rules.retention import Category
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import may, require

SAMPLED = 10


@dataclass(frozen=True)
class Sample:
    """One of the rows that a rule would take, as its viewer may see it."""

    number: int
    name: str


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
    first = {"months": rule.kept.months, "is_on": rule.kept.is_on}
    form = RetentionForm(request.POST or None, initial=first)
    if accepted(form, lambda: _act(request, Category(category), form)):
        return redirect("customers:retention_rule", category)
    context = {"form": form, "rule": rule, "sample": _sample(request, rule)}
    status = 422 if form.errors else 200
    return render(request, "customers/retention_rule.html", context, status=status)


def _act(request: StaffRequest, category: Category, form: RetentionForm) -> None:
    months = form.cleaned_data["months"]
    if "try" in request.POST:
        try_retention(request.user, category, months=months, at=now())
        return
    is_on = form.cleaned_data["is_on"]
    set_retention(request.user, category, months=months, is_on=is_on, at=now())
    messages.success(request, _("Saved"))


def _sample(request: StaffRequest, rule: queries.Rule) -> list[Sample]:
    """Return some of what the rule would take now, if it was tried with this time."""
    if not rule.is_tried:
        return []
    before = queries.limit_of(rule.kept.months, now())
    rows = queries.unheld(rule.category, queries.overdue(rule.category, before))
    found = []
    for row in rows.order_by("pk")[:SAMPLED]:
        party = getattr(row, "customer", row)
        name = str(getattr(party, "name", ""))
        if rule.category is not Category.FILES:
            is_seen = CUSTOMER.reaches(request.user, "read", party)
            name = CUSTOMER.shown(request.user, "name", name) if is_seen else ""
        found.append(Sample(row.pk, name))
    return found
