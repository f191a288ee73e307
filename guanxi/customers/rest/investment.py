"""Contacts and costs of customers for programs: /api/v1/investments."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.commands.investment import (
    change_investment,
    record_investment,
    restore_investment,
    trash_investment,
)
from guanxi.customers.policies import INVESTMENT
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.investment import (
    invested,
    investment,
    investments,
    trashed_investment,
)
from guanxi.customers.rules.investment import (
    LONGEST_NOTE,
    LONGEST_PLACE,
    Aim,
    ContactMode,
)
from guanxi.customers.tables import INVESTMENTS
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import From, Input, Record, Shape, require_writable

router = Router(tags=["customers"])


class InvestmentRecord(Record):
    """A contact with its expense, or another cost; amounts are exact texts."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    customer_id: Annotated[int, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str, From("customer__name", "customer")]
    aim: Aim
    mode: str = Field(description="How a contact took place; empty for a cost alone.")
    happened_at: datetime
    place: str
    amount: str
    note: str
    made_by: Annotated[int | None, From("made_by_id", "made_by", is_key=True)]


class InvestmentPage(Record):
    """One page of contacts and costs; ``next`` is the cursor of the following one."""

    items: list[InvestmentRecord]
    next: str | None


class InvestedRecord(Record):
    """What was put into a customer; sums are left out for who reads no amounts."""

    entries: int
    contacts: int
    last_contact_at: datetime | None
    total: str | None = None
    acquisition: str | None = None
    sales: str | None = None
    service: str | None = None
    retention: str | None = None


class InvestmentInput(Input):
    """What was put into a customer; without ``mode`` a cost without a contact."""

    aim: Aim = Aim.SERVICE
    mode: ContactMode | None = None
    happened_at: datetime | None = Field(default=None, description="Now, if left out.")
    place: str = Field(default="", max_length=LONGEST_PLACE)
    amount: Decimal = Field(default=Decimal(0), ge=0, max_digits=14, decimal_places=2)
    note: str = Field(default="", max_length=LONGEST_NOTE)


class InvestmentChange(InvestmentInput):
    """What is to be written differently; what is left out stays."""

    version: int | None = None


SHAPE = Shape(InvestmentRecord, INVESTMENT)


@router.get(
    "/investments",
    response=InvestmentPage,
    summary=gettext_noop("List contacts and costs"),
)
def list_investments(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the contacts and costs you may see, the latest first."""
    return listed(request, INVESTMENTS, SHAPE, query)


@router.get(
    "/customers/{int:pk}/investment",
    response=InvestedRecord,
    summary=gettext_noop("Read what was put into a customer"),
)
def get_invested(request: Call, pk: int) -> HttpResponse:
    """Read how many contacts there were, and what was spent for which aim."""
    found = bare_customer(request.auth, pk)
    require(request.auth, "investment.read")
    known = invested(request.auth, found)
    told: dict[str, Any] = {
        name: getattr(known, name)
        for name in ("entries", "contacts", "last_contact_at")
    }
    if known.spent is not None:
        told |= {name: getattr(known.spent, name) for name in ("total", *Aim.values)}
    return answer(told)


@router.post(
    "/customers/{int:pk}/investments",
    response={201: InvestmentRecord},
    summary=gettext_noop("Log a contact or a cost"),
)
def post_investment(request: Call, pk: int, body: InvestmentInput) -> HttpResponse:
    """Log a contact with a customer and its expense, or another cost."""
    by = request.auth
    found = bare_customer(by, pk)
    require(by, "investment.create", found)
    new = record_investment(by, found, at=now(), **_facts(by, body))
    return made(_whole(by, new.pk), f"/api/v1/investments/{new.pk}")


@router.get(
    "/investments/{int:pk}",
    response=InvestmentRecord,
    summary=gettext_noop("Read a contact or cost"),
)
def get_investment(request: Call, pk: int) -> HttpResponse:
    """Read one contact or cost."""
    return answer(_whole(request.auth, pk))


@router.patch(
    "/investments/{int:pk}",
    response=InvestmentRecord,
    summary=gettext_noop("Change a contact or cost"),
)
def patch_investment(request: Call, pk: int, body: InvestmentChange) -> HttpResponse:
    """Write a contact or cost down differently."""
    by = request.auth
    found = investment(by, pk)
    require(by, "investment.edit", found)
    facts = _facts(by, body)
    change_investment(by, found, at=now(), version=facts.pop("version", None), **facts)
    return answer(_whole(by, pk))


@router.delete(
    "/investments/{int:pk}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_investment(request: Call, pk: int) -> HttpResponse:
    """Put a contact or cost into the trash, where it counts for nothing."""
    trash_investment(request.auth, investment(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/investments/{int:pk}/restoration",
    response=InvestmentRecord,
    summary=gettext_noop("Take out of the trash"),
)
def post_investment_restoration(request: Call, pk: int) -> HttpResponse:
    """Take a contact or cost out of the trash."""
    found = trashed_investment(request.auth, pk)
    restore_investment(request.auth, found, at=now())
    return answer(_whole(request.auth, pk))


def _facts(by: Actor, body: InvestmentInput) -> dict[str, Any]:
    """Return what was sent, as far as ``by`` may write it."""
    given = body.given()
    require_writable(by, INVESTMENT, given.keys() - {"aim", "mode", "happened_at"})
    if given.get("happened_at", 0) is None:
        del given["happened_at"]
    return given


def _whole(viewer: Actor, pk: int) -> dict[str, Any]:
    return SHAPE.one(viewer, investments(viewer).filter(pk=pk), at=now())
