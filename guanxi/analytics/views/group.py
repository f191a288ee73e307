"""The customers behind a picture: a list to read, and a segment to work with."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guanxi.analytics.commands.core import segment_core
from guanxi.analytics.views.insight import amount_of
from guanxi.customers.queries.customer import customers
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, key_of

A_PAGE = 50


def group_page(
    request: StaffRequest,
    found: Sequence[tuple[int, int, date | None]],
    *,
    title: str,
    back: tuple[str, str],
) -> HttpResponse:
    """
    List customers in sight, each with an amount in minor units and a day, in their order.

    ``title`` says who they are, ``back`` is label and address of the picture. A POST puts
    them into a segment of that title.
    """
    if request.method == "POST":
        return _segmented(request, found, title)
    after = key_of(request.GET.get("after", "")) or 0
    page = found[after : after + A_PAGE]
    rows = customers(request.user).in_bulk([pk for pk, *_rest in page])
    shown = {pk: {"name": one.name} for pk, one in rows.items()}
    record_shown(request.user, policy_of("customer"), shown, at=now())
    asked = request.GET.copy()
    asked["after"] = str(after + A_PAGE)
    context = {
        "title": title,
        "back": back,
        "count": len(found),
        "rows": [
            (rows[pk], amount_of(amount), day) for pk, amount, day in page if pk in rows
        ],
        "shows_amounts": "total" in policy_of("order").readable(request.user),
        "next_url": f"?{asked.urlencode()}" if len(found) > after + A_PAGE else "",
        "can_segment": allowed(request.user, "segment.create"),
    }
    return render(request, "analytics/group.html", context)


def _segmented(
    request: StaffRequest, found: Sequence[tuple[int, int, date | None]], title: str
) -> HttpResponse:
    ids = [pk for pk, *_rest in found]
    try:
        made = segment_core(request.user, ids, name=title, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(request.get_full_path())
    messages.success(request, _("Segment made"))
    return redirect("customers:segment", made)
