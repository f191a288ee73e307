"""The pages of products: the list, one product, the form and the trash."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.audit import history
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Refused
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.sales.commands.product import (
    change_product,
    create_product,
    restore_product,
    trash_product,
)
from guanxi.sales.forms.product import ProductForm
from guanxi.sales.models import OrderLine, Product
from guanxi.sales.policies import ORDER, PRODUCT
from guanxi.sales.queries import product as queries
from guanxi.sales.queries.order import customer_name, latest_lines
from guanxi.sales.tables import PRODUCTS
from guanxi.sales.views.request import StaffRequest

TRASH_ROWS = 100
LATEST_LINES = 10


@login_required
def products(request: StaffRequest) -> HttpResponse:
    """Show the list of products."""
    return table_page(request, PRODUCTS)


@login_required
@require_GET
def product(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one product, who ordered it lately, and its history."""
    found = queries.product(request.user, pk)
    context = {
        "product": found,
        "readable": PRODUCT.readable(request.user),
        "may_edit": may(request.user, "product.edit", found),
        "may_delete": may(request.user, "product.delete", found),
        "lines": _latest_lines(request, found),
        "sees_amounts": "lines" in ORDER.readable(request.user),
        "history": history(request.user, "product", found.pk),
    }
    return render(request, "sales/product_detail.html", context)


@login_required
def new_product(request: StaffRequest) -> HttpResponse:
    """Show the form of a new product; create it when it is sent."""
    require(request.user, "product.create")
    form = ProductForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_product(request.user, **form.facts(), at=now())
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The product is created."))
            return redirect("sales:product", made.pk)
    return _form_page(request, form)


@login_required
def edit_product(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the form of a product; change it when it is sent."""
    found = queries.product(request.user, pk)
    require(request.user, "product.edit", found)
    form = ProductForm(request.POST or None, by=request.user, product=found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            change_product(
                request.user, found, **form.facts(), version=version, at=now()
            )
        except Refused as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(request, _("The product is changed."))
            return redirect("sales:product", found.pk)
    return _form_page(request, form, found, status=status)


@login_required
@require_POST
def trash(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a product into the trash; can be undone."""
    found = trash_product(request.user, queries.product(request.user, pk), at=now())
    undo = reverse("sales:restore_product", args=[pk])
    text = _("%(product)s is in the trash.") % {"product": found.name}
    messages.success(request, text, extra_tags=undo)
    return redirect("sales:products")


@login_required
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a product out of the trash."""
    found = restore_product(request.user, queries.product(request.user, pk), at=now())
    messages.success(request, _("%(product)s is back.") % {"product": found.name})
    return redirect("sales:product", pk)


@login_required
@require_GET
def trashed_products(request: StaffRequest) -> HttpResponse:
    """Show the products in the trash."""
    require(request.user, "product.delete")
    rows = queries.trashed_products(request.user)[:TRASH_ROWS]
    return render(request, "sales/product_trash.html", {"products": rows})


def _latest_lines(request: StaffRequest, found: Product) -> list[tuple[OrderLine, str]]:
    """Return the latest lines with the names of their customers."""
    rows = latest_lines(request.user, found)[:LATEST_LINES]
    return [(row, customer_name(request.user, row.order)) for row in rows]


def _form_page(
    request: StaffRequest,
    form: ProductForm,
    found: Product | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "product": found}
    status = 422 if form.errors and status == 200 else status
    return render(request, "sales/product_form.html", context, status=status)
