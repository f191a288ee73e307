"""What the customers of a segment, or of a tier, have in common."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.segment import segment, segment_members
from guanxi.customers.rules import Tier
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.viewer import StaffRequest

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guanxi.customers.models import Customer


@login_required
@require_GET
def common_of_segment(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what the customers of a segment have in common, as a panel on its page."""
    require(request.user, "analysis.read")
    members = segment_members(request.user, segment(request.user, pk))
    return render(request, "analytics/_common.html", _told(request, members))


@login_required
@require_GET
def common_of_tier(request: StaffRequest, tier: str) -> HttpResponse:
    """Show what the customers of a tier have in common."""
    require(request.user, "analysis.read")
    if "tier" not in policy_of("customer").readable(request.user):
        raise NotVisible
    if tier not in Tier.values:
        raise NotVisible
    members = customers(request.user).filter(traits__tier=tier)
    context = {"tier": Tier(tier).label, **_told(request, members, by="tier")}
    return render(request, "analytics/common.html", context)


def _told(
    request: StaffRequest, members: "QuerySet[Customer]", *, by: str = ""
) -> dict[str, Any]:
    from guanxi.analytics.likenesses import (  # noqa: PLC0415 -- loads the engines
        common_to,
    )

    found = common_to(request.user, members, by=by)
    if found is None:
        return {"is_loaded": False}
    return {
        "is_loaded": True,
        "size": grouped(found.size),
        "number": grouped(found.number),
        "rows": [
            {
                "field": one.field,
                "value": one.value,
                "inside": grouped(one.inside),
                "share": f"{100 * one.share:.1f}%",
                "base": f"{100 * one.base:.1f}%",
                "lift": f"{one.lift:.1f}",
            }
            for one in found.likenesses
        ],
    }
