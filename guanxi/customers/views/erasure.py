"""Erase a customer: what goes and what stays, the question, and what came of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.commands.erasure import request_erasure
from guanxi.customers.forms.erasure import ErasureForm
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries import erasure as queries
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.clock import now
from guanxi.foundation.policies import COVERED, require

ERASURES_SHOWN = 200


@login_required
def new_erasure(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what erasing a customer does, ask, and have it done."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.erase", found)
    # As it stands on the page: who sees it covered does not try out what is below.
    name = CUSTOMER.shown(request.user, "name", found.name) or COVERED
    form = ErasureForm(request.POST or None, name=name)
    made: list[int] = []

    def ask() -> None:
        made.append(request_erasure(request.user, found, form.request(), at=now()).pk)

    if accepted(form, ask):
        messages.success(request, _("The customer is being erased."))
        return redirect("customers:erasure", made[0])
    shares = queries.shares_of(found)
    context = {
        "customer": found,
        "form": form,
        "is_held": queries.is_held(found),
        "merged": len(queries.all_of(pk)) - 1,
        "going": [share for share in shares if not share.stays],
        "staying": [share for share in shares if share.stays],
    }
    status = 422 if form.errors else 200
    return render(request, "customers/erasure_new.html", context, status=status)


@login_required
@require_GET
def erasures(request: StaffRequest) -> HttpResponse:
    """Show who was erased, by number: the proof that it was done."""
    require(request.user, "customer.erase")
    rows = list(queries.erasures(request.user)[:ERASURES_SHOWN])
    return render(request, "customers/erasures.html", {"erasures": rows})


@login_required
@require_GET
def erasure(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one erasure: why, by whom, when it was done and how many rows it was."""
    require(request.user, "customer.erase")
    found = queries.erasure(request.user, pk)
    context = {"erasure": found, "shares": queries.told_counts(found)}
    return render(request, "customers/erasure.html", context)
