"""
Erase a person: everywhere, once and for all.

Asked for, it is a job: it writes the tombstone first, then erases beside the database, then
in it, in one transaction. Killed at any point, it begins anew and comes to the same end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.customers.commands.limit import lift_limit
from guanxi.customers.events import CustomerErased, ErasureRequested
from guanxi.customers.models import Customer, Erasure
from guanxi.customers.queries.erasure import (
    all_of,
    is_held,
    signs_of,
    tombstones_of,
)
from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck
from guanxi.customers.rules.holding import CUSTOMER_LABEL
from guanxi.customers.rules.limit import LimitKind
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.erasing.engine import erase
from guanxi.foundation.erasing.tombstones import (
    Tombstone,
    instant,
    read_tombstones,
    write_tombstones,
)
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.jobs import job

ERASER = System(gettext_noop("erasing"))
LONGEST_REFERENCE = 80


class Held(Refused):
    """There is a legal hold on the record."""

    code = "held"


class BadErasure(Refused):
    """An erasure is asked for once, and not longer explained than fits."""

    code = "bad_erasure"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Why somebody is erased, how we know who asked, and where the request is filed."""

    reason: ErasureReason
    identity: IdentityCheck
    reference: str = ""


@command(needs="customer.erase")
def request_erasure(
    by: Actor, customer: Customer, request: Request, *, at: datetime
) -> Erasure:
    """
    Have ``customer`` erased, with all that became part of it.

    :raises Held: while there is a legal hold.
    :raises BadErasure: if it was asked for before, or the reference is too long.
    """
    reference = " ".join(request.reference.split())
    if len(reference) > LONGEST_REFERENCE:
        raise BadErasure(_("Use at most 80 characters."), field="reference")
    Customer.objects.select_for_update().get(pk=customer.pk)
    _require_free(customer)
    if Erasure.objects.filter(customer_id=customer.pk).exists():
        raise BadErasure(_("This customer is being erased already."))
    made = Erasure.objects.create(
        customer_id=customer.pk,
        reason=request.reason,
        identity=request.identity,
        reference=reference,
        requested_at=at,
        requested_by_id=by.actor_id,
    )
    publish(
        ErasureRequested(
            customer_id=customer.pk,
            erasure_id=made.pk,
            reason=request.reason.value,
            at=at,
        )
    )
    carry_out.later(erasure_id=made.pk)
    return made


@command(needs="customer.erase")
def erase_customer(by: Actor, erasure: Erasure, /, *, at: datetime) -> Erasure:
    """
    Erase now whom ``erasure`` is about; done before, nothing happens.

    :raises Held: if somebody has put a legal hold on the record meanwhile.
    """
    held = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if held.done_at:
        return held
    customer = Customer.objects.select_for_update().get(pk=held.customer_id)
    _require_free(customer)
    _take_time()
    pks = all_of(customer.pk)
    write_tombstones(tombstone_file(), tombstones_of(held, pks))
    held.counts = dict(erase(CUSTOMER_LABEL, pks, signs_of(pks), at=at))
    held.done_at = at
    held.save(update_fields=["counts", "done_at"])
    publish(
        CustomerErased(
            customer_id=customer.pk, erasure_id=held.pk, reason=held.reason, at=at
        )
    )
    return held


@job(queue="erasing")
def carry_out(*, erasure_id: int) -> None:
    """Erase whom somebody asked to erase."""
    erase_customer(ERASER, Erasure.objects.get(pk=erasure_id), at=now())


def erase_again(stones: Sequence[Tombstone], *, at: datetime) -> int:
    """
    Erase those of ``stones`` whom an older backup has brought back; return how many.

    A legal hold of before does not count: they were erased after it was lifted.
    """
    by_key = {(stone.pk, stone.made_at): stone for stone in stones}
    there = Customer.objects.filter(
        pk__in=[stone.pk for stone in stones], erased_at__isnull=True
    )
    back = 0
    for pk, created_at in list(there.order_by("pk").values_list("pk", "created_at")):
        stone = by_key.get((pk, instant(created_at)))
        # Erasing one erases what had become part of it.
        still = Customer.objects.filter(pk=pk, erased_at__isnull=True).first()
        if stone and still:
            _bury(still, stone, at)
            back += 1
    return back


def tombstone_file() -> Path:
    """Return where it is written who was erased: beside the database, not in it."""
    return Path(settings.TOMBSTONES)


def all_tombstones() -> Sequence[Tombstone]:
    """Return the tombstones of this house; those that the database alone knows are added."""
    done = Erasure.objects.filter(done_at__isnull=False).select_related("customer")
    known = [stone for one in done for stone in tombstones_of(one, [one.customer_id])]
    write_tombstones(tombstone_file(), known)
    return read_tombstones(tombstone_file())


def _take_time() -> None:
    """Let this transaction look through files for as long as it needs."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _bury(customer: Customer, stone: Tombstone, at: datetime) -> None:
    if is_held(customer):
        lift_limit(ERASER, customer, LimitKind.HOLD, at=at)
    erasure, _is_new = Erasure.objects.update_or_create(
        customer_id=customer.pk,
        defaults={
            "reason": stone.reason,
            "identity": stone.identity,
            "reference": stone.reference,
            "requested_at": datetime.fromisoformat(stone.erased_at),
            "done_at": None,
        },
    )
    erase_customer(ERASER, erasure, at=at)


def _require_free(customer: Customer) -> None:
    if is_held(customer):
        told = _("There is a legal hold on this record. Lift it first.")
        raise Held(told)
