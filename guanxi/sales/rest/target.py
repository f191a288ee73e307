"""What is to be reached, for programs: /api/v1/sales-targets."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record
from guanxi.sales.commands.target import set_targets
from guanxi.sales.forms.target import FIRST_YEAR, LAST_YEAR
from guanxi.sales.queries.target import Plan, plan
from guanxi.sales.rules.target import LARGEST, MONTHS, Measure

router = Router(tags=["targets"])


class TargetRow(Record):
    """What the house, a team or a person is to reach; ``of`` names whose it is."""

    of: str
    name: str
    above: str
    months: list[str | None]
    total: str | None
    set_at: datetime | None


class TargetPlan(Record):
    """The plan of a year for one measure; ``category`` is empty for all products."""

    measure: Measure
    year: int
    category: str
    rows: list[TargetRow]


class PlanQuery(Input):
    """Which plan."""

    measure: Measure = Measure.REVENUE
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    category: str = Field(default="", max_length=80)


class MonthsInput(PlanQuery):
    """
    The twelve months of a row, null for no target.

    ``set_at`` is that of the row as it was read; without it nobody else's change is minded.
    """

    months: list[Decimal | None] = Field(min_length=MONTHS, max_length=MONTHS)
    set_at: datetime | None = None


@router.get(
    "/sales-targets",
    response=TargetPlan,
    summary=gettext_noop("Read the sales targets of a year"),
)
def list_sales_targets(request: Call, asked: Query[PlanQuery]) -> HttpResponse:
    """Return the targets of the house, its teams and its people, as far as in sight."""
    require(request.auth, "target.read")
    return answer(_record(_plan(request.auth, asked)))


@router.put(
    "/sales-targets/{slug:of}",
    response=TargetPlan,
    summary=gettext_noop("Set the sales targets of a year"),
)
def put_sales_targets(request: Call, of: str, body: MonthsInput) -> HttpResponse:
    """Set the twelve months of the house, a team or a person; return the plan."""
    row = _plan(request.auth, body).row(of)
    bounded = [one if one is None else min(one, LARGEST + 1) for one in body.months]
    set_targets(
        request.auth,
        row.place.unset(),
        measure=body.measure,
        year=body.year,
        category=body.category,
        months=bounded,
        seen=body.set_at or row.set_at,
        at=now(),
    )
    return answer(_record(_plan(request.auth, body)))


def _plan(viewer: Actor, asked: PlanQuery) -> Plan:
    return plan(viewer, asked.measure, asked.year, asked.category)


def _record(found: Plan) -> dict[str, Any]:
    rows = [
        {
            "of": one.place.of,
            "name": one.place.name,
            "above": one.place.above,
            "months": one.months,
            "total": one.total,
            "set_at": one.set_at,
        }
        for one in found.rows
    ]
    return {
        "measure": found.measure,
        "year": found.year,
        "category": found.category,
        "rows": rows,
    }
