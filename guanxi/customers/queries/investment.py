"""What was put into customers: which contacts and costs, and what they come to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, Sum
from psycopg import sql

from guanxi.customers.models import Customer, Investment
from guanxi.customers.models.investment import InvestmentQuerySet
from guanxi.customers.policies import INVESTMENT
from guanxi.customers.rules.investment import Aim, Spent, spent
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.money import minor_units

MOST_ON_A_PAGE = 50


@dataclass(frozen=True)
class Invested:
    """What was put into one customer; ``spent`` is None for who may not read amounts."""

    entries: int
    contacts: int
    last_contact_at: datetime | None
    spent: Spent | None


def investments(viewer: Actor) -> InvestmentQuerySet:
    """Return the contacts and costs ``viewer`` may see, with customer and recorder."""
    rows = Investment.objects.kept().filter(INVESTMENT.visible(viewer))
    return rows.select_related("customer", "made_by").order_by("-happened_at", "-pk")


def investment(viewer: Actor, pk: int) -> Investment:
    """
    Return one contact or cost, not from the trash.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = investments(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def trashed_investment(viewer: Actor, pk: int) -> Investment:
    """
    Return one contact or cost in the trash.

    :raises NotVisible: if there is none that ``viewer`` may restore.
    """
    rows = Investment.objects.filter(INVESTMENT.visible(viewer, "delete"), pk=pk)
    found = rows.filter(deleted_at__isnull=False, customer__deleted_at=None).first()
    if found is None:
        raise NotVisible
    return found


def investments_of(
    viewer: Actor, customer: Customer, *, most: int = MOST_ON_A_PAGE
) -> Sequence[Investment]:
    """Return the latest contacts with a customer and costs of it that ``viewer`` sees."""
    return list(investments(viewer).filter(customer_id=customer.pk)[:most])


def invested(viewer: Actor, customer: Customer) -> Invested:
    """Return what was put into ``customer``, as far as ``viewer`` may see it; one query."""
    rows = investments(viewer).filter(customer_id=customer.pk).order_by()
    is_contact = ~Q(mode="")
    sums = {aim.value: Sum("amount", filter=Q(aim=aim), default=0) for aim in Aim}
    found = rows.aggregate(
        entries=Count("pk"),
        contacts=Count("pk", filter=is_contact),
        last_contact_at=Max("happened_at", filter=is_contact),
        **sums,
    )
    is_told = INVESTMENT.level(viewer, "amount") >= Level.READ
    return Invested(
        entries=found["entries"],
        contacts=found["contacts"],
        last_contact_at=found["last_contact_at"],
        spent=spent((aim, found[aim]) for aim in Aim.values) if is_told else None,
    )


def contacts_with(customer: "int | OuterRef") -> InvestmentQuerySet:
    """Return the logged contacts with a customer: its number, or that of an outer query."""
    rows = Investment.objects.kept().contacts()
    return rows.filter(customer_id=customer)  # type: ignore[misc]  # -- an outer row


def cost_facts() -> str:
    """
    Return the SQL of one row per contact or other cost that came to something.

    Columns: bigint ``investment_id``, ``customer_id``, ``owner_id`` and ``team_id`` of the
    customer (0 for none), ``spent`` in minor units; ``spent_on`` date in the time of the
    house, ``aim`` text. Nothing in them names anybody.
    """
    text = sql.SQL(
        "SELECT i.id AS investment_id, i.customer_id,"
        " coalesce(c.owner_id, 0)::bigint AS owner_id,"
        " coalesce(c.team_id, 0)::bigint AS team_id,"
        " (i.happened_at AT TIME ZONE {zone})::date AS spent_on, i.aim::text AS aim,"
        " (i.amount * {scale})::bigint AS spent"
        " FROM customers_investment i JOIN customers_customer c ON c.id = i.customer_id"
        " WHERE i.deleted_at IS NULL AND c.erased_at IS NULL AND i.amount > 0"
        " ORDER BY i.id"
    )
    scale = 10 ** minor_units(settings.CURRENCY)
    return text.format(
        zone=sql.Literal(settings.TIME_ZONE), scale=sql.Literal(scale)
    ).as_string(None)


def known_entries(
    viewer: Actor, customers: Collection[int], moments: Collection[datetime]
) -> set[tuple[int, datetime, str, str, Decimal]]:
    """Return customer, time, mode, aim and expense of what is there of some days."""
    rows = investments(viewer).select_related(None).order_by()
    rows = rows.filter(customer_id__in=customers, happened_at__in=moments)
    told = rows.values_list("customer_id", "happened_at", "mode", "aim", "amount")
    return set(told)
