"""The form of an order and its fragments: lines, sums, and the two look-ups."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.queries.customer import customer
from guanxi.customers.queries.search import customers_like
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Refused
from guanxi.foundation.policies import require
from guanxi.foundation.viewer import key_of
from guanxi.sales.commands.guard import require_lines
from guanxi.sales.commands.order import change_order, draft_order, place_order
from guanxi.sales.forms.order import (
    LineForm,
    LineForms,
    OrderForm,
    line_forms,
    product_line,
)
from guanxi.sales.models import Order
from guanxi.sales.policies import PRODUCT
from guanxi.sales.queries import order as queries
from guanxi.sales.queries.product import product, products_like
from guanxi.sales.rules.order import order_total
from guanxi.sales.views.request import StaffRequest

LOOKUP_ROWS = 8


@login_required
def new_order(request: StaffRequest) -> HttpResponse:
    """Show the form of a new order; draft or place it when it is sent."""
    require(request.user, "order.create")
    if request.method == "POST":
        return _create(request)
    asked = request.GET.get("customer", "")
    initial: dict[str, object] = {"customer": key_of(asked)}
    form = OrderForm(viewer=request.user, initial=initial)
    return _page(request, form, [])


@login_required
def edit_order(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the form of an order; change it when it is sent."""
    found = queries.order(request.user, pk)
    require(request.user, "order.edit", found)
    require_lines(request.user)
    if request.method == "POST":
        return _change(request, found)
    lines = line_forms(queries.lines(found))
    return _page(request, OrderForm(viewer=request.user, order=found), lines, found)


@login_required
@require_GET
def new_line(request: StaffRequest) -> HttpResponse:
    """Return one more line of the form, for a product or for free words."""
    pk = key_of(request.GET.get("product", ""))
    chosen = product(request.user, pk) if pk is not None else None
    context = {
        "line": product_line(chosen, viewer=request.user),
        "currency": settings.CURRENCY,
    }
    return _lines_changed(render(request, "sales/_new_line.html", context))


@login_required
@require_GET
def no_line(request: StaffRequest) -> HttpResponse:
    """Return nothing, in the place of a line that was removed."""
    return _lines_changed(HttpResponse())


@login_required
@require_POST
def sums(request: StaffRequest) -> HttpResponse:
    """Return the amounts of the lines being typed, and their total."""
    lines = LineForms(request.POST).forms
    return render(request, "sales/_sums.html", _sums(lines))


@login_required
@require_GET
def product_results(request: StaffRequest) -> HttpResponse:
    """Return the products on offer that match what is being typed."""
    text = request.GET.get("product_query", "").strip()
    found = products_like(request.user, text)
    context = {
        "products": found[:LOOKUP_ROWS] if text else [],
        "query": text,
        "sees_prices": "price" in PRODUCT.readable(request.user),
    }
    return render(request, "sales/_product_results.html", context)


@login_required
@require_GET
def customer_results(request: StaffRequest) -> HttpResponse:
    """Return the customers that match what is being typed."""
    text = request.GET.get("customer_query", "").strip()
    found = customers_like(request.user, text, most=LOOKUP_ROWS) if text else []
    context = {"customers": found, "query": text}
    return render(request, "sales/_customer_results.html", context)


@login_required
@require_GET
def customer_choice(request: StaffRequest, pk: int) -> HttpResponse:
    """Return the chosen customer as the field of the form; 0 chooses again."""
    chosen = customer(request.user, pk) if pk else None
    return render(request, "sales/_customer_choice.html", {"customer": chosen})


def _create(request: StaffRequest) -> HttpResponse:
    form = OrderForm(request.POST, viewer=request.user)
    lines = LineForms(request.POST)
    if form.is_valid() & lines.is_valid():
        make = draft_order if "draft" in request.POST else place_order
        try:
            made = make(
                request.user,
                customer(request.user, form.cleaned_data["customer"]),
                lines=lines.new_lines(request.user),
                terms=form.terms(),
                number=form.cleaned_data["number"],
                at=now(),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(
                request, _("Order %(number)s is saved.") % {"number": made.number}
            )
            return redirect("sales:order", made.pk)
    return _page(request, form, lines.forms, status=422)


def _change(request: StaffRequest, found: Order) -> HttpResponse:
    form = OrderForm(request.POST, viewer=request.user, order=found)
    lines = LineForms(request.POST)
    status = 422
    if form.is_valid() & lines.is_valid():
        try:
            change_order(
                request.user,
                found,
                lines=lines.new_lines(request.user),
                terms=form.terms(),
                version=form.cleaned_data["version"] or 0,
                at=now(),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(
                request, _("Order %(number)s is changed.") % {"number": found.number}
            )
            return redirect("sales:order", found.pk)
    return _page(request, form, lines.forms, found, status=status)


def _lines_changed(response: HttpResponse) -> HttpResponse:
    """Tell the page to ask for the sums once more."""
    response["HX-Trigger-After-Settle"] = "lines-changed"
    return response


def _page(
    request: StaffRequest,
    form: OrderForm,
    lines: Sequence[LineForm],
    found: Order | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    chosen = found.customer if found else _chosen(request, form)
    context = {"form": form, "order": found, "customer": chosen, **_sums(lines)}
    return render(request, "sales/order_form.html", context, status=status)


def _chosen(request: StaffRequest, form: OrderForm) -> object:
    """Return the customer the form names, if there is one for the viewer."""
    pk = key_of(str(form["customer"].value() or ""))
    return customer(request.user, pk) if pk is not None else None


def _sums(lines: Sequence[LineForm]) -> dict[str, object]:
    amounts = [line.amount for line in lines]
    return {
        "lines": lines,
        "total": order_total(amount for amount in amounts if amount is not None),
        "currency": settings.CURRENCY,
    }
