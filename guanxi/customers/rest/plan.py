"""Plans and agreements with customers for programs: /api/v1/customers/…/plans."""

from datetime import date, datetime

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.models import Plan
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.plan import (
    FIELD,
    may_read_plans,
    parts_of,
    plans_of,
)
from guanxi.customers.rules.plan import PlanKind, PlanState
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Record

router = Router(tags=["customers"])


class PlanLineRecord(Record):
    """One line of a plan."""

    id: int
    section: str
    text: str
    figure: str | None = Field(description="A share, points or a price, by section.")
    due_on: date | None
    assignee: int | None
    result: str
    done_on: date | None


class PlanRecord(Record):
    """One plan or agreement with its lines."""

    id: int
    kind: PlanKind
    title: str
    summary: str = Field(description="The aim, or the need that was found.")
    result: str = Field(description="What came of it, or the solution proposed.")
    starts_on: date | None
    ends_on: date | None
    state: PlanState
    made_at: datetime
    lines: list[PlanLineRecord]


class PlansRecord(Record):
    """All plans with a customer, running ones first."""

    plans: list[PlanRecord]


@router.get(
    "/customers/{int:pk}/plans",
    response=PlansRecord,
    summary=gettext_noop("Read the plans with a customer"),
)
def get_plans(request: Call, pk: int) -> HttpResponse:
    """Read the plans and agreements with a customer, with their lines."""
    found = bare_customer(request.auth, pk)
    if not may_read_plans(request.auth):
        raise NotVisible
    plans = plans_of(request.auth, found)
    told = {pk: {FIELD: bool(plans)}}
    record_shown(request.auth, CUSTOMER, told, at=now())
    record = PlansRecord(plans=[_record(plan) for plan in plans])
    return answer(record.model_dump(mode="json"))


def _record(plan: Plan) -> PlanRecord:
    lines = [line for part in parts_of(plan) for line in part.lines]
    return PlanRecord(
        id=plan.pk,
        kind=PlanKind(plan.kind),
        title=plan.title,
        summary=plan.summary,
        result=plan.result,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        state=PlanState(plan.state),
        made_at=plan.made_at,
        lines=[
            PlanLineRecord(
                id=line.pk,
                section=line.section,
                text=line.text,
                figure=None if line.figure is None else str(line.figure),
                due_on=line.due_on,
                assignee=line.assignee_id,
                result=line.result,
                done_on=line.done_on,
            )
            for line in lines
        ],
    )
