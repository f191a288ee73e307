"""The copies that somebody had made for a person."""

from django.db.models import QuerySet

from guanxi.customers.models import Customer, SubjectExport
from guanxi.foundation.actor import Actor


def copies_of(viewer: Actor, customer: Customer) -> "QuerySet[SubjectExport]":
    """Return the copies of ``customer`` that ``viewer`` asked for, the latest first."""
    mine = SubjectExport.objects.filter(
        customer_id=customer.pk, requested_by_id=viewer.actor_id or 0
    )
    return mine.order_by("-pk")
