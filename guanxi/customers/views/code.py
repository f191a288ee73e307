"""The page of the code lists."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.commands.code import add_code, change_code
from guanxi.customers.forms.small import CodeForm, NewCodeForm
from guanxi.customers.policies import CODE
from guanxi.customers.queries.customer import all_codes, code
from guanxi.customers.rules import SCHEMES, TIE_SCHEME
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require


@login_required
@require_GET
def codes(request: StaffRequest) -> HttpResponse:
    """Show the code lists."""
    require(request.user, "code.edit")
    rows = list(all_codes())
    lists = [
        (label, [row for row in rows if row.scheme == scheme])
        for scheme, label in SCHEMES.items()
    ]
    return render(request, "customers/code_list.html", {"lists": lists})


@login_required
def new_code(request: StaffRequest) -> HttpResponse:
    """Ask for a new entry and add it."""
    require(request.user, "code.edit")
    form = NewCodeForm(request.POST or None)

    def add() -> None:
        clean = form.cleaned_data
        add_code(request.user, clean["scheme"], clean["key"], form.names(), at=now())
        messages.success(request, _("The entry is added."))

    if accepted(form, add):
        return redirect("customers:codes")
    return dialog(request, form, _("New entry"), _("Add"))


@login_required
def edit_code(request: StaffRequest, pk: int) -> HttpResponse:
    """Rename an entry, or stop offering it."""
    found = code(request.user, pk)
    require(request.user, "code.edit", found)
    facts = {name: getattr(found, name) for name in CodeForm.base_fields}
    form = CodeForm(request.POST or None, initial=facts)
    for name in form.fields.keys() - CODE.writable(request.user):
        form.fields[name].disabled = True
    if found.scheme != TIE_SCHEME:
        del form.fields["reverse_zh"], form.fields["reverse_en"]

    def change() -> None:
        is_active = form.cleaned_data["is_active"]
        names = form.names()
        change_code(request.user, found, names, is_active=is_active, at=now())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:codes")
    return dialog(request, form, str(found), _("Save"))
