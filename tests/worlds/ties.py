"""
Other shares, walls and territories, where somebody may not know of them.

What they open to the asker and shut from him stays: that decides what he sees. Whatever
else they say is varied: with whom others share, from whom others are shut, and why.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet

from guanxi.customers.models import (
    Customer,
    CustomerShare,
    CustomerWall,
    Territory,
    TerritoryMember,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import allowed
from guanxi.foundation.ties.conditions import stands_for
from guanxi.identity.models import User
from tests.worlds.scene import Asker
from tests.worlds.scrambling import scrambled


def change_ties(asker: Asker) -> None:
    """Change what ``asker`` may not know of shares, walls and territories."""
    _change_shares(asker.actor)
    if not allowed(asker.actor, "wall.read"):
        _change_walls(asker)
    if not allowed(asker.actor, "territory.read"):
        _change_members(asker)


def _change_shares(viewer: Actor) -> None:
    """Change the shares of customers on which he sees no shares."""
    told = [CUSTOMER.visible(viewer, action) for action in ("share", "view_access")]
    if not all(told):  # an empty condition: on all of them
        return
    seen = Customer._base_manager.filter(told[0] | told[1]).values("pk")
    rows = CustomerShare._base_manager.exclude(record__in=seen)
    for row in rows:
        words = {"reason": scrambled(row.reason), "set_at": scrambled(row.set_at)}
        CustomerShare._base_manager.filter(pk=row.pk).update(**words)
    _of_others(CustomerShare, rows, viewer).delete()


def _change_walls(asker: Asker) -> None:
    """Take walls of others down, put up new ones, and say why otherwise."""
    viewer = asker.actor
    rows = CustomerWall._base_manager.all()
    for row in rows:
        CustomerWall._base_manager.filter(pk=row.pk).update(
            reason=scrambled(row.reason)
        )
    _of_others(CustomerWall, rows, viewer).delete()
    for customer in Customer._base_manager.filter(CUSTOMER.visible(viewer))[:3]:
        CustomerWall._base_manager.create(
            record=customer,
            user=_somebody_else(asker),
            reason="另有原因",
            set_at=customer.created_at - timedelta(days=1),
        )


def _change_members(asker: Asker) -> None:
    """Give territories to others than those who have them."""
    rows = TerritoryMember._base_manager.all()
    _of_others(TerritoryMember, rows, asker.actor).delete()
    for territory in Territory._base_manager.all():
        TerritoryMember._base_manager.get_or_create(
            territory=territory, user=_somebody_else(asker), team=None
        )


def _of_others(
    model: type[Model], rows: "QuerySet[Any]", viewer: Actor
) -> "QuerySet[Any]":
    """Return those of ``rows`` that are with others than ``viewer`` and his teams."""
    own = model._base_manager.filter(stands_for(model, viewer)).values("pk")
    return rows.filter(~Q(pk__in=own))


def _somebody_else(asker: Asker) -> User:
    """Return a colleague who is nobody's superior here: the one who came first."""
    others = User._base_manager.exclude(pk=asker.person.pk).filter(is_active=True)
    found = others.order_by("pk").first()
    assert found is not None
    return found
