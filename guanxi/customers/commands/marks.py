"""What of a customer is used first, while two become one and are taken apart again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from guanxi.customers.models import Address, ContactPoint, Customer
from guanxi.customers.queries.merge import primary_address, primary_point
from guanxi.customers.rules.merge import ADDRESS, REACHED_BY
from guanxi.foundation.merging.journal import Journal

KINDS = (*REACHED_BY, ADDRESS)


@dataclass(frozen=True)
class Mark:
    """A row that is used first: a kind of contact point or the address, and its number."""

    kind: str
    pk: int
    value: str = ""


Marks = Sequence[Mark]


def firsts_of(customer: Customer, kinds: Iterable[str]) -> Marks:
    """Return what ``customer`` uses first of each of ``kinds``, as far as it has any."""
    firsts = []
    for kind in kinds:
        if kind == ADDRESS:
            address = primary_address(customer)
            firsts += [Mark(kind, address.pk)] if address else []
        else:
            point = primary_point(customer, kind)
            firsts += [Mark(kind, point.pk, point.value)] if point else []
    return firsts


def mark_first(journal: Journal, survivor: Customer, firsts: Marks) -> None:
    """Move the marks to ``firsts``; a row that was there twice is the one that stayed."""
    for mark in firsts:
        rows = _rows(survivor, mark.kind)
        same: Mapping[str, Any] = (
            {"value": mark.value} if mark.value else {"pk": mark.pk}
        )
        wanted = rows.filter(**same).order_by("-is_primary", "pk").first()
        if wanted is None or wanted.is_primary:
            continue
        marked = list(rows.filter(is_primary=True).values_list("pk", flat=True))
        journal.set(rows.model, "is_primary", marked, True, False)
        journal.set(rows.model, "is_primary", [wanted.pk], False, True)


def take_marks(survivor: Customer) -> Marks:
    """Return what is used first by now, and take the marks away: they move back."""
    marks = firsts_of(survivor, KINDS)
    for mark in marks:
        _rows(survivor, mark.kind).filter(is_primary=True).update(is_primary=False)
    return marks


def mark_again(customer: Customer, marks: Marks, *, is_survivor: bool) -> None:
    """
    Give marks back, and one where none is left.

    The survivor keeps those that somebody has set since; of the other they are as they
    were before.
    """
    for mark in marks:
        rows = _rows(customer, mark.kind)
        marked = rows.filter(is_primary=True).first()
        noted = rows.filter(pk=mark.pk).first()
        first = (noted or marked) if is_survivor else (marked or noted)
        first = first or rows.order_by("pk").first()
        if first and first != marked:
            rows.filter(is_primary=True).update(is_primary=False)
            rows.filter(pk=first.pk).update(is_primary=True)


def _rows(customer: Customer, kind: str) -> "QuerySet[Any]":
    if kind == ADDRESS:
        return Address.objects.filter(customer=customer)
    return ContactPoint.objects.filter(customer=customer, kind=kind)
