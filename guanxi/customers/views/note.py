"""What people do with one note: change, pin, put away, and whom they call upon."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.note import (
    change_note,
    pin_note,
    restore_note,
    trash_note,
)
from guanxi.customers.forms.small import NoteTextForm
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.note import mentionable, note, versions_of
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied
from guanxi.foundation.policies import require

MOST_OFFERED = 8


@login_required
def edit_note(request: StaffRequest, pk: int, note_id: int) -> HttpResponse:
    """Ask what one's own note is to say."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.edit", found)
    present = note(request.user, found, note_id)
    if present.author_id != request.user.pk:
        raise Denied(CUSTOMER.permission("edit"))
    form = NoteTextForm(request.POST or None, initial={"text": present.text})

    def change() -> None:
        text = form.cleaned_data["text"]
        change_note(request.user, found, note_id, text, at=now())

    if accepted(form, change):
        return redirect("customers:customer", pk)
    return dialog(request, form, _("Change the note"), _("Save"), customer=found)


@login_required
@require_GET
def note_history(request: StaffRequest, pk: int, note_id: int) -> HttpResponse:
    """Show what a note says and what it said before."""
    found = bare_customer(request.user, pk)
    present = note(request.user, found, note_id)
    record_shown(request.user, CUSTOMER, {pk: {"note": present.text}}, at=now())
    context = {
        "customer": found,
        "note": present,
        "versions": versions_of(present),
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
    }
    return render(request, "customers/note_history.html", context)


@login_required
@require_POST
def pin(request: StaffRequest, pk: int, note_id: int) -> HttpResponse:
    """Pin a note to the top, or take the pin away."""
    found = bare_customer(request.user, pk)
    is_pinned = request.POST.get("is_pinned") == "1"
    pin_note(request.user, found, note_id, is_pinned=is_pinned, at=now())
    return redirect("customers:customer", pk)


@login_required
@require_POST
def no_note(request: StaffRequest, pk: int, note_id: int) -> HttpResponse:
    """Put one's own note into the trash; can be undone."""
    found = bare_customer(request.user, pk)
    trash_note(request.user, found, note_id, at=now())
    undo = reverse("customers:note_back", args=[pk, note_id])
    messages.success(request, _("The note is in the trash."), extra_tags=undo)
    return redirect("customers:customer", pk)


@login_required
@require_POST
def note_back(request: StaffRequest, pk: int, note_id: int) -> HttpResponse:
    """Take one's own note out of the trash."""
    found = bare_customer(request.user, pk)
    restore_note(request.user, found, note_id, at=now())
    messages.success(request, _("The note is back."))
    return redirect("customers:customer", pk)


@login_required
@require_GET
def mentions(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer the colleagues who may read a note on this customer."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.edit", found)
    text = request.GET.get("q", "").replace("\0", "").strip()[:30]
    offered = mentionable(request.user, found, text, most=MOST_OFFERED)
    return render(request, "customers/_mentions.html", {"users": offered})
