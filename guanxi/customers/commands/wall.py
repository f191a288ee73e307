"""Shut single customers from colleagues, whatever else would open them."""

from datetime import datetime
from typing import TYPE_CHECKING

from guanxi.customers.events import WallSet, WallTakenDown
from guanxi.customers.models import Customer, CustomerWall
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.events import publish
from guanxi.identity.commands.tie import end_tie, tie

if TYPE_CHECKING:
    from guanxi.identity.models import Team, User


@command(needs="wall.edit")
def set_wall(
    by: Actor,
    customer: Customer,
    /,
    *,
    to: "User | Team",
    reason: str,
    at: datetime,
) -> CustomerWall:
    """
    Let ``to`` not know of ``customer`` any more, nor of what hangs on it.

    It wins over every role, share and territory, but for those who set walls themselves.

    :raises BadTie: without a reason, or for somebody who does not work here any more.
    """
    Customer.objects.select_for_update().get(pk=customer.pk)
    made = tie(by, CustomerWall, customer.pk, to, reason=reason, at=at)
    publish(WallSet(**_told(made), at=at))
    return made


@command(needs="wall.edit")
def take_wall_down(
    by: Actor, customer: Customer, wall_id: int, /, *, at: datetime
) -> None:
    """
    Let roles, shares and territories decide again.

    :raises NotVisible: if ``customer`` has no such wall.
    """
    rows = CustomerWall._base_manager.select_for_update(of=("self",))
    found = rows.filter(pk=wall_id, record=customer, ended_at=None).first()
    if found is None:
        raise NotVisible
    end_tie(found, at=at)
    publish(WallTakenDown(**_told(found), at=at))


def _told(wall: CustomerWall) -> dict[str, int]:
    """Return what every event of a wall says about it."""
    named = {"user_id": wall.user_id, "team_id": wall.team_id}
    return {
        "wall_id": wall.pk,
        "record_id": wall.record_id,
        **{name: pk for name, pk in named.items() if pk is not None},
    }
