"""The credit of one customer, the reports that are due, and the rules of the house."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.credit import (
    add_credit_report,
    assess_credit,
    remove_credit_report,
    set_credit_limit,
    set_credit_rules,
)
from guanxi.customers.forms.credit import (
    AssessmentForm,
    LimitForm,
    ReportForm,
    RulesForm,
)
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.credit import (
    CONDUCT,
    Credit,
    credit_of,
    credit_rules,
    due_reports,
    house_day,
    report_of,
)
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.rules.credit import Standard
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.viewer import key_of

DUE_SHOWN = 100


@login_required
@require_GET
def credit(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the credit of a customer: both standards side by side, limit, reports."""
    found = bare_customer(request.user, pk)
    return render(request, "customers/credit.html", _shown(request, found))


@login_required
@require_GET
def panel(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the credit of a customer in short, as a panel on its page."""
    found = bare_customer(request.user, pk)
    return render(request, "customers/_credit_panel.html", _shown(request, found))


@login_required
def assess(request: StaffRequest, pk: int, standard: str) -> HttpResponse:
    """Ask for the five scores of a standard, and keep the assessment."""
    if standard not in Standard.values:
        raise NotVisible
    found = bare_customer(request.user, pk)
    require(request.user, "customer.assess", found)
    chosen, at = Standard(standard), now()
    known = credit_of(request.user, found)
    conduct = CONDUCT.ask(request.user, pk, at=at)
    form = AssessmentForm(
        request.POST or None,
        standard=chosen,
        conduct=conduct,
        latest=known.latest.get(chosen),
        today=house_day(at),
    )

    def keep() -> None:
        made = assess_credit(
            request.user,
            found,
            chosen,
            scores=form.scores(),
            on=form.cleaned_data["assessed_on"],
            at=at,
        )
        told = _("Assessed: %(score)s points, grade %(grade)s.")
        messages.success(request, told % {"score": made.score, "grade": made.grade})

    if accepted(form, keep):
        return redirect("customers:credit", pk)
    context = {
        "customer": found,
        "form": form,
        "standard": chosen,
        "conduct": conduct,
        "weights": credit_rules().weights,
        "currency": settings.CURRENCY,
    }
    _record(request, found, known, "credit_scores")
    status = 422 if form.errors else 200
    return render(request, "customers/assessment.html", context, status=status)


@login_required
def new_report(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for a credit report, new or in place of ``renews``, and keep it."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.assess", found)
    renewed, at = key_of(request.GET.get("renews", "")), now()
    form = ReportForm(
        request.POST or None,
        today=house_day(at),
        valid_days=credit_rules().report_days,
        renews=report_of(request.user, found, renewed) if renewed else None,
    )

    def keep() -> None:
        add_credit_report(request.user, found, form.facts(), at=at)
        messages.success(request, _("The credit report is recorded."))

    if accepted(form, keep):
        return redirect("customers:credit", pk)
    title, label = _("Credit report"), _("Record the report")
    return dialog(request, form, title, label, customer=found)


@login_required
@require_POST
def no_report(request: StaffRequest, pk: int, report_id: int) -> HttpResponse:
    """Remove a report that was recorded by mistake."""
    found = bare_customer(request.user, pk)
    remove_credit_report(request.user, found, report_id, at=now())
    messages.success(request, _("The credit report is removed."))
    return redirect("customers:credit", pk)


@login_required
def limit(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask how much a customer may owe, and decide it; the proposal stands there."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.grant", found)
    known = credit_of(request.user, found)
    present = known.limit.amount if known.limit else known.proposed_limit
    form = LimitForm(request.POST or None, initial={"amount": present})

    def decide() -> None:
        set_credit_limit(
            request.user,
            found,
            form.cleaned_data["amount"],
            until_on=form.cleaned_data["until_on"],
            reason=form.cleaned_data["reason"],
            at=now(),
        )
        messages.success(request, _("The credit limit is set."))

    if accepted(form, decide):
        return redirect("customers:credit", pk)
    _record(request, found, known, "credit_limit")
    label = _("Set the credit limit")
    return dialog(request, form, label, label, customer=found)


@login_required
@require_GET
def due(request: StaffRequest) -> HttpResponse:
    """Show whose credit report has ended or will soon, to have it renewed."""
    require(request.user, "customer.assess")
    at = now()
    today = house_day(at)
    reports = list(due_reports(request.user, today=today)[:DUE_SHOWN])
    shown = {one.customer_id: {"credit_reports": "1"} for one in reports}
    record_shown(request.user, CUSTOMER, shown, at=at)
    context = {
        "reports": [(one, (today - one.valid_until).days) for one in reports],
        "most": DUE_SHOWN,
        "currency": settings.CURRENCY,
    }
    return render(request, "customers/credit_due.html", context)


@login_required
def rules(request: StaffRequest) -> HttpResponse:
    """Set the weights, the grades and the use of the limit."""
    require(request.user, "credit_rule.edit")
    form = RulesForm(request.POST or None, rules=credit_rules())

    def decide() -> None:
        set_credit_rules(request.user, form.rules(), at=now())
        told = _("Saved. The rules hold for assessments and orders from now on.")
        messages.success(request, told)

    if accepted(form, decide):
        return redirect("customers:credit_rules")
    status = 422 if form.errors else 200
    return render(request, "customers/credit_rules.html", {"form": form}, status=status)


def _shown(request: StaffRequest, found: Customer) -> dict[str, object]:
    """Return what page and panel show, and record what was seen."""
    require(request.user, "customer.credit", found)
    at = now()
    known = credit_of(request.user, found)
    conduct = CONDUCT.ask(request.user, found.pk, at=at)
    _record(request, found, known, "credit_scores", "credit_reports", "credit_limit")
    today = house_day(at)
    in_force = known.limit.on(today) if known.limit else None
    return {
        "customer": found,
        "credit": known,
        "columns": [(one, known.latest.get(one)) for one in Standard],
        "conduct": conduct,
        "limit": in_force,
        "room": in_force - conduct.on_credit
        if conduct and in_force is not None
        else None,
        "readable": CUSTOMER.readable(request.user),
        "currency": settings.CURRENCY,
        "today": today,
        "may": {
            action: CUSTOMER.reaches(request.user, action, found)
            for action in ("assess", "grant")
        },
    }


def _record(
    request: StaffRequest, found: Customer, known: Credit, *fields: str
) -> None:
    """Record which parts of the credit of a customer were seen."""
    there = {
        "credit_scores": known.history,
        "credit_reports": known.reports,
        "credit_limit": known.limits,
    }
    seen = {name: there[name] for name in fields}
    record_shown(request.user, CUSTOMER, {found.pk: seen}, at=now())
