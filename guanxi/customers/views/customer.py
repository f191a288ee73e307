"""The list, the page and the trash of customers."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.note import add_note
from guanxi.customers.commands.state import set_state
from guanxi.customers.commands.trash import restore_customer, trash_customer
from guanxi.customers.forms.small import NoteForm
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries import customer as queries
from guanxi.customers.queries.handling import card_of
from guanxi.customers.queries.merge import survivor_of
from guanxi.customers.queries.timeline import choices_of, timeline
from guanxi.customers.rules import State
from guanxi.customers.tables import CUSTOMERS
from guanxi.customers.views.portrait import portrait_of
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import key_of
from guanxi.identity.queries.who import tells_owner

TRASH_SHOWN = 100


@login_required
def customers(request: StaffRequest) -> HttpResponse:
    """Show the list of customers."""
    require(request.user, "customer.read")
    return table_page(request, CUSTOMERS)


@login_required
@require_GET
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show everything about one customer; a merged one leads to what it is part of."""
    try:
        found = queries.customer(request.user, pk)
    except NotVisible:
        survivor = survivor_of(request.user, pk)
        messages.info(
            request, _("The record you opened has become part of this customer.")
        )
        return redirect("customers:customer", survivor)
    portrait = portrait_of(request.user, found)
    record_shown(request.user, CUSTOMER, {pk: portrait.values}, at=now())
    context = {
        "customer": found,
        "portrait": portrait,
        "timeline": timeline(request.user, found),
        "choices": choices_of(request.user),
        "note_form": NoteForm() if may(request.user, "customer.edit", found) else None,
        "may": Rights.of(request, found),
        "card": card_of(request.user, found),
    }
    return render(request, "customers/customer_detail.html", context)


@login_required
@require_GET
def older(request: StaffRequest, pk: int) -> HttpResponse:
    """Return the part of the timeline before the event ``before``."""
    found = queries.customer(request.user, pk)
    before = key_of(request.GET.get("before", ""))
    only = request.GET.get("only", "")
    page = timeline(request.user, found, before=before, only=only)
    return render(
        request, "customers/_timeline.html", {"customer": found, "timeline": page}
    )


@login_required
@require_POST
def note(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a note and show the timeline with it."""
    found = queries.customer(request.user, pk)
    form = NoteForm(request.POST)

    def write() -> None:
        add_note(request.user, found, form.cleaned_data["text"], at=now())

    if accepted(form, write):
        if not request.htmx:
            return redirect("customers:customer", pk)
        form = NoteForm()
    context = {
        "customer": found,
        "note_form": form,
        "timeline": timeline(request.user, found),
        "choices": choices_of(request.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "customers/_story.html", context, status=status)


@login_required
@require_POST
def state(request: StaffRequest, pk: int) -> HttpResponse:
    """Move a customer along one arc of the states."""
    found = queries.customer(request.user, pk)
    wanted = request.POST.get("state", "")
    if wanted not in State.values:
        raise NotVisible
    set_state(request.user, found, State(wanted), at=now())
    messages.success(
        request, _("State is now “%(state)s”.") % {"state": State(wanted).label}
    )
    return redirect("customers:customer", pk)


@login_required
@require_POST
def trash(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a customer into the trash; can be undone."""
    found = queries.customer(request.user, pk)
    trash_customer(request.user, found, at=now())
    undo = ""
    if may(request.user, "customer.restore", found):
        undo = reverse("customers:restore", args=[pk])
    messages.success(
        request,
        _("“%(name)s” is in the trash.") % {"name": _shown_name(request, found.name)},
        extra_tags=undo,
    )
    return redirect("customers:customers")


@login_required
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a customer out of the trash."""
    found = queries.trashed_customer(request.user, pk)
    restore_customer(request.user, found, at=now())
    messages.success(
        request,
        _("“%(name)s” is back.") % {"name": _shown_name(request, found.name)},
    )
    return redirect("customers:customer", pk)


@login_required
@require_GET
def trashed(request: StaffRequest) -> HttpResponse:
    """Show what is in the trash."""
    require(request.user, "customer.restore")
    rows = queries.trashed_customers(request.user).select_related("owner")
    context = {"customers": rows[:TRASH_SHOWN], "most": TRASH_SHOWN}
    return render(request, "customers/customer_trash.html", context)


@dataclass(frozen=True)
class Rights:
    """What the viewer may do with one customer."""

    edit: bool
    delete: bool
    assign: bool
    reveal: bool
    merge: bool
    view_access: bool
    erase: bool
    disclose: bool
    tag: bool
    stage: bool
    see_owner: bool

    @classmethod
    def of(cls, request: StaffRequest, found: Customer) -> "Rights":
        """Ask the policy for each."""
        can = {
            action: CUSTOMER.reaches(request.user, action, found)
            for action in (
                *("edit", "delete", "assign", "reveal", "merge", "view_access"),
                *("erase", "disclose"),
            )
        }
        can["view_access"] = can["view_access"] and tells_owner(request.user, CUSTOMER)
        return cls(
            **can,
            see_owner="owner" in CUSTOMER.readable(request.user),
            tag=can["edit"] and "tags" in CUSTOMER.writable(request.user),
            stage=can["edit"] and "life_stage" in CUSTOMER.readable(request.user),
        )


def _shown_name(request: StaffRequest, name: str) -> str:
    return CUSTOMER.shown(request.user, "name", name)
