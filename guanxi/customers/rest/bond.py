"""Why customers stay, for programs: /api/v1/customers/…/bonds."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.bond import (
    add_delivered_value,
    add_switching_cost,
    assess_bond,
    trash_bond,
    trash_delivered_value,
    trash_switching_cost,
)
from guanxi.customers.models import (
    BondAssessment,
    Customer,
    DeliveredValue,
    SwitchingCost,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.bond import (
    FIELD,
    assessments_of,
    delivered_values_of,
    may_read_bonds,
    switching_costs_of,
)
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.rules.bond import (
    LONGEST_NAME,
    LONGEST_NOTE,
    SCORES,
    AssessmentMethod,
    SwitchingItem,
)
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])
Score = Annotated[
    Decimal | None,
    Field(ge=0, le=10, decimal_places=1, description="0 to 10; null for not known."),
]
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class BondRecord(Record):
    """One bond assessment; scores are exact texts, ``lock_in`` their sum of seven."""

    id: int
    assessed_on: date
    method: AssessmentMethod
    satisfaction: str | None
    perceived_value: str | None
    repurchase: str | None
    surplus: str | None
    attachment: str | None
    sunk_cost: str | None
    transaction_cost: str | None
    moving_cost: str | None
    opportunity_cost: str | None
    exit_barrier: str | None
    lock_in: str | None
    note: str
    made_by_id: int | None


class SwitchingCostRecord(Record):
    """One thing that changing its supplier would cost a customer."""

    id: int
    product: str = Field(description="Empty: whatever the customer buys.")
    item: SwitchingItem
    amount: str
    note: str


class DeliveredValueRecord(Record):
    """What an offer gives a customer: all parts, their sums and the difference."""

    id: int
    offer: str
    supplier: str = Field(description="Empty for an offer of ours.")
    assessed_on: date
    product_value: str
    service_value: str
    personnel_value: str
    image_value: str
    money_cost: str
    time_cost: str
    energy_cost: str
    effort_cost: str
    total_value: str
    total_cost: str
    delivered: str


class BondsRecord(Record):
    """Why a customer stays, the latest first."""

    assessments: list[BondRecord]
    switching_costs: list[SwitchingCostRecord]
    switching_total: str
    delivered_values: list[DeliveredValueRecord]


class BondInput(Input):
    """How satisfied a customer is and what binds it; the seven factors go together."""

    method: AssessmentMethod
    assessed_on: date | None = Field(default=None, description="Today, if left out.")
    satisfaction: Score = None
    perceived_value: Score = None
    repurchase: Score = None
    surplus: Score = None
    attachment: Score = None
    sunk_cost: Score = None
    transaction_cost: Score = None
    moving_cost: Score = None
    opportunity_cost: Score = None
    exit_barrier: Score = None
    note: str = Field(default="", max_length=LONGEST_NOTE)


class SwitchingCostInput(Input):
    """Something that changing its supplier would cost a customer."""

    item: SwitchingItem
    amount: Money
    product: str = Field(default="", max_length=LONGEST_NAME)
    note: str = Field(default="", max_length=LONGEST_NOTE)


class DeliveredValueInput(Input):
    """What an offer gives a customer and costs it, in the house currency."""

    offer: str = Field(max_length=LONGEST_NAME)
    supplier: str = Field(default="", max_length=LONGEST_NAME)
    assessed_on: date | None = Field(default=None, description="Today, if left out.")
    product_value: Money = Decimal(0)
    service_value: Money = Decimal(0)
    personnel_value: Money = Decimal(0)
    image_value: Money = Decimal(0)
    money_cost: Money = Decimal(0)
    time_cost: Money = Decimal(0)
    energy_cost: Money = Decimal(0)
    effort_cost: Money = Decimal(0)


@router.get(
    "/customers/{int:pk}/bonds",
    response=BondsRecord,
    summary=gettext_noop("Read why a customer stays"),
)
def get_bonds(request: Call, pk: int) -> HttpResponse:
    """Read the assessments of a customer, its switching costs and what offers give it."""
    viewer, found = request.auth, bare_customer(request.auth, pk)
    if not may_read_bonds(viewer):
        raise NotVisible
    rows = assessments_of(viewer, found)
    costs = switching_costs_of(viewer, found)
    offers = delivered_values_of(viewer, found)
    told = {pk: {FIELD: bool(rows or costs or offers)}}
    record_shown(viewer, CUSTOMER, told, at=now())
    total = sum((row.amount for row in costs), Decimal("0.00"))
    return answer(
        {
            "assessments": [_record(BondRecord, row) for row in rows],
            "switching_costs": [_record(SwitchingCostRecord, row) for row in costs],
            "switching_total": str(total),
            "delivered_values": [_record(DeliveredValueRecord, row) for row in offers],
        }
    )


@router.post(
    "/customers/{int:pk}/bonds",
    response={201: BondRecord},
    summary=gettext_noop("Assess the bond of a customer"),
)
def post_bond(request: Call, pk: int, body: BondInput) -> HttpResponse:
    """Keep how satisfied a customer is and what binds it."""
    found, at = _editable(request, pk), now()
    scores: Any = {name: getattr(body, name) for name in SCORES}
    new = assess_bond(
        request.auth,
        found,
        body.method,
        assessed_on=body.assessed_on or house_day(at),
        at=at,
        note=body.note,
        **scores,
    )
    return made(_record(BondRecord, new), f"/api/v1/customers/{pk}/bonds")


@router.delete(
    "/customers/{int:pk}/bonds/{int:record_id}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_bond(request: Call, pk: int, record_id: int) -> HttpResponse:
    """Put a bond assessment into the trash."""
    found = bare_customer(request.auth, pk)
    trash_bond(request.auth, found, record_id, at=now())
    return nothing()


@router.post(
    "/customers/{int:pk}/switching-costs",
    response={201: SwitchingCostRecord},
    summary=gettext_noop("Add a switching cost"),
)
def post_switching_cost(
    request: Call, pk: int, body: SwitchingCostInput
) -> HttpResponse:
    """List something that changing its supplier would cost a customer."""
    found = _editable(request, pk)
    facts = body.dict(exclude={"item"})
    new = add_switching_cost(request.auth, found, body.item, at=now(), **facts)
    return made(_record(SwitchingCostRecord, new), f"/api/v1/customers/{pk}/bonds")


@router.delete(
    "/customers/{int:pk}/switching-costs/{int:record_id}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_switching_cost(request: Call, pk: int, record_id: int) -> HttpResponse:
    """Put a switching cost into the trash."""
    found = bare_customer(request.auth, pk)
    trash_switching_cost(request.auth, found, record_id, at=now())
    return nothing()


@router.post(
    "/customers/{int:pk}/delivered-values",
    response={201: DeliveredValueRecord},
    summary=gettext_noop("Work out the delivered value of an offer"),
)
def post_delivered_value(
    request: Call, pk: int, body: DeliveredValueInput
) -> HttpResponse:
    """Keep what an offer gives a customer and costs it."""
    found, at = _editable(request, pk), now()
    facts = body.dict(exclude={"offer", "assessed_on"})
    day = body.assessed_on or house_day(at)
    new = add_delivered_value(
        request.auth, found, body.offer, assessed_on=day, at=at, **facts
    )
    return made(_record(DeliveredValueRecord, new), f"/api/v1/customers/{pk}/bonds")


@router.delete(
    "/customers/{int:pk}/delivered-values/{int:record_id}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_delivered_value(request: Call, pk: int, record_id: int) -> HttpResponse:
    """Put the delivered value of an offer into the trash."""
    found = bare_customer(request.auth, pk)
    trash_delivered_value(request.auth, found, record_id, at=now())
    return nothing()


def _editable(request: Call, pk: int) -> Customer:
    found = bare_customer(request.auth, pk)
    require(request.auth, "customer.edit", found)
    return found


def _record(
    shape: type[Record], row: BondAssessment | SwitchingCost | DeliveredValue
) -> dict[str, object]:
    values = {name: getattr(row, name) for name in shape.model_fields}
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
