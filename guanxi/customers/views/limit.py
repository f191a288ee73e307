"""Limits of processing of one customer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.customers.commands.limit import lift_limit, limit_processing
from guanxi.customers.forms.limit import LimitForm
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require


@login_required
def new_limit(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what may not be done with a record, and forbid it."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.privacy", found)
    form = LimitForm(request.POST or None)

    def limit() -> None:
        reason = form.cleaned_data["reason"]
        limit_processing(request.user, found, form.chosen(), reason=reason, at=now())
        messages.success(request, _("The limit holds from now on."))

    if accepted(form, limit):
        return redirect("customers:customer", pk)
    return dialog(
        request,
        form,
        _("Limit processing"),
        _("Set the limit"),
        customer=found,
        template="customers/limit.html",
    )


@login_required
@require_POST
def no_limit(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """Lift a limit."""
    found = bare_customer(request.user, pk)
    if kind not in LimitKind.values:
        raise NotVisible
    lift_limit(request.user, found, LimitKind(kind), at=now())
    messages.success(request, _("The limit no longer holds."))
    return redirect("customers:customer", pk)
