"""Studies of a customer and observations: the dialogs about one."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from guanxi.customers.commands.finding import (
    add_finding,
    change_finding,
    restore_finding,
    trash_finding,
)
from guanxi.customers.forms.finding import FindingForm, NewStudyForm
from guanxi.customers.models import Finding
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.finding import FIELD, finding_of
from guanxi.customers.rules.finding import FindingKind, FindingSource
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require


@login_required
def new_finding(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what a survey or a purchased study tells of a customer, and keep it."""
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    at = now()
    form = NewStudyForm(request.POST or None, finding=_study(at))

    def keep() -> None:
        add_finding(request.user, about, form.kind(), at=at, **form.facts())
        messages.success(request, _("Recorded"))

    if accepted(form, keep):
        return redirect("customers:data_bank", pk)
    title = _("Add second-hand data")
    return dialog(request, form, title, _("Add"), customer=about)


@login_required
def new_observation(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what was observed of a customer, when, where and by whom, and keep it."""
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    at = now()
    fresh = Finding(
        kind=FindingKind.BEHAVIOR,
        source=FindingSource.PERSON,
        found_at=at,
        provider=request.user.name,
    )
    form = FindingForm(request.POST or None, finding=fresh)

    def keep() -> None:
        kind = FindingKind.BEHAVIOR
        add_finding(request.user, about, kind, at=at, **form.facts())
        messages.success(request, _("Recorded"))

    if accepted(form, keep):
        return redirect("customers:data_bank", pk)
    word = pgettext("contact", "Record")
    return dialog(request, form, _("Record an observation"), word, customer=about)


@login_required
def edit_finding(request: StaffRequest, pk: int, finding_id: int) -> HttpResponse:
    """Ask what is to be written differently of a study or observation."""
    about = bare_customer(request.user, pk)
    require(request.user, "customer.edit", about)
    found = finding_of(request.user, about, finding_id)
    record_shown(request.user, CUSTOMER, {pk: {FIELD: found.text}}, at=now())
    form = FindingForm(request.POST or None, finding=found)

    def change() -> None:
        change_finding(request.user, about, finding_id, at=now(), **form.facts())
        messages.success(request, _("Saved"))

    if accepted(form, change):
        return redirect("customers:data_bank", pk)
    title = str(FindingKind(found.kind).label)
    return dialog(request, form, title, _("Save"), customer=about)


@login_required
@require_POST
def no_finding(request: StaffRequest, pk: int, finding_id: int) -> HttpResponse:
    """Put a finding into the trash; it can be undone."""
    about = bare_customer(request.user, pk)
    trash_finding(request.user, about, finding_id, at=now())
    undo = reverse("customers:finding_back", args=[pk, finding_id])
    messages.success(request, _("Moved to the trash"), extra_tags=undo)
    return redirect("customers:data_bank", pk)


@login_required
@require_POST
def finding_back(request: StaffRequest, pk: int, finding_id: int) -> HttpResponse:
    """Take a finding out of the trash."""
    about = bare_customer(request.user, pk)
    restore_finding(request.user, about, finding_id, at=now())
    return redirect("customers:data_bank", pk)


def _study(at: datetime) -> Finding:
    kind, source = FindingKind.ATTITUDE, FindingSource.SURVEY
    return Finding(kind=kind, source=source, found_at=at)
