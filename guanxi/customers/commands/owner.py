"""Who looks after a customer."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.customers.events import OwnerChanged
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish_all

if TYPE_CHECKING:
    from guanxi.identity.models import User


class OwnerGone(Refused):
    """Nobody can look after customers who does not work here any more."""

    code = "owner_gone"


@command(needs="customer.assign")
def assign_customers(
    by: Actor, customers: Sequence[Customer], owner: "User", *, at: datetime
) -> int:
    """
    Give ``customers`` to ``owner`` and the owner's team; return how many changed hands.

    :raises OwnerGone: if ``owner`` is not active.
    """
    require_active(owner)
    # Everybody locks in one order, else two who assign the same wait for each other.
    rows = Customer.objects.select_for_update().order_by("pk")
    rows = rows.filter(pk__in=[customer.pk for customer in customers])
    before = dict(rows.exclude(owner=owner).values_list("pk", "owner_id"))
    Customer.objects.filter(pk__in=before).update(
        owner=owner, team_id=owner.team_id, updated_at=at, version=F("version") + 1
    )
    publish_all(
        [
            OwnerChanged(
                customer_id=pk,
                owner_id=owner.pk,
                old_owner_id=old,
                owner_name=owner.name,
                at=at,
            )
            for pk, old in before.items()
        ]
    )
    return len(before)


def own(by: Actor, customer: Customer, owner: "User | None") -> None:
    """
    Set owner and team of a new ``customer``: ``by`` without an ``owner``.

    :raises Denied: if ``by`` may not assign to others.
    """
    if owner is None or owner.pk == by.actor_id:
        customer.owner_id, customer.team_id = by.actor_id, by.team_id
        return
    if by.grants.depth(CUSTOMER.permission("assign")) is Depth.NONE:
        raise Denied(CUSTOMER.permission("assign"))
    require_active(owner)
    customer.owner_id, customer.team_id = owner.pk, owner.team_id


def require_active(owner: "User", *, field: str = "owner") -> None:
    """
    Let only somebody look after customers who works here.

    :raises OwnerGone: if ``owner`` is not active.
    """
    if not owner.is_active:
        raise OwnerGone(
            _("%(name)s does not work here any more. Choose somebody else.")
            % {"name": owner.name},
            field=field,
        )
