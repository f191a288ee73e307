"""Contacts with customers and costs of them: the list, and the dialogs about one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from guanxi.customers.commands.investment import (
    change_investment,
    record_investment,
    restore_investment,
    trash_investment,
)
from guanxi.customers.forms.investment import form_for, new_investment
from guanxi.customers.models import Investment
from guanxi.customers.policies import INVESTMENT
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.contact_policy import Conduct, conduct_of, spoken_to
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.investment import investment as investment_of
from guanxi.customers.queries.investment import trashed_investment
from guanxi.customers.rules.contact_policy import CHANNEL_OF
from guanxi.customers.rules.investment import ContactMode
from guanxi.customers.tables import INVESTMENTS
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.tables.page import table_page


@login_required
def investments(request: StaffRequest) -> HttpResponse:
    """List the contacts and costs."""
    return table_page(request, INVESTMENTS)


@login_required
def new_contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask when, where and how somebody was in contact with a customer, and log it."""
    return _record(request, pk, is_contact=True)


@login_required
def new_cost(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what was spent on a customer, and record it."""
    return _record(request, pk, is_contact=False)


@login_required
def edit_investment(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what is to be written down differently of a contact or cost."""
    found = investment_of(request.user, pk)
    require(request.user, "investment.edit", found)
    _note_reading(request, found)
    form = form_for(request.POST or None, viewer=request.user, investment=found)

    def change() -> None:
        change_investment(request.user, found, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:data_bank", found.customer_id)
    title = _("Change the contact") if found.is_contact else _("Change the cost")
    return dialog(request, form, title, _("Save"), customer=found.customer)


@login_required
@require_POST
def no_investment(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a contact or cost into the trash; it can be undone."""
    found = investment_of(request.user, pk)
    trash_investment(request.user, found, at=now())
    undo = reverse("customers:investment_back", args=[pk])
    messages.success(request, _("Moved to the trash"), extra_tags=undo)
    return redirect("customers:data_bank", found.customer_id)


@login_required
@require_POST
def investment_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a contact or cost out of the trash."""
    found = trashed_investment(request.user, pk)
    restore_investment(request.user, found, at=now())
    return redirect("customers:data_bank", found.customer_id)


def _record(request: StaffRequest, pk: int, *, is_contact: bool) -> HttpResponse:
    about = (
        spoken_to(request.user, pk) if is_contact else bare_customer(request.user, pk)
    )
    require(request.user, "investment.create", about)
    at = now()
    conduct = conduct_of(request.user, about, at=at) if is_contact else None
    fresh = new_investment(is_contact=is_contact, at=at)
    if conduct and conduct.talk.channel:
        fresh.mode = _mode_of(conduct, fresh.mode)
    form = form_for(request.POST or None, viewer=request.user, investment=fresh)

    def record() -> None:
        made = record_investment(request.user, about, at=at, **form.facts())
        messages.success(request, _("Recorded"))
        for told in _cautions(conduct, made):
            messages.warning(request, told)

    if accepted(form, record):
        return redirect("customers:data_bank", pk)
    title = _("Log a contact") if is_contact else _("Record a cost")
    verb = pgettext("contact", "Record")
    return dialog(request, form, title, verb, customer=about, conduct=conduct)


def _mode_of(conduct: Conduct, usual: str) -> str:
    """Return the mode of contact that takes the channel agreed."""
    channel = conduct.talk.channel
    fitting = (mode for mode, by in CHANNEL_OF.items() if by == channel)
    return next(fitting, usual)


def _cautions(conduct: Conduct | None, made: Investment) -> list[str]:
    """Return what of a contact just logged did not keep to the policy."""
    if conduct is None:
        return []
    channel = CHANNEL_OF.get(ContactMode(made.mode))
    on = house_day(made.happened_at)
    return conduct.cautions([channel] if channel else [], on=on)


def _note_reading(request: StaffRequest, found: Investment) -> None:
    shown = {found.pk: {"place": found.place, "note": found.note}}
    record_shown(request.user, INVESTMENT, shown, at=now())
