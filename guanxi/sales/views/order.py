"""The pages of orders: the list, one order, the trash, and the panel of a customer."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.queries.customer import bare_customer
from guanxi.foundation.audit import history, record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.sales.commands.credit import BeyondLimit
from guanxi.sales.commands.order import restore_order, submit_order, trash_order
from guanxi.sales.commands.step import (
    complete_order,
    release_order,
    ship_order,
    take_back_step,
)
from guanxi.sales.models import Order
from guanxi.sales.policies import ORDER
from guanxi.sales.queries import order as queries
from guanxi.sales.queries.credit import is_beyond_limit
from guanxi.sales.queries.offer import offers
from guanxi.sales.rules.order import OrderState, is_fresh
from guanxi.sales.tables import ORDERS
from guanxi.sales.views.request import StaffRequest

PANEL_ROWS = 6
TRASH_ROWS = 100


@login_required
def orders(request: StaffRequest) -> HttpResponse:
    """Show the list of orders."""
    return table_page(request, ORDERS)


@login_required
@require_GET
def order(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one order with its lines, money, steps and history."""
    at = now()
    found = queries.order(request.user, pk)
    record_shown(request.user, ORDER, {pk: {"note": found.note}}, at=at)
    lines, payments = list(queries.lines(found)), list(queries.payments(found))
    context = {
        "order": found,
        "customer_name": queries.customer_name(request.user, found),
        "sees_customer": may(request.user, "customer.read", found.customer),
        "offers": offers(request.user, found, at=at),
        "lines": lines,
        "has_discounts": any(line.discount for line in lines),
        "payments": payments,
        "fresh_payments": {row.pk for row in payments if is_fresh(row.at, at=at)},
        "refunds": queries.refunds(found),
        "readable": ORDER.readable(request.user),
        "history": history(request.user, "order", found.pk),
    }
    return render(request, "sales/order_detail.html", context)


@login_required
@require_GET
def trashed_orders(request: StaffRequest) -> HttpResponse:
    """Show the orders in the trash."""
    require(request.user, "order.delete")
    rows = [
        (row, queries.customer_name(request.user, row))
        for row in queries.trashed_orders(request.user)[:TRASH_ROWS]
    ]
    context = {"orders": rows, "readable": ORDER.readable(request.user)}
    return render(request, "sales/order_trash.html", context)


@login_required
@require_GET
def of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what a customer has ordered, as a panel on the customer's page."""
    party = bare_customer(request.user, pk)
    readable = ORDER.readable(request.user)
    rows = queries.orders_of(request.user, pk, most=PANEL_ROWS + 1)
    context = {
        "customer": party,
        "orders": rows[:PANEL_ROWS],
        "has_more": len(rows) > PANEL_ROWS,
        "sums": queries.order_sums(request.user, pk) if "paid" in readable else None,
        "readable": readable,
        "currency": settings.CURRENCY,
        "may_create": may(request.user, "order.create"),
    }
    return render(request, "sales/_orders_of_customer.html", context)


@login_required
@require_POST
def place(request: StaffRequest, pk: int) -> HttpResponse:
    """Place a draft."""
    found = submit_order(request.user, queries.order(request.user, pk), at=now())
    return _done(request, found, _("Order %(number)s is placed."))


@login_required
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """Release an order for picking; can be undone."""
    found = queries.order(request.user, pk)
    goes_beyond = is_beyond_limit(found, at=now())
    try:
        found = release_order(request.user, found, at=now())
    except BeyondLimit:
        if not ORDER.reaches(request.user, "override", found):
            raise
        return redirect("sales:beyond", pk)
    if goes_beyond:
        text = _("The customer now owes more than its credit limit.")
        messages.warning(request, text)
    return _stepped(request, found, _("Order %(number)s is released."))


@login_required
@require_POST
def ship(request: StaffRequest, pk: int) -> HttpResponse:
    """Record a shipment; can be undone for a while."""
    found = queries.order(request.user, pk)
    try:
        found = ship_order(request.user, found, at=now())
    except BeyondLimit:
        if not ORDER.reaches(request.user, "override", found):
            raise
        return redirect("sales:beyond", pk)
    return _stepped(request, found, _("Order %(number)s is shipped."))


@login_required
@require_POST
def complete(request: StaffRequest, pk: int) -> HttpResponse:
    """Complete an order; can be undone for a while."""
    found = complete_order(request.user, queries.order(request.user, pk), at=now())
    return _stepped(request, found, _("Order %(number)s is completed."))


@login_required
@require_POST
def step_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a step back: the last one, or the one the address names if it is the last."""
    named = request.GET.get("step", "")
    found = take_back_step(
        request.user,
        queries.order(request.user, pk),
        step=OrderState(named) if named in OrderState.values else None,
        at=now(),
    )
    return _done(request, found, _("The last step of %(number)s is taken back."))


@login_required
@require_POST
def trash(request: StaffRequest, pk: int) -> HttpResponse:
    """Put an order into the trash; can be undone."""
    found = trash_order(request.user, queries.order(request.user, pk), at=now())
    text = _("Order %(number)s is in the trash.")
    _tell(request, found, text, reverse("sales:restore_order", args=[pk]))
    return redirect("sales:orders")


@login_required
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an order out of the trash."""
    found = restore_order(request.user, queries.order(request.user, pk), at=now())
    return _done(request, found, _("Order %(number)s is back."))


def _done(
    request: StaffRequest, found: Order, text: str, undo: str = ""
) -> HttpResponse:
    """Return to the order's page and say what was done there."""
    _tell(request, found, text, undo)
    return redirect("sales:order", found.pk)


def _stepped(request: StaffRequest, found: Order, text: str) -> HttpResponse:
    """Say which step was done, and offer to take just this one back."""
    back = reverse("sales:step_back", args=[found.pk])
    return _done(request, found, text, f"{back}?step={found.state}")


def _tell(request: StaffRequest, found: Order, text: str, undo: str) -> None:
    messages.success(request, text % {"number": found.number}, extra_tags=undo)
