"""Opportunities for programs: /api/v1/opportunities."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpResponse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.queries.customer import customer
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now, today
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import (
    From,
    Input,
    Record,
    Shape,
    require_writable,
)
from guanxi.sales.commands.opportunity import (
    change_opportunity,
    create_opportunity,
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    restore_opportunity,
    trash_opportunity,
    win_opportunity,
)
from guanxi.sales.models import Opportunity, Stage
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.queries.opportunity import (
    first_stage,
    opportunities,
    opportunity,
    stages,
)
from guanxi.sales.queries.product import product
from guanxi.sales.queries.results import SIDES, Result, results, sides
from guanxi.sales.rules.opportunity import (
    CENT,
    LARGEST_AMOUNT,
    SURE,
    LostReason,
    OpportunityState,
)
from guanxi.sales.rules.order import Channel
from guanxi.sales.tables import OPPORTUNITIES

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.sales.models import Product

router = Router(tags=["opportunities"])


class OpportunityRow(Record):
    """An opportunity as a list shows it; amounts are exact texts."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    name: str
    customer_id: Annotated[int | None, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str | None, From("customer__name", "customer")]
    product: Annotated[int | None, From("product_id", "product", is_key=True)]
    stage: Annotated[int, From("stage_id", "stage", is_key=True)]
    state: OpportunityState
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    amount: str | None
    currency: Annotated[str, From("currency")]
    probability: int | None
    expected_on: date | None
    closed_on: date | None
    channel: Channel
    next_step: str
    next_step_on: date | None
    lost_reason: str
    stage_since: datetime
    external_id: str


class OpportunityRecord(OpportunityRow):
    """One opportunity with everything the caller may read."""

    engaged_on: date | None
    note: str
    close_note: str


class OpportunityPage(Record):
    """One page of opportunities; ``next`` is the cursor of the following one."""

    items: list[OpportunityRow]
    next: str | None


class StageRecord(Record):
    """A stage of a pipeline."""

    id: int
    pipeline: int
    name: str
    probability: int
    needs: list[str]


class StageList(Record):
    """All stages in their order."""

    items: list[StageRecord]


class OpportunityFactsInput(Input):
    """The facts of an opportunity; what is left out stays."""

    customer: int | None = None
    product: int | None = None
    amount: Decimal | None = Field(
        default=None, ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    probability: int | None = Field(default=None, ge=0, le=SURE)
    expected_on: date | None = None
    engaged_on: date | None = None
    channel: Channel = Channel.SALES
    next_step: str = Field(default="", max_length=200)
    next_step_on: date | None = None
    note: str = Field(default="", max_length=4000)
    external_id: str = Field(default="", max_length=80)


class NewOpportunity(OpportunityFactsInput):
    """An opportunity to record; it begins in the first stage unless another is named."""

    name: str = Field(min_length=1, max_length=200)
    stage: int | None = None


class OpportunityChange(OpportunityFactsInput):
    """A change made looking at ``version``."""

    version: int
    name: str = Field(default="", min_length=1, max_length=200)


class MoveInput(Input):
    """The stage to which an opportunity goes."""

    stage: int


class WonInput(Input):
    """For how much and when it was won; today unless another day is named."""

    amount: Decimal | None = Field(
        default=None, ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    closed_on: date | None = None
    note: str = Field(default="", max_length=400)


class LostInput(Input):
    """Why and when it was lost; today unless another day is named."""

    reason: LostReason
    closed_on: date | None = None
    note: str = Field(default="", max_length=400)


class ResultRow(Record):
    """How the opportunities of one value of a side ended; rate in percent, days as means."""

    key: str | None
    label: str
    won: int
    lost: int
    win_rate: str | None
    amount_won: str | None
    mean_won: str | None
    days_to_win: str | None
    days_to_lose: str | None


class ResultList(Record):
    """How opportunities ended in a span, by a side and as a whole."""

    items: list[ResultRow]
    whole: ResultRow


class ResultsQuery(Input):
    """By what, and of which days."""

    by: str = Field(default="quarter", max_length=20)
    first_on: date
    last_on: date


ROW = Shape(OpportunityRow, OPPORTUNITY)
WHOLE = Shape(OpportunityRecord, OPPORTUNITY)


@router.get(
    "/opportunity-stages",
    response=StageList,
    summary=gettext_noop("List the stages of opportunities"),
)
def list_opportunity_stages(request: Call) -> HttpResponse:
    """List the stages of all pipelines in their order."""
    require(request.auth, "opportunity.read")
    rows = [
        {
            "id": one.pk,
            "pipeline": one.pipeline_id,
            "name": str(one),
            "probability": one.probability,
            "needs": one.needs,
        }
        for one in stages()
    ]
    return answer({"items": rows})


@router.get(
    "/opportunity-results",
    response=ResultList,
    summary=gettext_noop("Read how opportunities ended"),
)
def list_opportunity_results(request: Call, asked: Query[ResultsQuery]) -> HttpResponse:
    """Return won and lost opportunities of a span with amounts, rates and days by a side."""
    by = request.auth
    require(by, "opportunity.read")
    if asked.by not in sides(by):
        raise BadInput([Wrong("by", _("There is no such side that you see."))])
    sees = "amount" in OPPORTUNITY.readable(by)
    rows = results(by, asked.first_on, asked.last_on, asked.by)
    labels = SIDES[asked.by].labels(by, [one.key for one in rows])
    whole = results(by, asked.first_on, asked.last_on)[0]
    return answer(
        {
            "items": [_result(one, labels.get(one.key, ""), sees=sees) for one in rows],
            "whole": _result(whole, "", sees=sees),
        }
    )


@router.get(
    "/opportunities",
    response=OpportunityPage,
    summary=gettext_noop("List opportunities"),
)
def list_opportunities(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the opportunities, the newest first."""
    return listed(request, OPPORTUNITIES, ROW, query)


@router.post(
    "/opportunities",
    response={201: OpportunityRecord},
    summary=gettext_noop("Record an opportunity"),
)
def post_opportunity(request: Call, body: NewOpportunity) -> HttpResponse:
    """Record an opportunity; it belongs to the caller."""
    by = request.auth
    require(by, "opportunity.create")
    given = body.given()
    stage = _stage(given.pop("stage", None))
    require_writable(by, OPPORTUNITY, given)
    facts = _with_records(by, given)
    new = create_opportunity(by, stage=stage, at=now(), **facts)
    return made(_record(by, new.pk), f"/api/v1/opportunities/{new.pk}")


@router.get(
    "/opportunities/{int:pk}",
    response=OpportunityRecord,
    summary=gettext_noop("Read one opportunity"),
)
def get_opportunity(request: Call, pk: int) -> HttpResponse:
    """Read one opportunity."""
    return answer(_record(request.auth, pk))


@router.patch(
    "/opportunities/{int:pk}",
    response=OpportunityRecord,
    summary=gettext_noop("Change an opportunity"),
)
def patch_opportunity(request: Call, pk: int, body: OpportunityChange) -> HttpResponse:
    """Describe an opportunity otherwise."""
    by, found = request.auth, _kept(request.auth, pk)
    require(by, "opportunity.edit", found)
    given = body.given()
    version = given.pop("version")
    require_writable(by, OPPORTUNITY, given)
    facts = _with_records(by, given)
    change_opportunity(by, found, version=version, at=now(), **facts)
    return answer(_record(by, pk))


@router.post(
    "/opportunities/{int:pk}/stage",
    response=OpportunityRecord,
    summary=gettext_noop("Move an opportunity to a stage"),
)
def post_opportunity_stage(request: Call, pk: int, body: MoveInput) -> HttpResponse:
    """Take an open opportunity to another stage; refused without what that asks for."""
    move_opportunity(
        request.auth, _kept(request.auth, pk), stage_id=body.stage, at=now()
    )
    return answer(_record(request.auth, pk))


@router.post(
    "/opportunities/{int:pk}/win",
    response=OpportunityRecord,
    summary=gettext_noop("Close an opportunity as won"),
)
def post_opportunity_win(request: Call, pk: int, body: WonInput) -> HttpResponse:
    """Close an open opportunity as won."""
    win_opportunity(
        request.auth,
        _kept(request.auth, pk),
        amount=body.amount,
        closed_on=body.closed_on or today(get_default_timezone()),
        note=body.note,
        at=now(),
    )
    return answer(_record(request.auth, pk))


@router.post(
    "/opportunities/{int:pk}/loss",
    response=OpportunityRecord,
    summary=gettext_noop("Close an opportunity as lost"),
)
def post_opportunity_loss(request: Call, pk: int, body: LostInput) -> HttpResponse:
    """Close an open opportunity as lost, for a reason."""
    lose_opportunity(
        request.auth,
        _kept(request.auth, pk),
        reason=body.reason,
        closed_on=body.closed_on or today(get_default_timezone()),
        note=body.note,
        at=now(),
    )
    return answer(_record(request.auth, pk))


@router.post(
    "/opportunities/{int:pk}/reopening",
    response=OpportunityRecord,
    summary=gettext_noop("Open an opportunity again"),
)
def post_opportunity_reopening(request: Call, pk: int) -> HttpResponse:
    """Open a closed opportunity again."""
    reopen_opportunity(request.auth, _kept(request.auth, pk), at=now())
    return answer(_record(request.auth, pk))


@router.delete(
    "/opportunities/{int:pk}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_opportunity(request: Call, pk: int) -> HttpResponse:
    """Put an opportunity into the trash."""
    trash_opportunity(request.auth, _kept(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/opportunities/{int:pk}/restoration",
    response=OpportunityRecord,
    summary=gettext_noop("Take out of the trash"),
)
def post_opportunity_restoration(request: Call, pk: int) -> HttpResponse:
    """Take an opportunity out of the trash."""
    restore_opportunity(request.auth, opportunity(request.auth, pk), at=now())
    return answer(_record(request.auth, pk))


def _kept(viewer: Actor, pk: int) -> Opportunity:
    found = opportunity(viewer, pk)
    if found.deleted_at is not None:
        raise NotVisible
    return found


def _record(viewer: Actor, pk: int) -> dict[str, Any]:
    return WHOLE.one(viewer, opportunities(viewer).filter(pk=pk), at=now())


def _result(one: Result, label: str, *, sees: bool) -> dict[str, Any]:
    return {
        "key": None if one.key is None else str(one.key),
        "label": label,
        "won": one.won,
        "lost": one.lost,
        "win_rate": _text(one.rate),
        "amount_won": _text(one.amount) if sees else None,
        "mean_won": _text(one.mean) if sees else None,
        "days_to_win": _text(one.days_won),
        "days_to_lose": _text(one.days_lost),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(CENT))


def _stage(pk: int | None) -> Stage:
    found = stages().filter(pk=pk).first() if pk else first_stage()
    if found is None:
        raise BadInput([Wrong("stage", _("There is no such stage any more."))])
    return found


def _with_records(viewer: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """Return ``given`` with customer and product as records in place of their numbers."""
    found = dict(given)
    if given.get("customer") is not None:
        found["customer"] = _party(viewer, given["customer"])
    if given.get("product") is not None:
        found["product"] = _goods(viewer, given["product"])
    return found


def _goods(viewer: Actor, pk: int) -> "Product":
    try:
        return product(viewer, pk)
    except NotVisible:
        raise BadInput([Wrong("product", _("There is no such product."))]) from None


def _party(viewer: Actor, pk: int) -> "Customer":
    try:
        return customer(viewer, pk)
    except NotVisible:
        raise BadInput([Wrong("customer", _("There is no such customer."))]) from None
