"""Key customer proposals for programs: /api/v1/key-proposals."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.analytics.commands.key_proposal import (
    accept_key_proposal,
    decline_key_proposal,
    reopen_key_proposal,
)
from guanxi.analytics.models import KeyProposal
from guanxi.analytics.policies import KEY_PROPOSAL
from guanxi.analytics.queries import key_proposal, key_proposals
from guanxi.analytics.rules import ProposalState
from guanxi.analytics.tables import KEY_PROPOSALS
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import From, Record, Shape

router = Router(tags=["insight"])


class KeyProposalRow(Record):
    """What the rule proposes about a customer, and what the customer reached."""

    id: Annotated[int, From("pk")]
    customer_id: Annotated[int, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str, From("customer__name", "customer")]
    becomes_key: bool = Field(
        description="Whether to become a key customer, or to cease to be one."
    )
    orders: int
    amount: str
    profit_rate: Decimal | None = Field(description="In percent.")
    state: ProposalState
    found_at: datetime


class KeyProposalPage(Record):
    """One page of proposals; ``next`` is the cursor of the following one."""

    items: list[KeyProposalRow]
    next: str | None


ROW = Shape(KeyProposalRow, KEY_PROPOSAL)


@router.get(
    "/key-proposals",
    response=KeyProposalPage,
    summary=gettext_noop("List key customer proposals"),
)
def list_key_proposals(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the proposals about customers you may see, the open ones first."""
    return listed(request, KEY_PROPOSALS, ROW, query)


@router.get(
    "/key-proposals/{int:pk}",
    response=KeyProposalRow,
    summary=gettext_noop("Read one key customer proposal"),
)
def get_key_proposal(request: Call, pk: int) -> HttpResponse:
    """Read one proposal."""
    require(request.auth, "key_proposal.read")
    return answer(_record(request.auth, pk))


@router.post(
    "/key-proposals/{int:pk}/acceptance",
    response=KeyProposalRow,
    summary=gettext_noop("Accept a key customer proposal"),
)
def post_key_acceptance(request: Call, pk: int) -> HttpResponse:
    """Make the customer a key customer, or let it be one no longer, as proposed."""
    return _decided(request.auth, pk, accept_key_proposal)


@router.post(
    "/key-proposals/{int:pk}/refusal",
    response=KeyProposalRow,
    summary=gettext_noop("Decline a key customer proposal"),
)
def post_key_refusal(request: Call, pk: int) -> HttpResponse:
    """Leave the customer as it is; it is not proposed again until the facts change."""
    return _decided(request.auth, pk, decline_key_proposal)


@router.post(
    "/key-proposals/{int:pk}/reopening",
    response=KeyProposalRow,
    summary=gettext_noop("Take back what was decided"),
)
def post_key_reopening(request: Call, pk: int) -> HttpResponse:
    """Take back what was decided; the customer is again what it was before."""
    return _decided(request.auth, pk, reopen_key_proposal)


def _decided(by: Actor, pk: int, decide: Callable[..., KeyProposal]) -> HttpResponse:
    decide(by, key_proposal(by, pk), at=now())
    return answer(_record(by, pk))


def _record(viewer: Actor, pk: int) -> dict[str, Any]:
    return ROW.one(viewer, key_proposals(viewer).filter(pk=pk), at=now())
