"""Peers: the list, one of them with the leads that came from there, and the dialogs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.peer import (
    change_peer,
    log_tip,
    register_peer,
    remove_peer,
)
from guanxi.customers.forms.peer import PeerForm, TipForm
from guanxi.customers.models import Peer
from guanxi.customers.policies import PEER
from guanxi.customers.queries import peer as queries
from guanxi.customers.queries.consent import house_day
from guanxi.customers.tables import PEERS
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page


@login_required
def peers(request: StaffRequest) -> HttpResponse:
    """List the peers."""
    return table_page(request, PEERS)


@login_required
@require_GET
def peer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a peer, and the customers of whom that one told us."""
    found = queries.peer(request.user, pk)
    _note_reading(request, found)
    can_edit = may(request.user, "peer.edit", found)
    context = {
        "peer": found,
        "tips": queries.tips_of(request.user, found),
        "can": {
            "edit": can_edit,
            "log": can_edit and may(request.user, "customer.create"),
            "delete": may(request.user, "peer.delete", found),
        },
    }
    return render(request, "customers/peer.html", context)


@login_required
def new_peer(request: StaffRequest) -> HttpResponse:
    """Ask who a peer is, and register that one."""
    require(request.user, "peer.create")
    form = PeerForm(request.POST or None, viewer=request.user, peer=Peer())
    made: list[Peer] = []

    def register() -> None:
        made.append(register_peer(request.user, at=now(), **form.facts()))

    if accepted(form, register):
        return redirect("customers:peer", made[0].pk)
    return dialog(request, form, _("Register a peer"), _("Add"))


@login_required
def edit_peer(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what else is to be said of a peer."""
    found = queries.peer(request.user, pk)
    require(request.user, "peer.edit", found)
    _note_reading(request, found)
    form = PeerForm(request.POST or None, viewer=request.user, peer=found)

    def change() -> None:
        change_peer(request.user, found, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:peer", pk)
    return dialog(request, form, _("Change the peer"), _("Save"))


@login_required
@require_POST
def no_peer(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget a peer and what was told; the leads stay."""
    remove_peer(request.user, queries.peer(request.user, pk), at=now())
    messages.success(request, _("The peer is removed. The leads stay."))
    return redirect("customers:peers")


@login_required
def new_tip(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask of whom a peer told, and make a potential customer of that one."""
    found = queries.peer(request.user, pk)
    require(request.user, "peer.edit", found)
    require(request.user, "customer.create")
    at = now()
    form = TipForm(request.POST or None, today=house_day(at))

    def log() -> None:
        log_tip(
            request.user,
            found,
            form.lead(),
            outcome=form.outcome_of_deal(),
            need=form.cleaned_data["need"],
            told_on=form.cleaned_data["told_on"],
            at=at,
        )
        messages.success(request, _("The tip is logged as a potential customer."))

    if accepted(form, log):
        return redirect("customers:peer", pk)
    return dialog(request, form, _("Log a tip"), _("Add"))


def _note_reading(request: StaffRequest, found: Peer) -> None:
    shown = {n: getattr(found, n) for n in ("name", "phone", "note")}
    record_shown(request.user, PEER, {found.pk: shown}, at=now())
