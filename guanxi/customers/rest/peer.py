"""Peers and their tips for programs: /api/v1/peers."""

from datetime import date
from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.commands.peer import Lead, log_tip, register_peer
from guanxi.customers.policies import PEER
from guanxi.customers.queries.peer import peer, peers
from guanxi.customers.rules import Form
from guanxi.customers.rules.peer import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PHONE,
    DealOutcome,
)
from guanxi.customers.tables import PEERS
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, made
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import From, Input, Record, Shape

router = Router(tags=["customers"])


class PeerRecord(Record):
    """A salesperson of another firm who tells us of demand."""

    id: Annotated[int, From("pk")]
    name: str
    company: str
    product: str
    is_upstream: bool
    phone: str
    note: str
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]


class PeerPage(Record):
    """One page of peers; ``next`` is the cursor of the following one."""

    items: list[PeerRecord]
    next: str | None


class PeerInput(Input):
    """A peer to register."""

    name: str = Field(max_length=LONGEST_NAME)
    company: str = Field(default="", max_length=LONGEST_NAME)
    product: str = Field(max_length=LONGEST_NAME)
    is_upstream: bool = False
    phone: str = Field(default="", max_length=LONGEST_PHONE)
    note: str = Field(default="", max_length=LONGEST_NOTE)


class TipInput(Input):
    """Of whom a peer told, after which deal."""

    name: str = Field(max_length=200)
    form: Form = Form.PERSON
    phone: str = Field(default="", max_length=LONGEST_PHONE)
    outcome: DealOutcome
    need: str = Field(max_length=LONGEST_NOTE)
    told_on: date


class TipRecord(Record):
    """A tip, and the potential customer that it made."""

    id: int
    customer_id: int


SHAPE = Shape(PeerRecord, PEER)


@router.get("/peers", response=PeerPage, summary=gettext_noop("List peers"))
def list_peers(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the peers you may see, the latest first."""
    return listed(request, PEERS, SHAPE, query)


@router.post(
    "/peers", response={201: PeerRecord}, summary=gettext_noop("Register a peer")
)
def post_peer(request: Call, body: PeerInput) -> HttpResponse:
    """Register a salesperson of another firm as a source of demand."""
    by = request.auth
    require(by, "peer.create")
    new = register_peer(by, at=now(), **body.dict())
    record = SHAPE.one(by, peers(by).filter(pk=new.pk), at=now())
    return made(record, "/api/v1/peers")


@router.post(
    "/peers/{int:pk}/tips",
    response={201: TipRecord},
    summary=gettext_noop("Log a tip of a peer"),
)
def post_tip(request: Call, pk: int, body: TipInput) -> HttpResponse:
    """Make a potential customer of whom a peer told."""
    found = peer(request.auth, pk)
    require(request.auth, "peer.edit", found)
    new = log_tip(
        request.auth,
        found,
        Lead(name=body.name, form=body.form, phone=body.phone),
        outcome=body.outcome,
        need=body.need,
        told_on=body.told_on,
        at=now(),
    )
    path = f"/api/v1/customers/{new.customer_id}"
    return made({"id": new.pk, "customer_id": new.customer_id}, path)
