"""Leads for programs: /api/v1/leads."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.queries.customer import customer
from guanxi.customers.rules.investment import ContactMode
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
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
from guanxi.sales.commands.lead import (
    change_lead,
    claim_lead,
    contact_lead,
    create_lead,
    discard_lead,
    release_lead,
    reopen_lead,
    restore_lead,
    trash_lead,
)
from guanxi.sales.commands.lead_conversion import NewDeal, convert_lead
from guanxi.sales.models import Lead
from guanxi.sales.policies import LEAD
from guanxi.sales.queries.lead import lead, leads
from guanxi.sales.queries.opportunity import first_stage
from guanxi.sales.queries.product import product
from guanxi.sales.rules.lead import LONGEST_NOTE, DiscardReason, LeadState, Origin
from guanxi.sales.rules.opportunity import LARGEST_AMOUNT
from guanxi.sales.tables import LEAD_POOL, LEADS

router = Router(tags=["leads"])


class PooledLead(Record):
    """A lead of the public pool: what it is about, and nobody's name."""

    id: Annotated[int, From("pk")]
    company: str
    province: str
    city: str
    product: Annotated[int | None, From("product_id", "product", is_key=True)]
    origin: Origin
    created_at: Annotated[datetime, From("created_at", "origin")]


class PooledPage(Record):
    """One page of the pool; ``next`` is the cursor of the following one."""

    items: list[PooledLead]
    next: str | None


class LeadRow(PooledLead):
    """A lead as a list shows it."""

    version: Annotated[int, From("version")]
    name: str
    phone: str | None
    email: str | None
    state: LeadState
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    next_contact_on: date | None
    protected_until: datetime | None
    customer_id: Annotated[int | None, From("customer_id", "customer", is_key=True)]


class LeadRecord(LeadRow):
    """A lead with all that is known of it; amounts are exact texts."""

    amount: str | None
    origin_note: str
    referrer: Annotated[int | None, From("referrer_id", "referrer", is_key=True)]
    has_need: bool | None
    has_motive: bool | None
    has_means: bool | None
    is_new: bool | None
    contacted_at: datetime | None
    discard_reason: str
    note: str | None
    external_id: str
    deleted_at: Annotated[datetime | None, From("deleted_at", "state")]


class NewLeadNumber(Record):
    """The number of a lead that was recorded; the rules may have given it to others."""

    id: int


class LeadPage(Record):
    """One page of leads; ``next`` is the cursor of the following one."""

    items: list[LeadRow]
    next: str | None


class LeadInput(Input):
    """The facts of a lead; what is left out stays."""

    name: str = Field(default="", max_length=200)
    company: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    province: str = Field(default="", max_length=40)
    city: str = Field(default="", max_length=40)
    product: int | None = None
    amount: Decimal | None = Field(
        default=None, ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    origin: Origin = Origin.OTHER
    origin_note: str = Field(default="", max_length=200)
    referrer: int | None = None
    has_need: bool | None = None
    has_motive: bool | None = None
    has_means: bool | None = None
    is_new: bool | None = None
    next_contact_on: date | None = None
    note: str = Field(default="", max_length=LONGEST_NOTE)
    external_id: str = Field(default="", max_length=80)


class NewLead(LeadInput):
    """A lead to record, for the caller or for whom the rules say."""

    is_mine: bool = False


class LeadChange(LeadInput):
    """A change made looking at ``version``."""

    version: int


class LeadContactInput(Input):
    """How one was in touch, what came of it, and when next."""

    mode: ContactMode
    note: str = Field(min_length=1, max_length=LONGEST_NOTE)
    next_on: date | None = None


class DiscardInput(Input):
    """Why it comes to nothing."""

    reason: DiscardReason
    note: str = Field(default="", max_length=400)


class ConversionInput(Input):
    """
    Whom it becomes: a customer there already, else a new one.

    With ``opportunity``, a title, one is recorded in the first stage.
    """

    customer: int | None = None
    opportunity: str = Field(default="", max_length=200)
    amount: Decimal | None = Field(
        default=None, ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    expected_on: date | None = None


ROW = Shape(LeadRow, LEAD)
WHOLE = Shape(LeadRecord, LEAD)
POOLED = Shape(PooledLead, LEAD)


@router.get("/leads", response=LeadPage, summary=gettext_noop("List leads"))
def list_leads(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the leads you see, the newest first."""
    return listed(request, LEADS, ROW, query)


@router.get(
    "/lead-pool", response=PooledPage, summary=gettext_noop("List the pool of leads")
)
def list_lead_pool(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the leads that nobody looks after, the oldest first."""
    require(request.auth, "lead.claim")
    return listed(request, LEAD_POOL, POOLED, query)


@router.post(
    "/leads", response={201: NewLeadNumber}, summary=gettext_noop("Record a lead")
)
def post_lead(request: Call, body: NewLead) -> HttpResponse:
    """Record a lead; without ``is_mine`` the rules give it to somebody, or it is pooled."""
    by = request.auth
    require(by, "lead.create")
    given = body.given()
    is_mine = given.pop("is_mine", False)
    require_writable(by, LEAD, given)
    facts = _with_records(by, given)
    new = create_lead(by, at=now(), is_mine=is_mine, **facts)
    return made({"id": new.pk}, f"/api/v1/leads/{new.pk}")


@router.get(
    "/leads/{int:pk}", response=LeadRecord, summary=gettext_noop("Read one lead")
)
def get_lead(request: Call, pk: int) -> HttpResponse:
    """Read one lead."""
    return answer(_record(request.auth, pk))


@router.patch(
    "/leads/{int:pk}", response=LeadRecord, summary=gettext_noop("Change a lead")
)
def patch_lead(request: Call, pk: int, body: LeadChange) -> HttpResponse:
    """Describe a lead otherwise."""
    by, found = request.auth, _kept(request.auth, pk)
    require(by, "lead.edit", found)
    given = body.given()
    version = given.pop("version")
    require_writable(by, LEAD, given)
    change_lead(by, found, version=version, at=now(), **_with_records(by, given))
    return answer(_record(by, pk))


@router.post(
    "/leads/{int:pk}/claim",
    response=LeadRecord,
    summary=gettext_noop("Claim a lead from the pool"),
)
def post_lead_claim(request: Call, pk: int) -> HttpResponse:
    """Take a lead out of the public pool; refused to who holds too many."""
    claim_lead(request.auth, pk, at=now())
    return answer(_record(request.auth, pk))


@router.post(
    "/leads/{int:pk}/contacts",
    response=LeadRecord,
    summary=gettext_noop("Log a contact with a lead"),
)
def post_lead_contact(request: Call, pk: int, body: LeadContactInput) -> HttpResponse:
    """Log that somebody was in touch; the days of protection begin anew."""
    contact_lead(
        request.auth,
        _kept(request.auth, pk),
        mode=body.mode,
        note=body.note,
        next_on=body.next_on,
        at=now(),
    )
    return answer(_record(request.auth, pk))


@router.post(
    "/leads/{int:pk}/release",
    response={204: None},
    summary=gettext_noop("Release a lead into the pool"),
)
def post_lead_release(request: Call, pk: int) -> HttpResponse:
    """Put a lead back into the public pool."""
    release_lead(request.auth, _kept(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/leads/{int:pk}/discard",
    response=LeadRecord,
    summary=gettext_noop("Close a lead"),
)
def post_lead_discard(request: Call, pk: int, body: DiscardInput) -> HttpResponse:
    """Close a lead that comes to nothing."""
    found = _kept(request.auth, pk)
    discard_lead(request.auth, found, reason=body.reason, note=body.note, at=now())
    return answer(_record(request.auth, pk))


@router.post(
    "/leads/{int:pk}/reopening",
    response=LeadRecord,
    summary=gettext_noop("Open a lead again"),
)
def post_lead_reopening(request: Call, pk: int) -> HttpResponse:
    """Open a discarded lead again."""
    reopen_lead(request.auth, _kept(request.auth, pk), at=now())
    return answer(_record(request.auth, pk))


@router.post(
    "/leads/{int:pk}/conversion",
    response=LeadRecord,
    summary=gettext_noop("Convert a lead"),
)
def post_lead_conversion(request: Call, pk: int, body: ConversionInput) -> HttpResponse:
    """Make a potential customer of a lead that passes the test, or join it to one."""
    by, found = request.auth, _kept(request.auth, pk)
    party = _party(by, body.customer, "customer") if body.customer else None
    deal = None
    if body.opportunity:
        deal = NewDeal(body.opportunity, first_stage(), body.amount, body.expected_on)
    convert_lead(by, found, customer=party, deal=deal, at=now())
    return answer(_record(by, pk))


@router.delete(
    "/leads/{int:pk}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_lead(request: Call, pk: int) -> HttpResponse:
    """Put a lead into the trash."""
    trash_lead(request.auth, _kept(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/leads/{int:pk}/restoration",
    response=LeadRecord,
    summary=gettext_noop("Take out of the trash"),
)
def post_lead_restoration(request: Call, pk: int) -> HttpResponse:
    """Take a lead out of the trash."""
    restore_lead(request.auth, lead(request.auth, pk), at=now())
    return answer(_record(request.auth, pk))


def _kept(viewer: Actor, pk: int) -> Lead:
    found = lead(viewer, pk)
    if found.deleted_at is not None:
        raise NotVisible
    return found


def _record(viewer: Actor, pk: int) -> dict[str, Any]:
    return WHOLE.one(viewer, leads(viewer).filter(pk=pk), at=now())


def _with_records(viewer: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """Return ``given`` with product and referrer as records in place of their numbers."""
    found = dict(given)
    if given.get("referrer") is not None:
        found["referrer"] = _party(viewer, given["referrer"], "referrer")
    if given.get("product") is not None:
        try:
            found["product"] = product(viewer, given["product"])
        except NotVisible:
            raise BadInput([Wrong("product", _("There is no such product."))]) from None
    return found


def _party(viewer: Actor, pk: int, field: str) -> Any:
    try:
        return customer(viewer, pk)
    except NotVisible:
        raise BadInput([Wrong(field, _("There is no such customer."))]) from None
