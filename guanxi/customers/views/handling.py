"""What the house says about kinds of customers, and setting them for one customer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.commands.customer import change_customer
from guanxi.customers.commands.handling import set_group_handling, set_handling
from guanxi.customers.forms.handling import (
    GroupHandlingForm,
    HandlingForm,
    TypesForm,
)
from guanxi.customers.policies import FIELD
from guanxi.customers.queries.contact_policy import (
    Group,
    handled_group,
    handled_groups,
)
from guanxi.customers.queries.customer import customer
from guanxi.customers.queries.handling import (
    handled_choice,
    handled_fields,
    kind_fields,
)
from guanxi.customers.rules import Tier
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.actor import Level
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require


@login_required
@require_GET
def handlings(request: StaffRequest) -> HttpResponse:
    """Show every kind of customer with its tip and its contact policy."""
    fields = handled_fields(request.user)
    tiers, segments = handled_groups(request.user)
    context = {
        "tiers": tiers,
        "segments": [one for one in segments if one.handling],
        "other_segments": [one for one in segments if not one.handling],
        "handled": [field for field in fields if field.is_handled],
        "others": [field for field in fields if not field.is_handled],
    }
    return render(request, "customers/handling_list.html", context)


@login_required
def edit_handling(request: StaffRequest, pk: int, choice: str) -> HttpResponse:
    """Say how customers with a certain value in the field ``pk`` are treated."""
    field, found = handled_choice(request.user, pk, choice)
    form = HandlingForm(request.POST or None, handling=found.handling)
    for name in form.fields.keys() - FIELD.writable(request.user):
        form.fields[name].disabled = True

    def change() -> None:
        set_handling(request.user, field, choice, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:handlings")
    title = _("%(field)s: %(choice)s") % {"field": field, "choice": found.names}
    return dialog(request, form, title, _("Save"))


@login_required
def edit_tier(request: StaffRequest, tier: str) -> HttpResponse:
    """Say how customers of a tier are spoken to."""
    return _edit_group(request, handled_group(request.user, tier=tier))


@login_required
def edit_segment(request: StaffRequest, pk: int) -> HttpResponse:
    """Say how customers of a segment are spoken to."""
    return _edit_group(request, handled_group(request.user, segment_id=pk))


def _edit_group(request: StaffRequest, found: Group) -> HttpResponse:
    form = GroupHandlingForm(request.POST or None, handling=found.handling)
    for name in form.fields.keys() - FIELD.writable(request.user):
        form.fields[name].disabled = True

    def change() -> None:
        group = found.segment or Tier(found.tier)
        set_group_handling(request.user, group, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:handlings")
    title = _("Contact policy: %(group)s") % {"group": found.name}
    return dialog(request, form, title, _("Save"))


@login_required
def types(request: StaffRequest, pk: int) -> HttpResponse:
    """Set of which kinds a customer is."""
    found = customer(request.user, pk)
    require(request.user, "customer.edit", found)
    specs = kind_fields(request.user, found.form, Level.WRITE)
    form = TypesForm(request.POST or None, customer=found, specs=specs)

    def change() -> None:
        version = form.cleaned_data["version"]
        change_customer(
            request.user, found, version=version, extra=form.extra(), at=now()
        )
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:customer", pk)
    return dialog(request, form, _("Kind of customer"), _("Save"), customer=found)
