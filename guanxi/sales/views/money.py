"""The dialogs of one order: payment, refund, cancellation and other days."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.customers.queries.customer import customer
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Refused
from guanxi.foundation.policies import require
from guanxi.sales.commands.credit import approve_instalments
from guanxi.sales.commands.guard import sees_amounts
from guanxi.sales.commands.order import cancel_order, reschedule_order
from guanxi.sales.commands.payment import (
    receive_payment,
    refund_order,
    take_back_payment,
)
from guanxi.sales.commands.step import release_order
from guanxi.sales.forms.base import RecordForm, plain
from guanxi.sales.forms.money import BeyondForm, InstalmentForm, PaymentForm, RefundForm
from guanxi.sales.forms.order import CancelForm, RescheduleForm
from guanxi.sales.models import Order
from guanxi.sales.policies import ORDER
from guanxi.sales.queries import order as queries
from guanxi.sales.queries.credit import instalment_offer
from guanxi.sales.rules.order import Method
from guanxi.sales.views.request import StaffRequest


@login_required
def payment(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for a payment that came in, and record it; can be undone for a while."""
    found = queries.order(request.user, pk)
    require(request.user, "order.pay", found)
    offered = {"amount": plain(found.owed)} if sees_amounts(request.user) else None
    form = PaymentForm(request.POST or None, initial=offered)

    def receive() -> None:
        clean = form.cleaned_data
        made = receive_payment(
            request.user,
            found,
            amount=clean["amount"],
            method=Method(clean["method"]),
            note=clean["note"],
            at=now(),
        )
        undo = reverse("sales:payment_back", args=[found.pk, made.pk])
        messages.success(request, _("The payment is recorded."), extra_tags=undo)

    labels = _("Record a payment"), _("Record the payment")
    return _dialog(request, found, form, labels, receive)


@login_required
@require_POST
def payment_back(request: StaffRequest, pk: int, payment_id: int) -> HttpResponse:
    """Remove a payment recorded by mistake."""
    found = queries.order(request.user, pk)
    take_back_payment(request.user, found, payment_id=payment_id, at=now())
    messages.success(request, _("The payment is taken back."))
    return redirect("sales:order", pk)


@login_required
def refund(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask how much is given back and why, and record it."""
    found = queries.order(request.user, pk)
    require(request.user, "order.refund", found)
    offered = (
        {"amount": plain(found.kept_money)} if sees_amounts(request.user) else None
    )
    form = RefundForm(request.POST or None, initial=offered)

    def give_back() -> None:
        clean = form.cleaned_data
        refund_order(
            request.user,
            found,
            amount=clean["amount"],
            reason=clean["reason"],
            at=now(),
        )
        messages.success(request, _("The refund is recorded."))

    labels = _("Record a refund"), _("Record the refund")
    return _dialog(request, found, form, labels, give_back)


@login_required
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why an order is given up, and cancel it."""
    found = queries.order(request.user, pk)
    require(request.user, "order.cancel", found)
    form = CancelForm(request.POST or None)

    def give_up() -> None:
        cancel_order(request.user, found, reason=form.cleaned_data["reason"], at=now())
        messages.success(
            request, _("Order %(number)s is cancelled.") % {"number": found.number}
        )

    labels = _("Cancel the order"), _("Cancel the order")
    return _dialog(request, found, form, labels, give_up)


@login_required
def reschedule(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for other days of payment and shipment, and set them."""
    found = queries.order(request.user, pk)
    require(request.user, "order.edit", found)
    form = RescheduleForm(request.POST or None, viewer=request.user, order=found)

    def move() -> None:
        clean = form.cleaned_data
        reschedule_order(
            request.user,
            found,
            due_on=clean["due_on"],
            ship_on=clean["ship_on"],
            version=clean["version"] or 0,
            at=now(),
        )
        messages.success(request, _("The days are moved."))

    labels = _("Move the days"), _("Move the days")
    return _dialog(request, found, form, labels, move)


@login_required
def beyond(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why an order is released beyond the credit limit, and release it."""
    found = queries.order(request.user, pk)
    require(request.user, "order.override", found)
    form = BeyondForm(request.POST or None)

    def let_go() -> None:
        reason = form.cleaned_data["reason"]
        release_order(request.user, found, reason=reason, at=now())
        messages.success(
            request, _("Order %(number)s is released.") % {"number": found.number}
        )

    labels = _("Release beyond the credit limit"), _("Release all the same")
    return _dialog(request, found, form, labels, let_go)


@login_required
def instalments(request: StaffRequest, pk: int) -> HttpResponse:
    """Check whether a customer may pay in parts, and approve it."""
    party = customer(request.user, pk)
    require(request.user, "customer.credit", party)
    form = InstalmentForm(request.POST or request.GET or None)
    offer = None
    if form.is_valid():
        terms = form.terms()
        offer = instalment_offer(request.user, party, **terms, at=now())
        if request.method == "POST" and offer.is_sound:
            approve_instalments(request.user, party, **terms, at=now())
            messages.success(request, _("The instalments are approved."))
            return redirect("customers:customer", pk)
    context = {
        "customer": party,
        "form": form,
        "offer": offer,
        "currency": settings.CURRENCY,
    }
    wrong = form.errors or (request.method == "POST" and offer)
    status = 422 if wrong else 200
    return render(request, "sales/instalments.html", context, status=status)


def _dialog(
    request: StaffRequest,
    found: Order,
    form: RecordForm,
    labels: tuple[str, str],
    act: Callable[[], None],
) -> HttpResponse:
    """Show ``form``; when it is sent, ``act`` and return to the order."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            return redirect("sales:order", found.pk)
    title, submit_label = labels
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "title": title,
        "order": found,
        "customer_name": queries.customer_name(request.user, found),
        "readable": ORDER.readable(request.user),
        "form": form,
        "submit_label": submit_label,
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "sales/order_dialog.html", context, status=status)
