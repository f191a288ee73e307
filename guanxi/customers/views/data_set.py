"""The definition sheet of the customer data bank."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.data_set import (
    add_data_set,
    describe_data_set,
    remove_data_set,
)
from guanxi.customers.forms.data_set import DataSetForm, NewDataSetForm
from guanxi.customers.queries import data_set as queries
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require


@login_required
@require_GET
def data_sets(request: StaffRequest) -> HttpResponse:
    """Show the sheet: each set of data with what is said of it."""
    sets = queries.data_sets(request.user)
    context = {
        "sets": sets,
        "upkeep": queries.upkeep(sets),
        "currency": settings.CURRENCY,
    }
    return render(request, "customers/data_sets.html", context)


@login_required
def new_data_set(request: StaffRequest) -> HttpResponse:
    """Ask for a set of data of the house's own, and put it on the sheet."""
    require(request.user, "custom_field.edit")
    form = NewDataSetForm(request.POST or None, said=None)

    def add() -> None:
        name = form.cleaned_data["name"]
        add_data_set(request.user, name, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, add):
        return redirect("customers:data_sets")
    return dialog(request, form, _("New data set"), _("Add"))


@login_required
def edit_data_set(request: StaffRequest, key: str) -> HttpResponse:
    """Ask what is to be said of a set of data."""
    found = queries.data_set(request.user, key)
    form = DataSetForm(request.POST or None, said=found.said)

    def describe() -> None:
        describe_data_set(request.user, key, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, describe):
        return redirect("customers:data_sets")
    return dialog(request, form, str(found.label), _("Save"))


@login_required
@require_POST
def no_data_set(request: StaffRequest, key: str) -> HttpResponse:
    """Take a set of data of the house's own off the sheet."""
    remove_data_set(request.user, key, at=now())
    messages.success(request, _("The data set is removed."))
    return redirect("customers:data_sets")
