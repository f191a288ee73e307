"""Customers for tests."""

from datetime import datetime
from itertools import count

from guanxi.customers.commands.contact_point import (
    fill_columns,
    insert_points,
    reaches_of,
)
from guanxi.customers.commands.field import FieldFacts, add_field
from guanxi.customers.models import Customer, DuplicatePair, FieldGroup, Traits
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.field import FieldKind, Names
from guanxi.customers.rules.point import Point
from guanxi.foundation.actor import System
from guanxi.identity.tests.factories import NOON

_number = count(1)


def make_customer(
    name: str = "",
    *,
    phone: str = "",
    email: str = "",
    at: datetime = NOON,
    traits: dict[str, object] | None = None,
    **facts: object,
) -> Customer:
    """
    Return a stored customer with its contact points and traits row.

    ``facts`` are columns of ``Customer`` (``owner``, ``team``, ``state``, ``city``, …);
    ``traits`` are columns of ``Traits``.
    """
    customer = Customer(
        name=name or f"客户{next(_number)}", created_at=at, updated_at=at, **facts
    )
    points = [
        Point(kind, text, is_primary=True)
        for kind, text in ((PointKind.PHONE, phone), (PointKind.EMAIL, email))
        if text
    ]
    reaches = reaches_of(points)
    fill_columns(customer, reaches)
    customer.save()
    insert_points(customer, reaches)
    Traits.objects.create(customer=customer, **(traits or {}))
    return customer


def make_pair(
    one: Customer, other: Customer, *, score: int = 90, at: datetime = NOON
) -> DuplicatePair:
    """Return a stored pair that the run over the whole base may have found."""
    first, second = sorted((one, other), key=lambda customer: customer.pk)
    return DuplicatePair.objects.create(
        one=first,
        other=second,
        score=score,
        reasons=["name", "phone"],
        one_mark=str(first.pk),
        other_mark=str(second.pk),
        found_at=at,
    )


def make_field(
    group: FieldGroup, kind: FieldKind, zh: str, en: str, **more: object
) -> str:
    """Add a field and return its key."""
    facts: FieldFacts = {"names": Names(zh, en), **more}  # type: ignore[typeddict-item]  # -- by name
    return add_field(System("tests"), group, kind, at=NOON, **facts).key
