"""Merge two customers: whom with, side by side, and back again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.forms.merge import MergeForm
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries import merge as queries
from guanxi.customers.queries.customer import customer
from guanxi.customers.queries.duplicate import duplicates_of
from guanxi.customers.queries.duplicate_pair import open_pair_of, reasons_told
from guanxi.customers.rules.duplicate import Reason
from guanxi.customers.views.comparison import compared
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.policies import require
from guanxi.foundation.viewer import key_of

MERGES_SHOWN = 100


@login_required
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask with whom a customer is merged, then field by field with which values."""
    survivor = customer(request.user, pk)
    require(request.user, "customer.merge", survivor)
    target = (request.POST or request.GET).get("target", "")
    if not target:
        return _chooser(request, survivor)
    gone = customer(request.user, key_of(target) or 0)
    require(request.user, "customer.merge", gone)
    form = MergeForm(request.POST or None)
    done: list[int] = []
    if accepted(form, lambda: done.append(_merge(request, survivor, gone, form))):
        messages.success(
            request,
            _("The two are one customer now."),
            extra_tags=reverse("customers:merge_undo", args=done),
        )
        return redirect("customers:customer", pk)
    return _side_by_side(request, survivor, gone, form)


@login_required
@require_POST
def merge_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Make two customers of one again."""
    found = queries.merge(request.user, pk)
    both = (found.survivor, found.gone)
    try:
        kept = undo_merge(request.user, *both, merge_id=pk, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The two customers are as they were before."))
        _tell_kept(request, kept)
    return redirect("customers:customer", found.survivor_id)


@login_required
@require_GET
def merges(request: StaffRequest) -> HttpResponse:
    """Show what was merged, to be undone."""
    require(request.user, "customer.merge")
    rows = list(queries.merges(request.user)[:MERGES_SHOWN])
    context = {"merges": rows, "most": MERGES_SHOWN}
    return render(request, "customers/merges.html", context)


def _chooser(request: StaffRequest, survivor: Customer) -> HttpResponse:
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "customer": survivor,
        "duplicates": duplicates_of(request.user, survivor),
    }
    return render(request, "customers/merge_choice.html", context)


def _side_by_side(
    request: StaffRequest, survivor: Customer, gone: Customer, form: MergeForm
) -> HttpResponse:
    if survivor.pk == gone.pk:
        raise NotVisible
    comparison = compared(request.user, survivor, gone, form)
    shown = dict(zip((survivor.pk, gone.pk), comparison.shown, strict=True))
    record_shown(request.user, CUSTOMER, shown, at=now())
    pair = open_pair_of(request.user, survivor.pk, gone.pk)
    context = {
        "customer": survivor,
        "gone": gone,
        "form": form,
        "comparison": comparison,
        "pair": pair,
        "reasons": [Reason(key).label for key in reasons_told(request.user, pair)]
        if pair
        else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "customers/merge.html", context, status=status)


def _merge(
    request: StaffRequest, survivor: Customer, gone: Customer, form: MergeForm
) -> int:
    made = merge_customers(
        request.user,
        survivor,
        gone,
        choices=form.choices,
        versions=form.versions,
        at=now(),
    )
    return made.pk


def _tell_kept(request: StaffRequest, kept: list[str]) -> None:
    readable = CUSTOMER.readable(request.user)
    labels = [str(CUSTOMER.fields[name].label) for name in kept if name in readable]
    if labels:
        text = _("What was changed since the merge stays: %(fields)s.")
        messages.warning(request, text % {"fields": _(", ").join(labels)})
