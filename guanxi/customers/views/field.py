"""The page on which an administrator arranges the fields of customers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.commands.field import (
    add_field,
    add_group,
    change_field,
    change_group,
)
from guanxi.customers.forms.field import (
    ChangedFieldForm,
    GroupForm,
    NewFieldForm,
    NewGroupForm,
)
from guanxi.customers.queries.field import custom_field, field_group, field_groups
from guanxi.customers.rules.field import FieldKind
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require


@login_required
@require_GET
def fields(request: StaffRequest) -> HttpResponse:
    """Show the fields that the house added, group by group."""
    context = {"groups": field_groups(request.user)}
    return render(request, "customers/field_list.html", context)


@login_required
def new_group(request: StaffRequest) -> HttpResponse:
    """Ask for a new group of fields and add it."""
    require(request.user, "custom_field.edit")
    form = NewGroupForm(request.POST or None)

    def add() -> None:
        nature = form.cleaned_data["form"]
        add_group(request.user, form.names(), form=nature, at=now())
        messages.success(request, _("The group is added."))

    if accepted(form, add):
        return redirect("customers:fields")
    return dialog(request, form, _("New group"), _("Add"))


@login_required
def edit_group(request: StaffRequest, pk: int) -> HttpResponse:
    """Rename or move a group."""
    found = field_group(request.user, pk)
    facts = {name: getattr(found, name) for name in GroupForm.base_fields}
    form = GroupForm(request.POST or None, initial=facts)

    def change() -> None:
        position = form.cleaned_data["position"]
        change_group(request.user, found, form.names(), position=position, at=now())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:fields")
    return dialog(request, form, str(found), _("Save"))


@login_required
def new_field(request: StaffRequest) -> HttpResponse:
    """Ask for a new field and add it."""
    require(request.user, "custom_field.edit")
    form = NewFieldForm(request.POST or None)

    def add() -> None:
        clean = form.cleaned_data
        kind = FieldKind(clean["kind"])
        add_field(request.user, clean["group"], kind, at=now(), **form.facts())
        messages.success(request, _("The field is added."))

    if accepted(form, add):
        return redirect("customers:fields")
    return dialog(request, form, _("New field"), _("Add"))


@login_required
def edit_field(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is said of a field, or take it out of use."""
    found = custom_field(request.user, pk)
    form = ChangedFieldForm(request.POST or None, field=found)

    def change() -> None:
        change_field(request.user, found, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:fields")
    return dialog(request, form, str(found), _("Save"))
