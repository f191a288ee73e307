"""A copy of all that is held about a person: asked for, and taken."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.customers.commands.subject_export import (
    request_subject_export,
    take_subject_export,
)
from guanxi.customers.forms.subject_export import SubjectExportForm
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.subject_export import copies_of
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require

COPIES_SHOWN = 20


@login_required
def new_subject_export(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the copies one has had made of a customer, and ask for another."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.disclose", found)
    form = SubjectExportForm(request.POST or None)

    def ask() -> None:
        request_subject_export(request.user, found, identity=form.chosen(), at=now())

    if accepted(form, ask):
        messages.success(request, _("The copy is being made."))
        return redirect("customers:new_subject_export", pk)
    copies = list(copies_of(request.user, found)[:COPIES_SHOWN])
    context = {
        "customer": found,
        "form": form,
        "copies": copies,
        "is_being_made": any(one.made_at is None for one in copies),
        "now": now(),
    }
    status = 422 if form.errors else 200
    return render(request, "customers/subject_export.html", context, status=status)


@login_required
@require_POST
def subject_export(request: StaffRequest, pk: int, export_id: int) -> FileResponse:
    """Answer with the file of a copy, to whoever asked for it."""
    found = bare_customer(request.user, pk)
    path = take_subject_export(request.user, found, export_id, at=now())
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"customer-{pk}.zip",
        content_type="application/zip",
    )
