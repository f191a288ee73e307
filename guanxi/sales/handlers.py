"""What sales does when rooms below announce something."""

from django.utils.translation import gettext_noop

from guanxi.customers.events import OwnerChanged
from guanxi.customers.queries.customer import customer
from guanxi.foundation.actor import System
from guanxi.foundation.errors import NotVisible
from guanxi.sales.commands.owner import follow_owner

HOUSE = System(gettext_noop("sales"))


def move_orders(event: OwnerChanged) -> None:
    """Let the new owner of a customer see what it has ordered."""
    try:
        party = customer(HOUSE, event.customer_id)
    except NotVisible:
        return  # deleted for good meanwhile
    follow_owner(HOUSE, party)
