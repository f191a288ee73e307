"""Why customers stay: what was assessed, what leaving costs, what offers give."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from django.db.models import Count, QuerySet, Sum

from guanxi.customers.models import (
    BondAssessment,
    Customer,
    DeliveredValue,
    SwitchingCost,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.bond import FACTORS
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import NotVisible

FIELD = "bonds"
MOST_ON_A_PAGE = 200
Record = TypeVar("Record", BondAssessment, SwitchingCost, DeliveredValue)


@dataclass(frozen=True)
class ProductCosts:
    """What leaving costs a customer as to one product, or none in particular."""

    product: str
    items: Sequence[SwitchingCost]
    total: Decimal


@dataclass(frozen=True)
class Latest:
    """What is known last of a customer; None where it never was."""

    satisfaction: Decimal | None
    lock_in: Decimal | None
    switching_cost: Decimal | None


def may_read_bonds(viewer: Actor) -> bool:
    """Tell whether ``viewer`` is shown why the customers he sees stay."""
    return CUSTOMER.level(viewer, FIELD) >= Level.READ


def assessments_of(viewer: Actor, customer: Customer) -> Sequence[BondAssessment]:
    """Return the bond assessments of ``customer``, the latest first."""
    if not may_read_bonds(viewer):
        return []
    rows = BondAssessment.objects.filter(customer_id=customer.pk, trashed_at=None)
    rows = rows.select_related("made_by").order_by("-assessed_on", "-pk")
    return list(rows[:MOST_ON_A_PAGE])


def switching_costs_of(viewer: Actor, customer: Customer) -> Sequence[SwitchingCost]:
    """Return what leaving would cost ``customer``, by product, the highest first."""
    if not may_read_bonds(viewer):
        return []
    rows = SwitchingCost.objects.filter(customer_id=customer.pk, trashed_at=None)
    return list(rows.order_by("product", "-amount", "pk")[:MOST_ON_A_PAGE])


def by_product(rows: Sequence[SwitchingCost]) -> Sequence[ProductCosts]:
    """Return ``rows``, in the order of their products, with the total of each product."""
    groups = ((name, list(of)) for name, of in groupby(rows, lambda row: row.product))
    return [
        ProductCosts(name, items, sum((one.amount for one in items), Decimal(0)))
        for name, items in groups
    ]


def delivered_values_of(viewer: Actor, customer: Customer) -> Sequence[DeliveredValue]:
    """Return what offers give ``customer``, the latest first."""
    if not may_read_bonds(viewer):
        return []
    rows = DeliveredValue.objects.filter(customer_id=customer.pk, trashed_at=None)
    return list(rows.order_by("-assessed_on", "-pk")[:MOST_ON_A_PAGE])


def record_of(
    viewer: Actor,
    kind: type[Record],
    customer: Customer,
    pk: int,
    *,
    is_trashed: bool = False,
) -> Record:
    """
    Return one record of ``kind`` about ``customer``.

    :raises NotVisible: if there is none that ``viewer`` may read.
    """
    rows = kind._default_manager.filter(customer_id=customer.pk, pk=pk)
    found = rows.filter(trashed_at__isnull=not is_trashed).first()
    if found is None or not may_read_bonds(viewer):
        raise NotVisible
    return found


def latest_of(customers: Sequence[int]) -> Mapping[int, Latest]:
    """Return what is known last of each of ``customers``; three queries."""
    satisfied = _latest(customers, "satisfaction")
    bound = _latest(customers, *FACTORS)
    costs = SwitchingCost.objects.filter(customer_id__in=customers, trashed_at=None)
    sums = dict(
        costs.order_by().values_list("customer_id").annotate(total=Sum("amount"))
    )
    return {
        pk: Latest(
            satisfied[pk].satisfaction if pk in satisfied else None,
            bound[pk].lock_in if pk in bound else None,
            sums.get(pk),
        )
        for pk in customers
    }


def satisfaction_by_owner(
    viewer: Actor, first: date, last: date
) -> list[tuple[int | None, int | None, Decimal, int]]:
    """
    Return owner, team, sum and count of the latest satisfaction of each customer in sight.

    Of the assessments made from ``first`` to ``last``; nothing for whom they are not.
    """
    if not may_read_bonds(viewer):
        return []
    latest = (
        BondAssessment.objects.filter(
            trashed_at=None,
            satisfaction__isnull=False,
            assessed_on__range=(first, last),
            customer__in=customers(viewer).order_by(),
        )
        .order_by("customer_id", "-assessed_on", "-pk")
        .distinct("customer_id")
    )
    rows = BondAssessment.objects.filter(pk__in=latest.values("pk")).order_by()
    whose = rows.values_list("customer__owner_id", "customer__team_id")
    return list(whose.annotate(total=Sum("satisfaction"), count=Count("pk")))


def known_days(viewer: Actor, customers: Collection[int]) -> set[tuple[int, date]]:
    """Return customer and day of the assessments there are of ``customers``."""
    if not may_read_bonds(viewer):
        return set()
    rows = BondAssessment.objects.filter(customer_id__in=customers, trashed_at=None)
    return set(rows.values_list("customer_id", "assessed_on"))


def latest_determinants(
    among: "QuerySet[Customer]", names: Sequence[str]
) -> list[tuple[Decimal, ...]]:
    """
    Return scores ``names`` of the latest assessment, that knows them all, of each customer.

    The caller chooses ``among`` what its viewer sees and may read; one query.
    """
    rows = BondAssessment.objects.filter(
        customer__in=among.values("pk"),
        trashed_at=None,
        **{f"{name}__isnull": False for name in names},
    )
    rows = rows.order_by("customer_id", "-assessed_on", "-pk").distinct("customer_id")
    return list(rows.values_list(*names))


def _latest(customers: Sequence[int], *names: str) -> Mapping[int, BondAssessment]:
    """Return the latest assessment of each customer that knows all of ``names``."""
    rows = BondAssessment.objects.filter(
        customer_id__in=customers,
        trashed_at=None,
        **{f"{name}__isnull": False for name in names},
    )
    rows = rows.order_by("customer_id", "-assessed_on", "-pk").distinct("customer_id")
    return {row.customer_id: row for row in rows}
