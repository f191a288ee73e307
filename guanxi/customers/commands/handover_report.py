"""Take out who got which customer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.customers.models import Handover
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.handover import handed_customers
from guanxi.customers.rules.handover import Fate
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_access
from guanxi.foundation.commands import command
from guanxi.foundation.sheets.write import Cell


@dataclass(frozen=True)
class Report:
    """A table for a file: its name, its headings and its rows."""

    name: str
    header: Sequence[str]
    rows: Iterator[Sequence[Cell]]


@command(needs="handover.read")
def take_report(by: Actor, handover: Handover, /, *, at: datetime) -> Report:
    """
    Return what became of the customers of ``handover``, one row each; it goes on record.

    Name and city of those whom ``by`` does not see any more are left out.
    """
    fields = sorted(CUSTOMER.protected(by) & {"name", "city"})
    rows = handover.given
    record_access(by, "export", "customer", fields=fields, rows=rows, at=at)
    header = [
        _("Number"),
        pgettext("customer", "Name"),
        _("City"),
        _("Previous owner"),
        _("New owner"),
        pgettext("handover", "Handed over at"),
        pgettext("handover", "What became of it"),
    ]
    name = _("Handover %(number)s.csv") % {"number": handover.pk}
    return Report(name, header, _rows(by, handover))


def _rows(by: Actor, handover: Handover) -> Iterator[Sequence[Cell]]:
    for row in handed_customers(handover):
        one = row.customer
        is_seen = one.deleted_at is None and CUSTOMER.reaches(by, "read", one)
        yield [
            one.pk,
            CUSTOMER.shown(by, "name", one.name) if is_seen else "",
            CUSTOMER.shown(by, "city", one.city) if is_seen else "",
            handover.old_owner.name,
            row.taker.name,
            row.given_at,
            str(Fate(row.fate).label),
        ]
