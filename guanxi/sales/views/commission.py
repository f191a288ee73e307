"""The pages of commissions: statements, their lines and steps; plans; shares of an order."""

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation import figures
from guanxi.foundation.audit import history
from guanxi.foundation.clock import now, today
from guanxi.foundation.errors import Conflict, Refused
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.sales.commands.commission import (
    adjust_commission,
    approve_commission,
    draw_commissions,
    pay_commission,
    reopen_commission,
    save_commission_plan,
    share_commission,
)
from guanxi.sales.forms.base import RecordForm
from guanxi.sales.forms.commission import (
    AdjustForm,
    MonthForm,
    PlanForm,
    SharesForm,
)
from guanxi.sales.models import CommissionPlan, CommissionStatement
from guanxi.sales.policies import COMMISSION
from guanxi.sales.queries import commission as queries
from guanxi.sales.queries.order import order as order_of
from guanxi.sales.rules.commission import StatementState, TierBy, month_before
from guanxi.sales.tables import COMMISSIONS
from guanxi.sales.views.request import StaffRequest


@login_required
def commissions(request: StaffRequest) -> HttpResponse:
    """Show the list of statements."""
    return table_page(request, COMMISSIONS)


@login_required
@require_GET
def commission(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one statement with all that counts in it, and what can be done."""
    found = queries.statement(request.user, pk)
    lines = list(queries.lines_of(found)[: queries.MOST_LINES + 1])
    context = {
        "statement": found,
        "lines": lines[: queries.MOST_LINES],
        "has_more": len(lines) > queries.MOST_LINES,
        "open_orders": queries.orders_in_sight(request.user, lines),
        "tiers": _tiers(found.plan),
        "readable": COMMISSION.readable(request.user),
        "offers": _offers(request, found),
        "history": history(request.user, "commission", found.pk),
    }
    return render(request, "sales/commission_detail.html", context)


@login_required
def draw(request: StaffRequest) -> HttpResponse:
    """Ask of which month, and draw up the statements."""
    require(request.user, "commission.draw")
    day = month_before(today(get_default_timezone()))
    form = MonthForm(request.POST or None, initial={"month": day})

    def act() -> None:
        month = form.cleaned_data["month"]
        count = draw_commissions(request.user, month=month, at=now())
        told = ngettext(
            "%(count)s statement of %(month)s is drawn up.",
            "%(count)s statements of %(month)s are drawn up.",
            count,
        )
        messages.success(request, told % {"count": count, "month": f"{month:%Y-%m}"})

    labels = _("Draw up statements"), _("Draw up")
    return _dialog(request, form, labels, act, reverse("sales:commissions"))


@login_required
def adjust(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for an amount and a reason, and add it to a draft."""
    found = queries.statement(request.user, pk)
    require(request.user, "commission.draw", found)
    form = AdjustForm(request.POST or None)

    def act() -> None:
        clean = form.cleaned_data
        adjust_commission(
            request.user,
            found,
            amount=clean["amount"],
            reason=clean["reason"],
            at=now(),
        )
        messages.success(request, _("The amount is added."))

    labels = _("Adjust the commission"), _("Add the amount")
    return _dialog(request, form, labels, act, _page_of(found))


@login_required
@require_POST
def approve(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve a statement; can be undone until it is paid out."""
    found = queries.statement(request.user, pk)
    approve_commission(request.user, found, at=now())
    undo = reverse("sales:reopen_commission", args=[pk])
    messages.success(request, _("The statement is approved."), extra_tags=undo)
    return redirect("sales:commission", pk)


@login_required
@require_POST
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an approval back."""
    reopen_commission(request.user, queries.statement(request.user, pk), at=now())
    messages.success(request, _("The statement is a draft again."))
    return redirect("sales:commission", pk)


@login_required
@require_POST
def pay(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that a statement is paid out."""
    pay_commission(request.user, queries.statement(request.user, pk), at=now())
    messages.success(request, _("The statement is marked as paid out."))
    return redirect("sales:commission", pk)


@login_required
@require_GET
def commission_plans(request: StaffRequest) -> HttpResponse:
    """Show the plans, whom they are for and their rates."""
    require(request.user, "commission_plan.read")
    rows = list(queries.plans(request.user))
    members = queries.members_of(rows)
    context = {
        "rows": [(one, _tiers(one), members.get(one.pk, ())) for one in rows],
        "may_edit": may(request.user, "commission_plan.edit"),
    }
    return render(request, "sales/commission_plans.html", context)


@login_required
def new_commission_plan(request: StaffRequest) -> HttpResponse:
    """Ask for the terms of a new plan, and add it."""
    require(request.user, "commission_plan.edit")
    form = PlanForm(request.POST or None, viewer=request.user)
    return _plan_page(request, CommissionPlan(), form)


@login_required
def edit_commission_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the terms of a plan; change them."""
    found = queries.plan_of(request.user, pk)
    require(request.user, "commission_plan.edit", found)
    members = queries.members_of([found]).get(found.pk, ())
    form = PlanForm(
        request.POST or None, viewer=request.user, plan=found, members=members
    )
    return _plan_page(request, found, form)


@login_required
def shares(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask which colleagues share in the commission of an order."""
    found = order_of(request.user, pk)
    require(request.user, "order.edit", found)
    form = SharesForm(
        request.POST or None,
        viewer=request.user,
        order=found,
        shares=queries.shares_of(found),
    )

    def act() -> None:
        share_commission(request.user, found, shares=form.shares(), at=now())
        messages.success(request, _("The shares are set."))

    labels = _("Shares in the commission"), _("Set the shares")
    return _dialog(request, form, labels, act, reverse("sales:order", args=[pk]))


def _plan_page(
    request: StaffRequest, plan: CommissionPlan, form: PlanForm
) -> HttpResponse:
    status = 200
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            save_commission_plan(
                request.user, plan, terms=form.terms(), version=version, at=now()
            )
        except Refused as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(request, _("The plan is saved."))
            return redirect("sales:commission_plans")
    context = {"form": form, "plan": plan}
    status = 422 if form.errors and status == 200 else status
    return render(request, "sales/commission_plan_form.html", context, status=status)


def _dialog(
    request: StaffRequest,
    form: RecordForm,
    labels: tuple[str, str],
    act: Callable[[], None],
    back: str,
) -> HttpResponse:
    """Show ``form``; when it is sent, ``act`` and return to ``back``."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            return redirect(back)
    title, submit_label = labels
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "title": title,
        "form": form,
        "submit_label": submit_label,
        "cancel_url": back,
    }
    status = 422 if form.errors else 200
    return render(request, "sales/commission_dialog.html", context, status=status)


def _offers(request: StaffRequest, found: CommissionStatement) -> dict[str, bool]:
    """Return which steps are open to the viewer."""
    viewer, state = request.user, StatementState(found.state)
    is_draft = state is StatementState.DRAFT
    may_approve = may(viewer, "commission.approve", found)
    return {
        "adjust": is_draft and may(viewer, "commission.draw", found),
        "approve": is_draft and may_approve and found.user_id != viewer.pk,
        "reopen": state is StatementState.APPROVED and may_approve,
        "pay": state is StatementState.APPROVED
        and may(viewer, "commission.pay", found),
    }


def _tiers(plan: CommissionPlan) -> list[tuple[str, str]]:
    """Return from where on which rate is in force, in words."""
    by_amount = plan.tier_by == TierBy.AMOUNT

    def start(value: Decimal) -> str:
        return figures.short_amount(value) if by_amount else f"{value.normalize():f}%"

    return [(start(one.start), f"{one.rate.normalize():f}%") for one in plan.steps]


def _page_of(found: CommissionStatement) -> str:
    return reverse("sales:commission", args=[found.pk])
