"""What sales does when rooms below announce something."""

from django.utils.translation import gettext_noop

from guanxi.customers.events import CustomersHandedOver, OwnerChanged
from guanxi.customers.queries.customer import held_customers
from guanxi.foundation.actor import System
from guanxi.sales.commands.owner import follow_owner

HOUSE = System(gettext_noop("sales"))


def move_orders(event: OwnerChanged) -> None:
    """Let the new owner of a customer see what it has ordered."""
    follow_owner(HOUSE, held_customers([event.customer_id]))


def move_orders_of_many(event: CustomersHandedOver) -> None:
    """Let the new owners of customers see what they have ordered."""
    follow_owner(HOUSE, held_customers(event.customer_ids))
