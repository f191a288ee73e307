"""Objections for programs: /api/v1/opportunities/…/objections and /api/v1/objection-tallies."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import Input, Record, require_writable
from guanxi.sales.commands.objection import (
    FEWEST_PARTS,
    change_objection,
    raise_objection,
    remove_objection,
)
from guanxi.sales.models import Objection, Opportunity
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.queries.objection import (
    objection,
    objection_tallies,
    objections,
)
from guanxi.sales.queries.opportunity import opportunity
from guanxi.sales.queries.product import product
from guanxi.sales.rules.objection import (
    LAST_STEP,
    LONGEST_TEXT,
    MOST_PARTS,
    Nature,
    ObjectionKind,
    PayWay,
    PriceSide,
)
from guanxi.sales.rules.opportunity import CENT

router = Router(tags=["opportunities"])


class ObjectionRecord(Record):
    """One objection; ``step`` is the last of the five that was taken."""

    id: int
    version: int
    opportunity: int
    kind: ObjectionKind
    nature: Nature
    step: int
    said: str
    feeling: str
    cause: str
    price_side: str
    product: int | None
    shown: str
    pay_way: str
    parts: int | None
    agreed: str
    created_at: datetime


class ObjectionList(Record):
    """The objections to an opportunity, the newest first."""

    items: list[ObjectionRecord]


class NewObjection(Input):
    """An objection in the customer's words."""

    kind: ObjectionKind
    nature: Nature = Nature.TRUE
    said: str = Field(min_length=1, max_length=LONGEST_TEXT)


class ObjectionChange(Input):
    """What was learned or answered, looking at ``version``; ``step`` takes that step."""

    version: int
    step: int | None = Field(default=None, ge=1, le=LAST_STEP)
    said: str = Field(default="", min_length=1, max_length=LONGEST_TEXT)
    feeling: str = Field(default="", max_length=LONGEST_TEXT)
    kind: ObjectionKind = ObjectionKind.NEED
    nature: Nature = Nature.TRUE
    cause: str = Field(default="", max_length=LONGEST_TEXT)
    price_side: PriceSide | Literal[""] = ""
    product: int | None = None
    shown: str = Field(default="", max_length=LONGEST_TEXT)
    pay_way: PayWay | Literal[""] = ""
    parts: int | None = Field(default=None, ge=FEWEST_PARTS, le=MOST_PARTS)
    agreed: str = Field(default="", max_length=LONGEST_TEXT)


class TallyRow(Record):
    """How often objections of one value were raised, and how their opportunities ended."""

    key: str
    raised: int
    answered: int
    won: int
    lost: int
    open: int
    win_rate: str | None


class TallyList(Record):
    """Objections by a side, the most frequent first."""

    items: list[TallyRow]


class TallyQuery(Input):
    """By what, and of which days."""

    by: Literal["kind", "nature", "price_side"] = "kind"
    first_on: date
    last_on: date


@router.get(
    "/objection-tallies",
    response=TallyList,
    summary=gettext_noop("Read how often objections cost a sale"),
)
def list_objection_tallies(request: Call, asked: Query[TallyQuery]) -> HttpResponse:
    """Count the objections of a span and their won and lost opportunities, by a side."""
    _require_read(request.auth)
    rows = objection_tallies(request.auth, asked.first_on, asked.last_on, asked.by)
    items = [
        {
            "key": one.key,
            "raised": one.count,
            "answered": one.answered,
            "won": one.won,
            "lost": one.lost,
            "open": one.open,
            "win_rate": None if one.rate is None else str(one.rate.quantize(CENT)),
        }
        for one in rows
    ]
    return answer({"items": items})


@router.get(
    "/opportunities/{int:pk}/objections",
    response=ObjectionList,
    summary=gettext_noop("List the objections to an opportunity"),
)
def list_objections(request: Call, pk: int) -> HttpResponse:
    """List the objections to an opportunity, the newest first."""
    by = request.auth
    found = _kept(by, pk)
    _require_read(by)
    return answer({"items": [_told(by, one) for one in objections(by, found)]})


@router.post(
    "/opportunities/{int:pk}/objections",
    response={201: ObjectionRecord},
    summary=gettext_noop("Note an objection"),
)
def post_objection(request: Call, pk: int, body: NewObjection) -> HttpResponse:
    """Note what the customer objects to; the first of the five steps is taken by it."""
    by, found = request.auth, _edited(request.auth, pk)
    facts: Any = body.given()
    new = raise_objection(by, found, at=now(), **facts)
    place = f"/api/v1/opportunities/{pk}/objections"
    return made(_told(by, objection(by, found, new.pk)), place)


@router.patch(
    "/opportunities/{int:pk}/objections/{int:number}",
    response=ObjectionRecord,
    summary=gettext_noop("Classify or answer an objection"),
)
def patch_objection(
    request: Call, pk: int, number: int, body: ObjectionChange
) -> HttpResponse:
    """Say what was learned or answered; steps are taken in their turn."""
    by, found = request.auth, _edited(request.auth, pk)
    facts: Any = body.given()
    if facts.get("product") is not None:
        facts["product"] = _product(by, facts["product"])
    change_objection(by, found, objection_id=number, at=now(), **facts)
    return answer(_told(by, objection(by, found, number)))


@router.delete(
    "/opportunities/{int:pk}/objections/{int:number}",
    response={204: None},
    summary=gettext_noop("Remove an objection"),
)
def delete_objection(request: Call, pk: int, number: int) -> HttpResponse:
    """Take an objection off the record."""
    by, found = request.auth, _edited(request.auth, pk)
    remove_objection(by, found, objection_id=number, at=now())
    return nothing()


def _kept(viewer: Actor, pk: int) -> Opportunity:
    found = opportunity(viewer, pk)
    if found.deleted_at is not None:
        raise NotVisible
    return found


def _edited(by: Actor, pk: int) -> Opportunity:
    """Return the opportunity, if ``by`` may write objections to it."""
    found = _kept(by, pk)
    require(by, "opportunity.edit", found)
    require_writable(by, OPPORTUNITY, {"objections"})
    return found


def _require_read(by: Actor) -> None:
    """
    Let through who reads objections.

    :raises NotVisible: for all others.
    """
    require(by, "opportunity.read")
    if "objections" not in OPPORTUNITY.readable(by):
        raise NotVisible


def _product(by: Actor, pk: int) -> Any:
    try:
        return product(by, pk)
    except NotVisible:
        raise BadInput([Wrong("product", _("There is no such product."))]) from None


def _told(by: Actor, one: Objection) -> dict[str, Any]:
    sees_product = "product" in OPPORTUNITY.readable(by)
    names = ObjectionRecord.model_fields.keys() - {"opportunity", "product"}
    return {name: getattr(one, name) for name in names} | {
        "opportunity": one.opportunity_id,
        "product": one.product_id if sees_product else None,
    }
