"""Handovers for programs: /api/v1/handovers."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.commands.handover import start_handover, undo_handover
from guanxi.customers.commands.handover_report import take_report
from guanxi.customers.policies import HANDOVER
from guanxi.customers.queries.handover import (
    Criteria,
    Plan,
    Shares,
    handover,
    handovers,
    preview,
    shares_of,
)
from guanxi.customers.rules import State, Tier
from guanxi.customers.rules.handover import MOST_TAKERS, Spread
from guanxi.customers.tables import HANDOVERS
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import From, Input, Record, Shape
from guanxi.foundation.tables.export import csv_answer
from guanxi.identity.queries import assignable_users, users

if TYPE_CHECKING:
    from guanxi.identity.models import User

router = Router(tags=["customers"])


class HandoverRow(Record):
    """One handover: whose customers, and how far it is."""

    id: Annotated[int, From("pk")]
    old_owner: Annotated[int, From("old_owner_id", "old_owner", is_key=True)]
    old_owner_name: Annotated[str, From("old_owner__name", "old_owner")]
    started_by: Annotated[int | None, From("started_by_id", "started_by", is_key=True)]
    spread: Spread
    state: str
    total: int
    given: int
    returned: int
    kept: int
    created_at: datetime
    finished_at: datetime | None


class PartRecord(Record):
    """What one of the new owners gets: customers, and what goes along with them."""

    id: int
    name: str
    customers: int
    along: dict[str, int]


class HandoverRecord(HandoverRow):
    """One handover with what each new owner got."""

    parts: list[PartRecord]
    problem: str


class HandoverPage(Record):
    """One page of handovers; ``next`` is the cursor of the following one."""

    items: list[HandoverRow]
    next: str | None


class HandoverPreview(Record):
    """What each of the new owners would get."""

    id: int | None = None
    customers: int
    parts: list[PartRecord]


class HandoverInput(Input):
    """Whose customers go to whom; without conditions all that you may assign."""

    old_owner: int
    takers: list[int] = Field(min_length=1, max_length=MOST_TAKERS)
    spread: Spread = Spread.EQUAL
    state: State | None = None
    tier: Tier | None = None
    city: str = Field(default="", max_length=30)


ROW = Shape(HandoverRow, HANDOVER)


@router.get("/handovers", response=HandoverPage, summary=gettext_noop("List handovers"))
def list_handovers(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the handovers you may see, the latest first."""
    return listed(request, HANDOVERS, ROW, query)


@router.post(
    "/handovers/preview",
    response=HandoverPreview,
    summary=gettext_noop("Preview a handover"),
)
def post_handover_preview(request: Call, body: HandoverInput) -> HttpResponse:
    """Tell what each new owner would get. Nothing changes."""
    by = request.auth
    require(by, "handover.create")
    require(by, "customer.assign")
    old_owner, takers = _people(by, body)
    plan = Plan(old_owner.pk, [t.pk for t in takers], body.spread, _criteria(body))
    shares = preview(by, plan)
    return answer({"customers": shares.customers, "parts": _parts(shares)})


@router.post(
    "/handovers",
    response={201: HandoverRecord},
    summary=gettext_noop("Hand over customers"),
)
def post_handover(request: Call, body: HandoverInput) -> HttpResponse:
    """Begin to give an owner's customers to others; ask for it until it is ``done``."""
    by = request.auth
    require(by, "handover.create")
    old_owner, takers = _people(by, body)
    new = start_handover(
        by,
        old_owner,
        takers,
        spread=body.spread,
        criteria=_criteria(body),
        at=now(),
    )
    return made(_whole(by, new.pk), f"/api/v1/handovers/{new.pk}")


@router.get(
    "/handovers/{int:pk}",
    response=HandoverRecord,
    summary=gettext_noop("Read one handover"),
)
def get_handover(request: Call, pk: int) -> HttpResponse:
    """Read how far a handover is, and who got what."""
    return answer(_whole(request.auth, pk))


@router.get(
    "/handovers/{int:pk}/report",
    summary=gettext_noop("Download the report of a handover"),
    openapi_extra={
        "responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
    },
)
def get_handover_report(request: Call, pk: int) -> FileResponse:
    """Get who got which customer, and what became of it, as CSV."""
    report = take_report(request.auth, handover(request.auth, pk), at=now())
    return csv_answer(report.name, report.header, report.rows)


@router.post(
    "/handovers/{int:pk}/undo",
    response=HandoverRecord,
    summary=gettext_noop("Undo a handover"),
)
def post_handover_undo(request: Call, pk: int) -> HttpResponse:
    """Have the customers given back, but those that changed hands again since."""
    by = request.auth
    undo_handover(by, handover(by, pk), at=now())
    return answer(_whole(by, pk))


def _people(viewer: Actor, body: HandoverInput) -> "tuple[User, Sequence[User]]":
    old_owner = _named(users(viewer), "old_owner", [body.old_owner])
    return old_owner[0], _named(assignable_users(viewer), "takers", body.takers)


def _named(rows: "QuerySet[User]", field: str, pks: Sequence[int]) -> "Sequence[User]":
    found = rows.in_bulk(pks)
    if len(found) < len(set(pks)):
        raise BadInput([Wrong(field, _("There is no such colleague."))])
    return [found[pk] for pk in dict.fromkeys(pks)]


def _criteria(body: HandoverInput) -> Criteria:
    state, tier = body.state or "", body.tier or ""
    return Criteria(state=str(state), tier=str(tier), city=body.city)


def _whole(viewer: Actor, pk: int) -> dict[str, Any]:
    record = ROW.one(viewer, handovers(viewer).filter(pk=pk), at=now())
    found = handover(viewer, pk)
    parts = _parts(shares_of(viewer, found))
    return record | {"parts": parts, "problem": found.problem}


def _parts(shares: Shares) -> list[dict[str, Any]]:
    return [
        {
            "id": part.taker_id,
            "name": part.name,
            "customers": part.customers,
            "along": dict(zip(shares.keys, part.along, strict=True)),
        }
        for part in shares.parts
    ]
