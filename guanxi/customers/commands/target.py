"""Choose potential customers as targets, with the reason and who is to win them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.events import CustomerStateChanged, TargetChosen
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import LONGEST_TARGET_REASON, State
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish, publish_all

if TYPE_CHECKING:
    from guanxi.identity.models import User

_WRITTEN = ("state", "target_reason")


class NoReason(Refused):
    """A target is chosen for a reason, in a sentence."""

    code = "no_reason"


@dataclass(frozen=True)
class Targets:
    """By customer: the owner it had, and whom it was given to, None where it stayed."""

    before: Mapping[int, tuple[int | None, int | None]]


@command(needs="customer.edit")
def designate_targets(
    by: Actor,
    customers: Sequence[Customer],
    /,
    *,
    reason: str,
    owner: "User | None" = None,
    at: datetime,
) -> Targets:
    """
    Make target customers of the potential ones; all others stay as they are.

    :raises NoReason: without a reason, or with too long a one.
    :raises Denied: for whoever may not write the state, the reason, or assign.
    """
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= LONGEST_TARGET_REASON:
        raise NoReason(_("Say why, in at most 200 characters."), field="reason")
    _require_writable(by)
    rows = _held(customers, State.POTENTIAL)
    before = {one.pk: (one.owner_id, owner.pk if owner else None) for one in rows}
    _move(rows, State.POTENTIAL, State.TARGET, at)
    Customer.objects.filter(pk__in=before).update(target_reason=reason)
    for one in rows:
        changes = changes_of(CUSTOMER, {"target_reason": ""}, {"target_reason": reason})
        publish(TargetChosen(customer_id=one.pk, at=at), changes=changes)
    if owner and rows:
        assign_customers(by, rows, owner, at=at)
    return Targets(before)


@command(needs="customer.edit")
def withdraw_targets(
    by: Actor, customers: Sequence[Customer], /, *, at: datetime
) -> int:
    """
    Make potential customers of targets again; return how many were targets.

    :raises Denied: for whoever may not write the state and the reason.
    """
    _require_writable(by)
    rows = _held(customers, State.TARGET)
    _move(rows, State.TARGET, State.POTENTIAL, at)
    Customer.objects.filter(pk__in=[one.pk for one in rows]).update(target_reason="")
    return len(rows)


def _require_writable(by: Actor) -> None:
    if any(CUSTOMER.level(by, name) is not Level.WRITE for name in _WRITTEN):
        raise Denied(CUSTOMER.permission("edit"))


def _held(customers: Sequence[Customer], state: State) -> list[Customer]:
    # Everybody locks in one order, else two who choose the same wait for each other.
    rows = Customer.objects.select_for_update().order_by("pk")
    return list(rows.filter(pk__in=[one.pk for one in customers], state=state))


def _move(rows: Sequence[Customer], old: State, new: State, at: datetime) -> None:
    pks = [one.pk for one in rows]
    Customer.objects.filter(pk__in=pks).update(
        state=new, updated_at=at, version=F("version") + 1
    )
    publish_all(
        [CustomerStateChanged(customer_id=pk, old=old, new=new, at=at) for pk in pks]
    )
