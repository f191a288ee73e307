"""Customers for whom nobody is responsible: they have no owner, or one who has left."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Q

from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules import Responsible
from guanxi.foundation.actor import Actor
from guanxi.foundation.policies import NOBODY

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guanxi.customers.models import Customer


def is_without(answers: Sequence[str]) -> Q:
    """Return the condition that a customer lacks somebody responsible in one of the ways."""
    found = NOBODY
    if Responsible.NONE in answers:
        found |= Q(owner__isnull=True)
    if Responsible.LEFT in answers:
        # By their numbers, for the index of owners to find them.
        gone = get_user_model().objects.filter(is_active=False)
        found |= Q(owner__in=list(gone.values_list("pk", flat=True)))
    return found


def ownerless(viewer: Actor) -> "QuerySet[Customer]":
    """Return the customers without anybody responsible to whom ``viewer`` may give one."""
    if "owner" not in CUSTOMER.readable(viewer):
        return customers(viewer).none()
    rows = customers(viewer).filter(CUSTOMER.visible(viewer, "assign"))
    return rows.filter(is_without(Responsible.values))
