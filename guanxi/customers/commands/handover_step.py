"""One step of a handover: some thousand customers in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import F, Max

from guanxi.customers.commands.owner import require_active
from guanxi.customers.events import (
    CustomersHandedOver,
    HandoverFinished,
    HandoverUndone,
    OwnerChanged,
)
from guanxi.customers.models import Customer, HandedCustomer, Handover
from guanxi.customers.queries.handover import (
    OWNER_CHANGED,
    PLACE,
    Criteria,
    book,
    counts_along,
)
from guanxi.customers.rules.handover import Fate, HandoverState, taker_of
from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import copy_rows, same_history
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.rooms import followers_of

if TYPE_CHECKING:
    from guanxi.identity.models import User

CUSTOMERS_A_STEP = 2000
_ROW = ("customer_id", "taker_id", "given_at")


@command(needs="handover.create")
def give_some(by: Actor, handover: Handover, /, *, at: datetime) -> Handover:
    """
    Give the next customers of ``handover`` to who takes them; return how it stands then.

    If somebody else moved it on meanwhile, nothing is done.

    :raises OwnerGone: if a taker is not active any more.
    """
    held = _held(handover)
    if held.state != HandoverState.RUNNING or held.mark != handover.mark:
        return held
    rows = _next_customers(by, held)
    if not rows:
        return _finished(held, at)
    shares: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows, start=held.given):
        shares[taker_of(place, row.city, held.takers, held.cities)].append(row.pk)
    _count(by, held, shares)
    for taker in _users(shares):
        require_active(taker, field="takers")
        _assign(by, shares[taker.pk], taker, held.old_owner_id, at)
    told = [row.pk for row in rows]
    _tell_rooms(held, told, held.old_owner_id, at)
    _note(held, shares, at)
    held.given += len(rows)
    held.mark = rows[-1].pk
    held.attempts = 0
    held.save()
    return held


@command(needs="handover.undo")
def take_some_back(by: Actor, handover: Handover, /, *, at: datetime) -> Handover:
    """
    Give the next customers of ``handover`` back to whom they had belonged to.

    Those that have changed hands since stay where they are, and so do those that came
    back by themselves. If somebody else moved it on meanwhile, nothing is done.
    """
    held = _held(handover)
    if held.state != HandoverState.UNDOING or held.mark != handover.mark:
        return held
    handed = HandedCustomer.objects.filter(handover=held, fate=Fate.GIVEN)
    rows = list(handed.filter(pk__gt=held.mark).order_by("pk")[:CUSTOMERS_A_STEP])
    if not rows:
        return _undone(held, at)
    theirs = _still_theirs(rows)
    back: dict[int, list[int]] = defaultdict(list)
    for row in theirs:
        back[row.taker_id].append(row.customer_id)
    for taker_id, pks in back.items():
        _assign(by, pks, held.old_owner, taker_id, at)
        _tell_rooms(held, pks, taker_id, at)
    done = {row.pk for row in theirs}
    step = handed.filter(pk__in=[row.pk for row in rows])
    step.exclude(pk__in=done).update(fate=Fate.KEPT)
    step.filter(pk__in=done).update(fate=Fate.RETURNED)
    held.returned += len(theirs)
    held.kept += len(rows) - len(theirs)
    held.mark = rows[-1].pk
    held.attempts = 0
    held.save()
    return held


def _held(handover: Handover) -> Handover:
    rows = Handover.objects.select_related("old_owner")
    return rows.select_for_update(of=("self",)).get(pk=handover.pk)


def _next_customers(by: Actor, held: Handover) -> Sequence[Customer]:
    """Lock the next customers in the order everybody locks them."""
    rows = book(by, held.old_owner_id, Criteria(**held.criteria))
    rows = rows.filter(pk__gt=held.mark).order_by("pk").only("city")
    return list(rows.select_for_update(of=("self",))[:CUSTOMERS_A_STEP])


def _users(pks: Collection[int]) -> "Sequence[User]":
    return list(get_user_model().objects.filter(pk__in=pks).order_by("pk"))


def _assign(
    by: Actor, pks: Sequence[int], owner: "User", old_owner_id: int, at: datetime
) -> None:
    """Write the new owner, and one event for each customer."""
    Customer.objects.filter(pk__in=pks).update(
        owner=owner, team_id=owner.team_id, updated_at=at, version=F("version") + 1
    )
    told = OwnerChanged(
        customer_id=0,
        owner_id=owner.pk,
        old_owner_id=old_owner_id,
        owner_name=owner.name,
        at=at,
    )
    same_history(told, pks, by)


def _tell_rooms(
    held: Handover, pks: Sequence[int], old_owner_id: int, at: datetime
) -> None:
    publish(
        CustomersHandedOver(
            handover_id=held.pk,
            customer_ids=list(pks),
            old_owner_id=old_owner_id,
            at=at,
        )
    )


def _note(held: Handover, shares: Mapping[int, Sequence[int]], at: datetime) -> None:
    """Write down who got which customer."""
    rows = [(pk, taker, at) for taker, pks in shares.items() for pk in pks]
    same = {"handover_id": held.pk, "fate": Fate.GIVEN.value}
    copy_rows(HandedCustomer, _ROW, sorted(rows), same)


def _count(by: Actor, held: Handover, shares: Mapping[int, Sequence[int]]) -> None:
    """Add to the parts what each taker gets with this step."""
    takers = {pk: taker for taker, pks in shares.items() for pk in pks}
    for taker, pks in shares.items():
        part = held.parts.setdefault(str(taker), {PLACE: 0})
        part[PLACE] += len(pks)
    for follower in followers_of(by, PLACE):
        counts = counts_along(by, follower, held.old_owner_id, list(takers))
        for pk, rows in counts.items():
            part = held.parts[str(takers[pk])]
            part[follower.key] = part.get(follower.key, 0) + rows


def _still_theirs(rows: Sequence[HandedCustomer]) -> Sequence[HandedCustomer]:
    """Lock the customers of ``rows``; return those whom nobody has moved since."""
    pks = [row.customer_id for row in rows]
    locked = Customer.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    owners = dict(locked.values_list("pk", "owner_id"))
    events = LoggedEvent.objects.filter(
        kind="customer", subject_id__in=pks, name=OWNER_CHANGED
    )
    moved = dict(events.values_list("subject_id").annotate(last=Max("at")))
    return [
        row
        for row in rows
        if owners.get(row.customer_id) == row.taker_id
        and moved.get(row.customer_id, row.given_at) <= row.given_at
    ]


def _finished(held: Handover, at: datetime) -> Handover:
    held.state, held.finished_at = HandoverState.DONE, at
    held.save()
    publish(HandoverFinished(handover_id=held.pk, given=held.given, at=at))
    return held


def _undone(held: Handover, at: datetime) -> Handover:
    held.state, held.finished_at = HandoverState.UNDONE, at
    held.save()
    told = {"returned": held.returned, "kept": held.kept}
    publish(HandoverUndone(handover_id=held.pk, at=at, **told))
    return held
