"""Orders and open opportunities belong to whoever looks after their customer."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.sales.models import Opportunity, Order

if TYPE_CHECKING:
    from guanxi.customers.models import Customer


@command(needs="order.edit")
def follow_owner(by: Actor, customers: "Sequence[Customer]", /) -> int:
    """Give orders and open opportunities of each customer to its owner; tell how many."""
    held: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for one in customers:
        held[one.owner_id, one.team_id].append(one.pk)
    moved = 0
    for (owner_id, team_id), pks in held.items():
        wanted = {"owner_id": owner_id, "team_id": team_id}
        orders = Order.objects.filter(customer__in=pks)
        chances = Opportunity.objects.open().filter(customer__in=pks)
        for rows in (orders, chances):
            moved += rows.exclude(**wanted).update(**wanted)
    return moved
