"""Territories are drawn, filled by their rules, and customers put in by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.customers.events import (
    CustomersPlaced,
    TerritoryDeleted,
    TerritorySaved,
)
from guanxi.customers.models import (
    Customer,
    Territory,
    TerritoryCustomer,
    TerritoryMember,
)
from guanxi.customers.rules.territory import MOST_WORDS, TerritoryRule
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.jobs import job

if TYPE_CHECKING:
    from guanxi.identity.models import Team, User

# Those in the transaction of whose change the database places them wait for it.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('customers_territory'))"
_CLEAR = """
    DELETE FROM customers_territorycustomer p
    USING customers_territory t, customers_customer c
    WHERE p.territory_id = %(pk)s AND NOT p.is_by_hand
        AND t.id = p.territory_id AND c.id = p.customer_id
        AND NOT customers_fits(t, c)
"""
_FILL = """
    INSERT INTO customers_territorycustomer (territory_id, customer_id, is_by_hand)
    SELECT t.id, c.id, false FROM customers_customer c
    JOIN customers_territory t ON customers_fits(t, c)
    WHERE t.id = %(pk)s ON CONFLICT DO NOTHING
"""
FILLING = System(gettext_noop("territories"))


class BadTerritory(Refused):
    """A territory has a name of its own, and lies in no part of itself."""

    code = "bad_territory"


@dataclass(frozen=True, kw_only=True)
class TerritoryPlan:
    """What a territory is to be: its name and place, its rule, and whose it is."""

    name: str
    parent: Territory | None = None
    rule: TerritoryRule = field(default_factory=TerritoryRule)
    users: Sequence["User"] = ()
    teams: Sequence["Team"] = ()


@command(needs="territory.edit")
def save_territory(
    by: Actor, territory: Territory, /, *, plan: TerritoryPlan, at: datetime
) -> Territory:
    """
    Draw ``territory`` anew as planned; a new one has no number yet. A job fills it.

    Until then members reach what was in it, and customers that change go by the new rule.

    :raises BadTerritory: if the name is empty or taken, a list too long, or a territory
        would be part of itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    _require_sound(territory, plan)
    old_path = list(territory.path)
    territory.name = " ".join(plan.name.split())
    territory.parent = plan.parent
    for name in ("provinces", "cities", "industries", "kinds"):
        setattr(territory, name, list(dict.fromkeys(getattr(plan.rule, name))))
    territory.filled_at = None
    territory.save()
    _lay(territory, old_path)
    _give(territory, plan)
    publish(TerritorySaved(territory_id=territory.pk, name=territory.name, at=at))
    fill_territory.later(territory_id=territory.pk)
    return territory


@command(needs="territory.edit")
def delete_territory(by: Actor, territory: Territory, /, *, at: datetime) -> None:
    """
    Delete a territory; its members reach its customers no more.

    :raises BadTerritory: while others lie in it.
    """
    if Territory.objects.filter(parent=territory).exists():
        raise BadTerritory(_("Other territories lie in this one: move them first."))
    publish(TerritoryDeleted(territory_id=territory.pk, name=territory.name, at=at))
    territory.delete()


@command(needs="territory.edit")
def place_customers(
    by: Actor,
    territory: Territory,
    customers: Sequence[Customer] = (),
    removed: Sequence[Customer] = (),
    *,
    at: datetime,
) -> None:
    """Put ``customers`` into ``territory`` by hand, and take ``removed`` out again."""
    added, gone = [c.pk for c in customers], [c.pk for c in removed]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    here = TerritoryCustomer.objects.filter(territory=territory)
    known = here.filter(customer_id__in=added)
    known.update(is_by_hand=True)
    missing = set(added) - set(known.values_list("customer_id", flat=True))
    TerritoryCustomer.objects.bulk_create(
        TerritoryCustomer(territory=territory, customer_id=pk, is_by_hand=True)
        for pk in sorted(missing)
    )
    here.filter(customer_id__in=gone).update(is_by_hand=False)
    _fill(territory.pk, gone)
    publish(
        CustomersPlaced(
            territory_id=territory.pk,
            name=territory.name,
            customer_ids=added,
            removed_ids=gone,
            at=at,
        )
    )


@command(needs="territory.edit")
def refill_territory(by: Actor, territory: Territory, /, *, at: datetime) -> int:
    """Put the customers that fit into ``territory``, and the others out; return its size."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_CLEAR, {"pk": territory.pk})
        cursor.execute(_FILL, {"pk": territory.pk})
    Territory.objects.filter(pk=territory.pk).update(filled_at=at)
    return TerritoryCustomer.objects.filter(territory=territory).count()


@job()
def fill_territory(*, territory_id: int) -> None:
    """Fill a territory whose rule has changed, if it is still there."""
    found = Territory.objects.filter(pk=territory_id).first()
    if found is not None:
        refill_territory(FILLING, found, at=now())


def _fill(territory_id: int, customer_ids: Collection[int]) -> None:
    """Let the rule decide about these customers, who are there by hand no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_CLEAR} AND c.id = ANY(%(customers)s)",
            {"pk": territory_id, "customers": list(customer_ids)},
        )


def _require_sound(territory: Territory, plan: TerritoryPlan) -> None:
    name = " ".join(plan.name.split())
    others = Territory.objects.exclude(pk=territory.pk)
    if not name or others.filter(name=name).exists():
        told = _("Give the territory a name that no other has.")
        raise BadTerritory(told, field="name")
    if plan.parent is not None and territory.pk in plan.parent.path:
        told = _("A territory cannot lie in itself.")
        raise BadTerritory(told, field="parent")
    rule = plan.rule
    if max(map(len, (rule.provinces, rule.cities, rule.industries))) > MOST_WORDS:
        told = _("A list has at most %(n)s entries.") % {"n": MOST_WORDS}
        raise BadTerritory(told, field="cities")


def _lay(territory: Territory, old_path: Sequence[int]) -> None:
    """Set the paths of ``territory`` and of those in it."""
    above = territory.parent.path if territory.parent else []
    territory.path = [*above, territory.pk]
    territory.save(update_fields=["path"])
    below = Territory.objects.filter(path__contains=[territory.pk])
    moved = list(below.exclude(pk=territory.pk))
    for one in moved:
        one.path = [*territory.path, *one.path[len(old_path) :]]
    Territory.objects.bulk_update(moved, ["path"])


def _give(territory: Territory, plan: TerritoryPlan) -> None:
    """Let the territory belong to those planned, and to nobody else."""
    TerritoryMember.objects.filter(territory=territory).delete()
    TerritoryMember.objects.bulk_create(
        [
            *(TerritoryMember(territory=territory, user=one) for one in plan.users),
            *(TerritoryMember(territory=territory, team=one) for one in plan.teams),
        ]
    )
