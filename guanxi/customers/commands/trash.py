"""Put customers into the trash, and take them out again."""

from datetime import datetime

from guanxi.customers.events import CustomerRestored, CustomerTrashed
from guanxi.customers.models import Customer
from guanxi.customers.queries.customer import is_merged
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish


@command(needs="customer.delete")
def trash_customer(by: Actor, customer: Customer, *, at: datetime) -> None:
    """Put ``customer`` into the trash; what belongs to it stays with it."""
    kept = Customer.objects.kept().filter(pk=customer.pk)
    if kept.update(deleted_at=at):
        publish(CustomerTrashed(customer_id=customer.pk, at=at))


@command(needs="customer.restore")
def restore_customer(by: Actor, customer: Customer, *, at: datetime) -> None:
    """Take ``customer`` out of the trash; one that was merged is not in it."""
    trashed = Customer.objects.trashed().filter(~is_merged(), pk=customer.pk)
    if trashed.update(deleted_at=None):
        publish(CustomerRestored(customer_id=customer.pk, at=at))
