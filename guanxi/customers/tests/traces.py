"""What a command left behind at a customer."""

from guanxi.customers.models import ContactPoint, Customer
from guanxi.foundation.models import LoggedEvent


def log(customer: Customer) -> list[str]:
    """Return the events of a customer, oldest first."""
    rows = LoggedEvent.objects.filter(party_id=customer.pk).order_by("pk")
    return [name.partition(".")[2] for name in rows.values_list("name", flat=True)]


def points(customer: Customer) -> list[tuple[str, str, bool]]:
    rows = ContactPoint.objects.filter(customer=customer).order_by("pk")
    return list(rows.values_list("kind", "value", "is_primary"))
