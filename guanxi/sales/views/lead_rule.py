"""The page on which an administrator says to whom leads are given, and for how long."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import require
from guanxi.sales.commands.lead_rule import (
    move_lead_rule,
    remove_lead_rule,
    save_lead_rule,
    set_lead_terms,
    terms_in_force,
)
from guanxi.sales.forms.lead import LeadRuleForm, LeadTermsForm
from guanxi.sales.models import LeadReceiver, LeadRule
from guanxi.sales.queries.lead import lead_rule, lead_rules, receivers_of
from guanxi.sales.rules.lead import Origin
from guanxi.sales.views.request import StaffRequest

_TERMS = ("protect_days", "most_held", "most_claims")


@login_required
def rules(request: StaffRequest) -> HttpResponse:
    """Show the rules and the terms; change the terms."""
    require(request.user, "lead_rule.edit")
    terms = terms_in_force()
    first = {name: getattr(terms, name) for name in _TERMS}
    form = LeadTermsForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            set_lead_terms(request.user, **form.cleaned_data, at=now())
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The terms are saved."))
            return redirect("sales:lead_rules")
    context = {"form": form, "rules": [_row(*one) for one in lead_rules()]}
    status = 422 if form.errors else 200
    return render(request, "sales/lead_rules.html", context, status=status)


@login_required
def new_rule(request: StaffRequest) -> HttpResponse:
    """Ask for a new rule at the end."""
    require(request.user, "lead_rule.edit")
    return _rule_page(request, None)


@login_required
def edit_rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a rule; change it."""
    require(request.user, "lead_rule.edit")
    return _rule_page(request, lead_rule(pk))


@login_required
@require_POST
def shift_rule(request: StaffRequest, pk: int, way: str) -> HttpResponse:
    """Move a rule one place up or down."""
    require(request.user, "lead_rule.edit")
    move_lead_rule(request.user, lead_rule(pk).pk, is_up=way == "up", at=now())
    return redirect("sales:lead_rules")


@login_required
@require_POST
def drop_rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a rule."""
    require(request.user, "lead_rule.edit")
    remove_lead_rule(request.user, lead_rule(pk).pk, at=now())
    messages.success(request, _("The rule is removed."))
    return redirect("sales:lead_rules")


def _rule_page(request: StaffRequest, found: LeadRule | None) -> HttpResponse:
    people = list(receivers_of(found)) if found else []
    form = LeadRuleForm(
        request.POST or None, viewer=request.user, rule=found, people=people
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_lead_rule(
                request.user,
                rule_id=found.pk if found else None,
                terms=form.terms(),
                at=now(),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The rule is saved."))
            return redirect("sales:lead_rules")
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "title": found.name if found else _("New rule"),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "sales/lead_rule_dialog.html", context, status=status)


def _row(rule: LeadRule, people: Sequence[LeadReceiver]) -> dict[str, object]:
    """Return a rule as the page shows it."""
    origins = [str(Origin(one).label) for one in rule.origins]
    return {
        "rule": rule,
        "only": [*origins, *rule.provinces, *rule.categories],
        "people": [(one.user.name, one.given) for one in people],
    }
