"""Whom single customers are opened to, and shut from, at this moment."""

from collections.abc import Sequence

from django.db.models import QuerySet

from guanxi.customers.models import Customer, CustomerShare, CustomerWall
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import Kept, asked, asked_by
from guanxi.foundation.rooms import allowed
from guanxi.foundation.ties.conditions import in_force

_NAMED = ("user", "team", "set_by")
MOST_TIES = 100
_kept: Kept = {}


def shares_of(customer: Customer) -> Sequence[CustomerShare]:
    """Return the shares of ``customer`` that count now, the latest first."""
    return asked(_kept, "shares", _shares, customer_id=customer.pk)


def _shares(customer_id: int) -> "QuerySet[CustomerShare]":
    rows: QuerySet[CustomerShare] = CustomerShare._base_manager.filter(
        in_force(), record_id=customer_id
    )
    return rows.select_related(*_NAMED).order_by("-pk")[:MOST_TIES]


def walls_of(viewer: Actor, customer: Customer) -> Sequence[CustomerWall]:
    """Return the walls around ``customer``, if ``viewer`` may know of walls."""
    return asked_by(viewer, _walls_around, customer_id=customer.pk)


def _walls_around(viewer: Actor, customer_id: int) -> "QuerySet[CustomerWall]":
    return walls(viewer).filter(record_id=customer_id)[:MOST_TIES]


def walls(viewer: Actor) -> "QuerySet[CustomerWall]":
    """Return the walls that stand around customers ``viewer`` sees, the latest first."""
    rows: QuerySet[CustomerWall] = CustomerWall._base_manager.all()
    if not allowed(viewer, "wall.read"):
        return rows.none()
    seen = rows.filter(ended_at=None, record__in=customers(viewer))
    return seen.select_related(*_NAMED, "record").order_by("-pk")
