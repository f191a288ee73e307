"""The queue of pairs that are likely one, and what is said about them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.duplicate_pair import dismiss_pair, reopen_pair
from guanxi.customers.queries import duplicate_pair as queries
from guanxi.customers.tables import DUPLICATES
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.tables.page import table_page


@login_required
def duplicate_pairs(request: StaffRequest) -> HttpResponse:
    """Show the pairs that are likely one."""
    require(request.user, "duplicate_pair.read")
    return table_page(request, DUPLICATES)


@login_required
@require_GET
def duplicate_pair(request: StaffRequest, pk: int) -> HttpResponse:
    """Lead to the page that shows both side by side."""
    pair = queries.duplicate_pair(request.user, pk)
    url = reverse("customers:merge", args=[pair.one_id])
    return redirect(f"{url}?target={pair.other_id}")


@login_required
@require_POST
def dismissal(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that the two are not the same; can be undone."""
    pair = queries.duplicate_pair(request.user, pk)
    dismiss_pair(request.user, pair.one, pair.other, at=now())
    messages.success(
        request,
        _("The two are not proposed again until one of them changes."),
        extra_tags=reverse("customers:duplicate_reopening", args=[pk]),
    )
    return redirect("customers:duplicate_pairs")


@login_required
@require_POST
def reopening(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back that the two are not the same."""
    pair = queries.duplicate_pair(request.user, pk)
    reopen_pair(request.user, pair.one, pair.other, at=now())
    return redirect("customers:duplicate_pairs")
