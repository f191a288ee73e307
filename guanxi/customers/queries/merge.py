"""Customers that were merged: where their old address leads, and what can be undone."""

from collections.abc import Mapping

from django.db.models import QuerySet

from guanxi.customers.models import Address, ContactPoint, Customer, Merge
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.merge import ADDRESS, COLUMNS, REACHED_BY
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible

Values = Mapping[str, object]
"""By field of the policy, the value of one customer; empty where there is none."""


def survivor_of(viewer: Actor, pk: int) -> int:
    """
    Return the number of the customer that ``pk`` has become part of.

    :raises NotVisible: if it was not merged, or into one that ``viewer`` may not see.
    """
    merges = Merge.objects.filter(
        gone_id=pk, undone_at__isnull=True, survivor__in=customers(viewer)
    )
    found = merges.values_list("survivor_id", flat=True).first()
    if found is None:
        raise NotVisible
    return found


def merges(viewer: Actor) -> "QuerySet[Merge]":
    """Return the merges of two customers that ``viewer`` may see, the latest first."""
    gone = Customer.objects.filter(CUSTOMER.visible(viewer))
    rows = Merge.objects.filter(
        survivor__in=customers(viewer), gone__in=gone, undone_at__isnull=True
    )
    return rows.select_related("survivor", "gone", "merged_by").order_by("-pk")


def merge(viewer: Actor, pk: int) -> Merge:
    """
    Return one merge that can be taken back.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = merges(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def later_merge(merge: Merge) -> Merge | None:
    """Return the latest merge after ``merge`` that touched one of its two customers."""
    both = [merge.survivor_id, merge.gone_id]
    later = Merge.objects.filter(undone_at__isnull=True, pk__gt=merge.pk)
    rows = later.filter(survivor__in=both) | later.filter(gone__in=both)
    return rows.select_related("survivor", "gone").order_by("-pk").first()


def values_of(customer: Customer) -> dict[str, object]:
    """Return what can be chosen of ``customer``: facts, primary points, the address."""
    values: dict[str, object] = {
        field: getattr(customer, columns[0]) for field, columns in COLUMNS.items()
    }
    values |= {kind: getattr(customer, kind) for kind in REACHED_BY}
    return {**values, ADDRESS: primary_address(customer)}


def primary_address(customer: Customer) -> Address | None:
    """Return the primary address of ``customer``."""
    return Address.objects.filter(customer=customer, is_primary=True).first()


def primary_point(customer: Customer, kind: str) -> ContactPoint | None:
    """Return the primary point of ``kind`` of ``customer``."""
    rows = ContactPoint.objects.filter(customer=customer, kind=kind, is_primary=True)
    return rows.first()
