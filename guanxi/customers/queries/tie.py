"""Whom single customers are opened to, and shut from, at this moment."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from guanxi.customers.models import Customer, CustomerShare, CustomerWall
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import allowed
from guanxi.foundation.ties.conditions import in_force

_NAMED = ("user", "team", "set_by")
MOST_TIES = 100


def shares_of(customer: Customer) -> Sequence[CustomerShare]:
    """Return the shares of ``customer`` that count now, the latest first."""
    rows: QuerySet[Any] = CustomerShare._base_manager.filter(
        in_force(), record=customer
    )
    return list(rows.select_related(*_NAMED).order_by("-pk")[:MOST_TIES])


def walls_of(viewer: Actor, customer: Customer) -> Sequence[CustomerWall]:
    """Return the walls around ``customer``, if ``viewer`` may know of walls."""
    rows = walls(viewer).filter(record=customer)
    return list(rows[:MOST_TIES])


def walls(viewer: Actor) -> "QuerySet[CustomerWall]":
    """Return the walls that stand around customers ``viewer`` sees, the latest first."""
    rows: QuerySet[CustomerWall] = CustomerWall._base_manager.all()
    if not allowed(viewer, "wall.read"):
        return rows.none()
    seen = rows.filter(ended_at=None, record__in=customers(viewer))
    return seen.select_related(*_NAMED, "record").order_by("-pk")
