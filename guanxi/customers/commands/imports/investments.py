"""Contacts and costs that files bring: taken in, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection

from guanxi.customers.events import ContactLogged, CostRecorded
from guanxi.customers.models import Investment
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import copy_history, copy_rows, hold_targets, reserve_ids
from guanxi.foundation.commands import command
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.imports.queries import import_run
from guanxi.foundation.policies import reachable

_COLUMNS = (
    "id", "customer_id", "aim", "mode", "happened_at", "place", "amount", "note",
)  # fmt: skip
_CREATED = """
    SELECT id, version = 1 AND deleted_at IS NULL FROM customers_investment
    WHERE import_run_id = %(run)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
# What is gone is no part of the story of a customer; that it was there, stays logged.
_OFF_TIMELINES = """
    UPDATE foundation_loggedevent SET party_id = NULL
    WHERE kind = 'investment' AND subject_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class NewInvestment:
    """A contact or cost from a file: past, checked, in the house currency."""

    customer_id: int
    aim: str
    mode: str
    happened_at: datetime
    place: str
    amount: Decimal
    note: str


@command(needs="investment.import")
def create_investments(
    by: Actor, entries: Sequence[NewInvestment], *, run_id: int, at: datetime
) -> int:
    """
    Write contacts and costs of customers that ``by`` sees; return how many these are.

    They carry the number of the run, and stand on timelines at the time they took place.
    """
    wanted = {entry.customer_id for entry in entries}
    seen = reachable(by, "customer.read", wanted)
    entries = [entry for entry in entries if entry.customer_id in seen]
    hold_targets(Investment, customer=wanted.intersection(seen), made_by={by.actor_id})
    pks = reserve_ids(Investment, len(entries))
    pairs = list(zip(pks, entries, strict=True))
    copy_rows(
        Investment,
        _COLUMNS,
        (_row(pk, entry) for pk, entry in pairs),
        {
            "import_run_id": run_id,
            "made_by_id": by.actor_id,
            "created_at": at,
            "version": 1,
        },
    )
    copy_history([_contact(pk, entry) for pk, entry in pairs if entry.mode], by)
    copy_history([_cost(pk, entry) for pk, entry in pairs if not entry.mode], by)
    return len(entries)


@command(needs="investment.import")
def remove_investments(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Delete what a run brought; what somebody has changed since goes to the trash."""
    import_run(by, run_id)
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, {"run": run_id, "after": after, "limit": limit})
        rows: list[tuple[int, bool]] = cursor.fetchall()
    if not rows:
        return Undone(last=None)
    stay = [pk for pk, is_untouched in rows if not is_untouched]
    gone = [pk for pk, is_untouched in rows if is_untouched]
    Investment.objects.filter(pk__in=gone).delete()
    Investment.objects.filter(pk__in=stay, deleted_at=None).update(deleted_at=at)
    with connection.cursor() as cursor:
        cursor.execute(_OFF_TIMELINES, [gone])
    return Undone(last=rows[-1][0], removed=len(gone), kept=len(stay))


def _row(pk: int, entry: NewInvestment) -> Sequence[object]:
    return (
        pk,
        entry.customer_id,
        entry.aim,
        entry.mode,
        entry.happened_at,
        entry.place,
        entry.amount,
        entry.note,
    )


def _contact(pk: int, entry: NewInvestment) -> ContactLogged:
    return ContactLogged(
        investment_id=pk,
        customer_id=entry.customer_id,
        aim=entry.aim,
        mode=entry.mode,
        at=entry.happened_at,
    )


def _cost(pk: int, entry: NewInvestment) -> CostRecorded:
    return CostRecorded(
        investment_id=pk,
        customer_id=entry.customer_id,
        aim=entry.aim,
        mode="",
        amount=figures.amount(entry.amount, settings.CURRENCY),
        at=entry.happened_at,
    )
