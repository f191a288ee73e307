"""Whose birthday is next."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from guanxi.customers.models import Customer
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor


def birthdays(
    viewer: Actor, *, today: date, days: int, whose: Q | None = None
) -> "QuerySet[Customer]":
    """Return who of ``viewer`` has a birthday from ``today`` on for ``days`` days, by day."""
    last = today + timedelta(days=days - 1)
    found = customers(viewer).filter(traits__next_birthday_on__range=(today, last))
    if whose is not None:
        found = found.filter(whose)
    return found.select_related("traits", "owner").order_by(
        "traits__next_birthday_on", "-traits__order_total", "pk"
    )
