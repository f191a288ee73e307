"""Bond assessments that files bring: taken in, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from guanxi.customers.commands.bond import refresh_bonds
from guanxi.customers.events import BondAssessed
from guanxi.customers.models import BondAssessment
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.bond import FIELD
from guanxi.customers.rules.bond import SCORES, shown_score
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.bulk import copy_history, copy_rows, hold_targets, reserve_ids
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.imports.queries import import_run
from guanxi.foundation.policies import reachable

_COLUMNS = ("id", "customer_id", "assessed_on", "method", *SCORES, "note")
# What is gone is no part of the story of a customer; that it was there, stays logged.
_OFF_TIMELINES = """
    UPDATE foundation_loggedevent SET party_id = NULL
    WHERE name = %s AND party_id = ANY(%s)
    AND (payload ->> 'record_id')::bigint = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class NewBond:
    """A bond assessment from a file, checked; ``scores`` in the order of `SCORES`."""

    customer_id: int
    assessed_on: date
    method: str
    scores: tuple[Decimal | None, ...]
    note: str


@command(needs="customer.import")
def create_bonds(
    by: Actor, entries: Sequence[NewBond], *, run_id: int, at: datetime
) -> int:
    """
    Write assessments of customers that ``by`` edits; return how many these are.

    :raises Denied: for whoever may not write why customers stay.
    """
    if CUSTOMER.level(by, FIELD) < Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))
    wanted = {entry.customer_id for entry in entries}
    seen = reachable(by, "customer.edit", wanted)
    entries = [entry for entry in entries if entry.customer_id in seen]
    held = wanted.intersection(seen)
    hold_targets(BondAssessment, customer=held, made_by={by.actor_id})
    pks = reserve_ids(BondAssessment, len(entries))
    pairs = list(zip(pks, entries, strict=True))
    copy_rows(
        BondAssessment,
        _COLUMNS,
        (_row(pk, entry) for pk, entry in pairs),
        {"import_run_id": run_id, "made_by_id": by.actor_id, "made_at": at},
    )
    copy_history([_assessed(pk, entry, at) for pk, entry in pairs], by)
    refresh_bonds(sorted(held))
    return len(entries)


@command(needs="customer.import")
def remove_bonds(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Delete what a run brought; what is in the trash already goes as well."""
    import_run(by, run_id)
    found = BondAssessment.objects.filter(import_run_id=run_id, pk__gt=after)
    rows = list(found.order_by("pk").values_list("pk", "customer_id")[:limit])
    if not rows:
        return Undone(last=None)
    gone = [pk for pk, _customer in rows]
    customers = sorted({customer for _pk, customer in rows})
    BondAssessment.objects.filter(pk__in=gone).delete()
    with connection.cursor() as cursor:
        cursor.execute(_OFF_TIMELINES, [BondAssessed.event_name(), customers, gone])
    refresh_bonds(customers)
    return Undone(last=gone[-1], removed=len(gone), kept=0)


def _row(pk: int, entry: NewBond) -> Sequence[object]:
    head = (pk, entry.customer_id, entry.assessed_on, entry.method)
    return (*head, *entry.scores, entry.note)


def _assessed(pk: int, entry: NewBond, at: datetime) -> BondAssessed:
    satisfaction = entry.scores[SCORES.index("satisfaction")]
    return BondAssessed(
        customer_id=entry.customer_id,
        record_id=pk,
        score=shown_score(satisfaction),
        at=at,
    )
