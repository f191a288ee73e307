"""Orders belong to whoever looks after their customer."""

from typing import TYPE_CHECKING

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.sales.models import Order

if TYPE_CHECKING:
    from guanxi.customers.models import Customer


@command(needs="order.edit")
def follow_owner(by: Actor, customer: "Customer") -> int:
    """Give all orders of ``customer`` to its owner and team; return how many moved."""
    wanted = {"owner_id": customer.owner_id, "team_id": customer.team_id}
    orders = Order.objects.filter(customer=customer)
    return orders.exclude(**wanted).update(**wanted)
