"""Territories with their sizes, and whom a rule would bring into one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from guanxi.customers.models import (
    Customer,
    Territory,
    TerritoryCustomer,
    TerritoryMember,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.territory import TerritoryRule
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import NOBODY
from guanxi.foundation.rooms import allowed
from guanxi.foundation.ties.conditions import stands_for

SAMPLE = 10


@dataclass(frozen=True)
class Part:
    """A territory as a list shows it: how many customers lie in it, and whose it is."""

    territory: Territory
    customers: int
    members: Sequence[str]


@dataclass(frozen=True)
class RulePreview:
    """How many customers fit a rule, and some of them."""

    customers: int
    sample: Sequence[Customer]


def territories(viewer: Actor) -> QuerySet[Territory]:
    """Return all territories if ``viewer`` may see them, in the order of their paths."""
    if not allowed(viewer, "territory.read"):
        return Territory.objects.none()
    return Territory.objects.order_by("path")


def territory(viewer: Actor, pk: int) -> Territory:
    """
    Return one territory.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = territories(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def parts(viewer: Actor) -> Sequence[Part]:
    """Return the territories as a tree reads, with sizes and members: by three queries."""
    found = list(territories(viewer))
    sizes = sizes_of(viewer, [one.pk for one in found])
    names = {one.pk: one.name for one in found}
    found.sort(key=lambda one: [(names[pk], pk) for pk in one.path])
    members = members_of(found)
    return [
        Part(
            one, sizes.get(one.pk, 0), [str(m.user or m.team) for m in members[one.pk]]
        )
        for one in found
    ]


def sizes_of(viewer: Actor, pks: Collection[int]) -> dict[int, int]:
    """Return how many customers that ``viewer`` sees lie in each, those in the trash too."""
    rows = TerritoryCustomer.objects.filter(territory_id__in=pks).order_by()
    if seen := CUSTOMER.visible(viewer):
        rows = rows.filter(customer__in=Customer.objects.filter(seen))
    counted = rows.values_list("territory_id").annotate(n=Count("pk"))
    return dict(counted)


def members_of(
    found: Collection[Territory],
) -> dict[int, list[TerritoryMember]]:
    """Return to whom each belongs."""
    members: dict[int, list[TerritoryMember]] = {one.pk: [] for one in found}
    rows = TerritoryMember.objects.filter(territory__in=found)
    for row in rows.select_related("user", "team").order_by("pk"):
        members[row.territory_id].append(row)
    return members


def territories_of(viewer: Actor, member: Actor) -> QuerySet[Territory]:
    """Return the territories that belong to ``member`` or his teams, as ``viewer`` may see."""
    mine = TerritoryMember.objects.filter(stands_for(TerritoryMember, member))
    return territories(viewer).filter(pk__in=mine.values("territory_id"))


def rule_of(found: Territory) -> TerritoryRule:
    """Return the rule of a territory."""
    return TerritoryRule(found.provinces, found.cities, found.industries, found.kinds)


def fitting(rule: TerritoryRule) -> Q:
    """Return the condition that a customer fits ``rule``, as the database asks it."""
    if not rule:
        return NOBODY
    lists = {
        "province__in": rule.provinces,
        "city__in": rule.cities,
        "industry__in": rule.industries,
        "kind_id__in": rule.kinds,
    }
    return Q(**{name: list(wanted) for name, wanted in lists.items() if wanted})


def rule_preview(viewer: Actor, rule: TerritoryRule) -> RulePreview:
    """Return what ``rule`` would bring in, as far as ``viewer`` sees it."""
    rows = customers(viewer).filter(fitting(rule))
    shown = rows.only("name", "city").order_by("sort_name", "pk")[:SAMPLE]
    return RulePreview(rows.count(), list(shown))


def by_hand(customer: Customer) -> Collection[int]:
    """Return the numbers of the territories into which ``customer`` was put by hand."""
    rows = TerritoryCustomer.objects.filter(customer=customer, is_by_hand=True)
    return set(rows.values_list("territory_id", flat=True))
