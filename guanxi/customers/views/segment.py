"""Segments: the list, one of them, and its refresh and end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.segment import delete_segment, restore_segment
from guanxi.customers.commands.segment_member import refresh_segment
from guanxi.customers.models import Segment
from guanxi.customers.queries import segment as queries
from guanxi.customers.queries.customer import customer
from guanxi.customers.rules.segment import Sharing
from guanxi.customers.tables import SEGMENTS
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page


@login_required
def segments(request: StaffRequest) -> HttpResponse:
    """List the segments."""
    require(request.user, "segment.read")
    return table_page(request, SEGMENTS)


@login_required
@require_GET
def segment(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a segment: what it asks, how many belong to it, and how they are."""
    found = queries.segment(request.user, pk)
    context = {
        "segment": found,
        "sentence": queries.sentence_of(request.user, found, now()),
        "sharing": Sharing(found.sharing).label,
        "members_url": members_url(found),
        "may": {
            "edit": may(request.user, "segment.edit", found),
            "delete": may(request.user, "segment.delete", found),
        },
    }
    return render(request, "customers/segment.html", context)


@login_required
@require_POST
def segment_refresh(request: StaffRequest, pk: int) -> HttpResponse:
    """Have it found anew who belongs to a segment."""
    found = queries.segment(request.user, pk)
    try:
        refreshed = refresh_segment(request.user, found, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        is_done = refreshed.refreshed_at != found.refreshed_at
        text = (
            _("Refreshed.")
            if is_done
            else _("There are many: they are being found. Look again in a minute.")
        )
        messages.success(request, text)
    return redirect("customers:segment", pk)


@login_required
@require_POST
def segment_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a segment aside; it can be undone."""
    found = queries.segment(request.user, pk)
    delete_segment(request.user, found, at=now())
    messages.success(
        request,
        _("Segment deleted."),
        extra_tags=reverse("customers:segment_restoration", args=[pk]),
    )
    return redirect("customers:segments")


@login_required
@require_POST
def segment_restoration(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a deleted segment back."""
    found = queries.deleted_segment(request.user, pk)
    restore_segment(request.user, found, at=now())
    return redirect("customers:segment", pk)


@login_required
@require_GET
def segments_of(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the segments a customer is or was in, as a panel on its page."""
    found = customer(request.user, pk)
    require(request.user, "segment.read")
    context = {"stays": queries.stays_of(request.user, found)}
    return render(request, "customers/_segments_of.html", context)


def members_url(found: Segment) -> str:
    """Return the address of the list of customers with those of a segment."""
    return f"{reverse('customers:customers')}?where=segment.in.({found.pk})"
