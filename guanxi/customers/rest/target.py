"""Target customers for programs: /api/v1/targets."""

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.target import designate_targets, withdraw_targets
from guanxi.customers.rest.named import MOST_NAMED, named_customers, named_owner
from guanxi.customers.rules import LONGEST_TARGET_REASON
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class TargetsInput(Input):
    """Potential customers, why they are targets, and who is to win them."""

    customers: list[int] = Field(min_length=1, max_length=MOST_NAMED)
    reason: str = Field(min_length=1, max_length=LONGEST_TARGET_REASON)
    owner: int | None = Field(
        default=None, description="Without one they stay with whom they are."
    )


class TargetsWithdrawn(Input):
    """Targets that are to be potential customers again."""

    customers: list[int] = Field(min_length=1, max_length=MOST_NAMED)


class TargetsMoved(Record):
    """How many were moved; the others stay as they are."""

    moved: int


@router.post(
    "/targets",
    response=TargetsMoved,
    summary=gettext_noop("Make target customers"),
)
def post_targets(request: Call, body: TargetsInput) -> HttpResponse:
    """
    Make targets of potential customers; read them with `where=state.eq.target`.

    Whoever is no potential customer stays as he is.
    """
    by = request.auth
    require(by, "customer.edit")
    found = named_customers(by, body.customers)
    owner = named_owner(by, body.owner)
    chosen = designate_targets(by, found, reason=body.reason, owner=owner, at=now())
    return answer({"moved": len(chosen.before)})


@router.post(
    "/targets/withdrawal",
    response=TargetsMoved,
    summary=gettext_noop("Make potential customers of targets again"),
)
def post_target_withdrawal(request: Call, body: TargetsWithdrawn) -> HttpResponse:
    """Make potential customers of targets again; the reason goes, the owner stays."""
    by = request.auth
    require(by, "customer.edit")
    found = named_customers(by, body.customers)
    return answer({"moved": withdraw_targets(by, found, at=now())})
