"""Core customers for programs: /api/v1/core-customers."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from guanxi.analytics import queries
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.lists import LARGEST_PAGE
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import From, Record, Shape

if TYPE_CHECKING:
    from guanxi.analytics.profits import Core, CorePlace

router = Router(tags=["insight"])
USUAL_PERCENT = 80


class CoreQuery(Schema):
    """Of which days, how much of what, and which part of the list is wanted."""

    first_on: date | None = Field(
        default=None, description="A year before the latest analysis, if left out."
    )
    last_on: date | None = Field(
        default=None, description="The day of the latest analysis, if left out."
    )
    percent: int = Field(default=USUAL_PERCENT, ge=1, le=100)
    by: Literal["profit", "amount"] | None = Field(
        default=None, description="By profit, if you may know what goods cost."
    )
    after: int = Field(default=0, ge=0, description="`next` of the page before.")
    size: int = Field(default=50, ge=1, le=LARGEST_PAGE, description="Records a page.")


class CoreRow(Record):
    """One core customer."""

    id: Annotated[int, From("pk")]
    name: str
    rank: int
    value: str = Field(description="The profit, or the amount, it brought.")
    share: float = Field(description="What all up to it brought, in percent.")


class CorePage(Record):
    """The fewest customers of yours who bring the share; ``next`` goes on."""

    first_on: date
    last_on: date
    by: Literal["profit", "amount"]
    count: int
    among: int = Field(description="How many customers bought in these days.")
    total: str = Field(description="What all of them brought.")
    items: list[CoreRow]
    next: int | None


class _Named(Record):
    id: Annotated[int, From("pk")]
    name: str


NAMED = Shape(_Named, policy_of("customer"))


@router.get(
    "/core-customers",
    response=CorePage,
    summary=gettext_noop("List core customers"),
)
def list_core_customers(request: Call, query: Query[CoreQuery]) -> HttpResponse:
    """List the fewest customers who together bring the main share, the most first."""
    viewer = request.auth
    queries.require_core(viewer)
    by_profit = _by_profit(viewer, query)
    first_on, last_on = _days(query)
    found = queries.core_customers(
        viewer,
        first_on=first_on,
        last_on=last_on,
        percent=query.percent,
        by_profit=by_profit,
    )
    asked = {
        "first_on": first_on,
        "last_on": last_on,
        "by": "profit" if by_profit else "amount",
    }
    return answer({**asked, **_page(viewer, found, query)})


def _by_profit(viewer: Actor, query: CoreQuery) -> bool:
    reads_profits = queries.reads_profits(viewer)
    if query.by == "profit" and not reads_profits:
        told = _("Only who may know what goods cost can ask for profits.")
        raise BadInput([Wrong("by", told)])
    return reads_profits and query.by != "amount"


def _days(query: CoreQuery) -> tuple[date, date]:
    """Return the first and the last day that are asked about."""
    usual_first, usual_last = queries.latest_year()
    first_on, last_on = query.first_on or usual_first, query.last_on or usual_last
    if first_on > last_on:
        told = _("The last day is before the first.")
        raise BadInput([Wrong("last_on", told)])
    return first_on, last_on


def _page(
    viewer: Actor, found: "Core | None", query: CoreQuery
) -> Mapping[str, object]:
    """Return one page of ``found``; nothing before the first analysis."""
    places = found.places if found else []
    until = query.after + query.size
    return {
        "count": len(places),
        "among": found.among if found else 0,
        "total": _money(found.total if found else 0),
        "items": _rows(viewer, places[query.after : until]),
        "next": until if until < len(places) else None,
    }


def _rows(viewer: Actor, places: "list[CorePlace]") -> list[dict[str, Any]]:
    sight = NAMED.seen_by(viewer)
    pks = [one.customer_id for one in places]
    there = customers(viewer).filter(pk__in=pks).order_by()
    found = list(there.select_related(None).values("pk", *sight.paths))
    sight.record(found, at=now())
    names = {row["id"]: row for row in sight.records(found)}
    return [
        {
            **names[one.customer_id],
            "rank": one.rank,
            "value": _money(one.value),
            "share": round(one.share, 1),
        }
        for one in places
        if one.customer_id in names
    ]


def _money(minor: int) -> Decimal:
    """Return minor units of the house currency as an amount."""
    return Decimal(minor).scaleb(-minor_units(settings.CURRENCY))
