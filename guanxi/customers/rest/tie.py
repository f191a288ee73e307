"""Shares and walls of a customer for programs: /api/v1/customers/…/shares, …/walls."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import AwareDatetime, Field

from guanxi.customers.commands.share import revoke_share, share_customer
from guanxi.customers.commands.wall import set_wall, take_wall_down
from guanxi.customers.models import CustomerShare
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.tie import shares_of, walls_of
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import Input, Record
from guanxi.foundation.ties.models import LONGEST_REASON, ShareLevel, Tie
from guanxi.identity.queries import assignable_users, teams

if TYPE_CHECKING:
    from guanxi.identity.models import Team, User

router = Router(tags=["customers"])


class TieRecord(Record):
    """Who it is with: the number of a user, or of a team with those below it."""

    id: int
    user: int | None
    team: int | None
    reason: str
    set_by: int | None
    set_at: datetime


class ShareRecord(TieRecord):
    """A customer opened to somebody."""

    level: ShareLevel
    expires_at: datetime | None


class SharesRecord(Record):
    """The shares that count now, the latest first."""

    items: list[ShareRecord]


class WallsRecord(Record):
    """The walls that stand now, the latest first."""

    items: list[TieRecord]


class TieInput(Input):
    """With whom, and why: either a user or a team."""

    user: int | None = None
    team: int | None = None
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class ShareInput(TieInput):
    """For what, and until when; without an end until it is taken back."""

    level: ShareLevel = ShareLevel.READ
    expires_at: AwareDatetime | None = None


@router.get(
    "/customers/{int:pk}/shares",
    response=SharesRecord,
    summary=gettext_noop("List the shares of a customer"),
)
def get_shares(request: Call, pk: int) -> HttpResponse:
    """List with whom a customer is shared; only for those who may share it."""
    found = bare_customer(request.auth, pk)
    require(request.auth, "customer.share", found)
    return answer({"items": [_share(one) for one in shares_of(found)]})


@router.post(
    "/customers/{int:pk}/shares",
    response={201: ShareRecord},
    summary=gettext_noop("Share a customer"),
)
def post_share(request: Call, pk: int, body: ShareInput) -> HttpResponse:
    """Open a customer to a user or a team, in place of an earlier share with them."""
    by, found = request.auth, bare_customer(request.auth, pk)
    require(by, "customer.share", found)
    share = share_customer(
        by,
        found,
        to=_to(by, body),
        level=body.level,
        reason=body.reason,
        expires_at=body.expires_at,
        at=now(),
    )
    return made(_share(share), f"/api/v1/customers/{pk}/shares")


@router.delete(
    "/customers/{int:pk}/shares/{int:share_id}",
    response={204: None},
    summary=gettext_noop("Take a share back"),
)
def delete_share(request: Call, pk: int, share_id: int) -> HttpResponse:
    """Close the customer again to whom it was shared with."""
    found = bare_customer(request.auth, pk)
    revoke_share(request.auth, found, share_id, at=now())
    return nothing()


@router.get(
    "/customers/{int:pk}/walls",
    response=WallsRecord,
    summary=gettext_noop("List the walls around a customer"),
)
def get_walls(request: Call, pk: int) -> HttpResponse:
    """List from whom a customer is shut; only for those who may know of walls."""
    found = bare_customer(request.auth, pk)
    require(request.auth, "wall.read", found)
    return answer({"items": [_tie(one) for one in walls_of(request.auth, found)]})


@router.post(
    "/customers/{int:pk}/walls",
    response={201: TieRecord},
    summary=gettext_noop("Wall a customer off"),
)
def post_wall(request: Call, pk: int, body: TieInput) -> HttpResponse:
    """Shut a customer from a user or a team, whatever else would open it."""
    by, found = request.auth, bare_customer(request.auth, pk)
    require(by, "wall.edit", found)
    wall = set_wall(by, found, to=_to(by, body), reason=body.reason, at=now())
    return made(_tie(wall), f"/api/v1/customers/{pk}/walls")


@router.delete(
    "/customers/{int:pk}/walls/{int:wall_id}",
    response={204: None},
    summary=gettext_noop("Take a wall down"),
)
def delete_wall(request: Call, pk: int, wall_id: int) -> HttpResponse:
    """Let roles and shares decide again."""
    found = bare_customer(request.auth, pk)
    take_wall_down(request.auth, found, wall_id, at=now())
    return nothing()


def _to(viewer: Actor, body: TieInput) -> "User | Team":
    """Return whom ``body`` names; with neither or both it says so."""
    if (body.user is None) == (body.team is None):
        told = _("Choose either a colleague or a team.")
        raise BadInput([Wrong("user", told)])
    if body.user is not None:
        colleague = assignable_users(viewer).filter(pk=body.user).first()
        if colleague is None:
            raise BadInput([Wrong("user", _("There is no such colleague."))])
        return colleague
    team = teams(viewer).filter(pk=body.team or 0).first()
    if team is None:
        raise BadInput([Wrong("team", _("There is no such team."))])
    return team


def _tie(one: Tie) -> dict[str, Any]:
    return {
        "id": one.pk,
        "user": one.user_id,
        "team": one.team_id,
        "reason": one.reason,
        "set_by": one.set_by_id,
        "set_at": one.set_at,
    }


def _share(one: CustomerShare) -> dict[str, Any]:
    return _tie(one) | {"level": one.level, "expires_at": one.expires_at}
