"""Customers that may be the one somebody is about to enter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from guanxi.customers.models import ContactPoint, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.duplicate import Likeness, Reason, Score, duplicate_score
from guanxi.customers.rules.name import match_name
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.sealing.field import same_as, sealed_field

Points = defaultdict[int, set[tuple[str, str]]]

# Of so many that agree in one thing the likeliest are chosen.
_COMPARED = 40
_SHOWN = 5
_READ = (
    *("form", "name", "city", "source", "external_id", "birth_on", "credit_code"),
    *("id_number_index", "bank_card_index", "owner__name"),
)
_HIDEABLE = tuple(PointKind.values)
# Who may not read these learns nothing of them by trying.
_READ_ONLY = ("id_number", "bank_card", "birth_on")
_SEALED = ("id_number", "bank_card")


@dataclass(frozen=True)
class Duplicate:
    """A customer that is likely the same party: how likely (0 to 100), and why."""

    customer: Customer
    score: Score

    @property
    def reasons(self) -> Sequence[Reason]:
        """What agrees, strongest first."""
        return self.score.reasons


def duplicates(
    viewer: Actor, candidate: Likeness, *, but: int | None = None
) -> Sequence[Duplicate]:
    """
    Return the likeliest duplicates of ``candidate`` among those ``viewer`` may see.

    At most five, best first; ``but`` is the customer being edited. Four queries at most,
    each by an index: no table is read through.
    """
    candidate = _told(viewer, candidate)
    near = [row for row in _near(viewer, candidate) if row.pk != but]
    if not near:
        return []
    points = _points_of(near)
    scored = [
        Duplicate(row, duplicate_score(candidate, likeness))
        for row, likeness in _likenesses(candidate, near, points)
    ]
    likely = [one for one in scored if one.score.is_likely]
    likely.sort(key=lambda one: (-one.score.points, one.customer.pk))
    return likely[:_SHOWN]


def duplicates_of(viewer: Actor, customer: Customer) -> Sequence[Duplicate]:
    """
    Return the likeliest duplicates of a customer that is there, as `duplicates`.

    What is hidden from ``viewer`` is not compared: a reason would tell of it.
    """
    hidden = {
        name for name in _HIDEABLE if CUSTOMER.level(viewer, name) is Level.HIDDEN
    }
    points = _points_of([customer])[customer.pk]
    points = {point for point in points if point[0] not in hidden}
    clear = CUSTOMER.readable(viewer)
    numbers = [getattr(customer, n) if n in clear else "" for n in _SEALED]
    return duplicates(viewer, _likeness(customer, points, numbers), but=customer.pk)


def _told(viewer: Actor, candidate: Likeness) -> Likeness:
    """Return ``candidate`` without what ``viewer`` may not compare."""
    clear = CUSTOMER.readable(viewer)
    closed: dict[str, Any] = {name: None for name in _READ_ONLY if name not in clear}
    return replace(candidate, **closed) if closed else candidate


def _near(viewer: Actor, candidate: Likeness) -> Sequence[Customer]:
    """
    Return whom to compare, those first that agree in more than the name.

    A town has more namesakes than are compared; who shares the phone must not be lost
    among them.
    """
    same = _same_number(viewer, candidate)
    found = list(_compared(viewer).filter(same)[:_COMPARED]) if same else []
    found += [row for row in _same_name(viewer, candidate) if row not in found]
    return found[:_COMPARED]


def _compared(viewer: Actor) -> "QuerySet[Customer]":
    return customers(viewer).select_related("owner").only(*_READ)


def _same_number(viewer: Actor, candidate: Likeness) -> Q:
    """Return the condition that a customer shares a number or a contact point."""
    same = Q()
    if candidate.external_id:
        same |= Q(external_id=candidate.external_id)
    if candidate.credit_code:
        same |= Q(credit_code=candidate.credit_code)
    for name in _SEALED:
        if number := getattr(candidate, name):
            same |= same_as(Customer, name, number)
    shared = _sharing_points(viewer, candidate)
    return same | Q(pk__in=shared) if shared else same


def _sharing_points(viewer: Actor, candidate: Likeness) -> list[int]:
    """Return the ids of customers that have a contact point of ``candidate``."""
    if not candidate.points:
        return []
    values: dict[str, str] = {}
    for number, (kind, value) in enumerate(candidate.points):
        values |= {f"kind{number}": kind, f"value{number}": value}
    rows = asked_by(viewer, _reached, len(candidate.points), **values)
    return [row.customer_id for row in rows]


def _reached(viewer: Actor, count: int, **values: str) -> "QuerySet[ContactPoint]":
    same = Q()
    for number in range(count):
        same |= Q(kind=values[f"kind{number}"], value=values[f"value{number}"])
    points = ContactPoint.objects.filter(same, customer__in=customers(viewer))
    return points.only("customer_id")[:_COMPARED]


def _same_name(viewer: Actor, candidate: Likeness) -> Sequence[Customer]:
    """Return those whose name sounds the same; of persons, those of the same town."""
    sounds = match_name(candidate.named_as, candidate.name)
    if sounds and candidate.named_as == Form.ORGANIZATION:
        # A company that was entered as a person is kept with its ending.
        whole = match_name(Form.PERSON, candidate.name)
        return asked_by(viewer, _called_either, core=sounds, whole=whole)
    if sounds and candidate.city:
        return asked_by(viewer, _called, match_name=sounds, city=candidate.city)
    return []


def _called(viewer: Actor, **same: str) -> "QuerySet[Customer]":
    return _compared(viewer).filter(**same)[:_COMPARED]


def _called_either(viewer: Actor, **asked: str) -> "QuerySet[Customer]":
    either = Q(match_name=asked["core"]) | Q(match_name=asked["whole"])
    return _compared(viewer).filter(either)[:_COMPARED]


def _points_of(near: Iterable[Customer]) -> Points:
    found: Points = defaultdict(set)
    rows = ContactPoint.objects.filter(customer__in=near)
    for pk, kind, value in rows.values_list("customer_id", "kind", "value"):
        found[pk].add((kind, value))
    return found


def _likenesses(
    candidate: Likeness, near: Sequence[Customer], points: Points
) -> Iterator[tuple[Customer, Likeness]]:
    """
    Yield what of each customer is compared.

    Sealed numbers stay closed: one with an index of the candidate's is the candidate's.
    """
    same: dict[str, str] = {}
    for name in _SEALED:
        if number := getattr(candidate, name):
            indexes = sealed_field(Customer, name).indexes(number)
            same |= dict.fromkeys(indexes, number)
    for row in near:
        numbers = row.id_number_index, row.bank_card_index
        yield row, _likeness(row, points[row.pk], [same.get(n, n) for n in numbers])


def _likeness(
    row: Customer, points: set[tuple[str, str]], numbers: Sequence[str]
) -> Likeness:
    id_number, bank_card = numbers
    return Likeness(
        form=Form(row.form),
        name=row.name,
        city=row.city,
        points=frozenset(points),
        source=row.source,
        external_id=row.external_id,
        id_number=id_number,
        bank_card=bank_card,
        credit_code=row.credit_code,
        birth_on=row.birth_on,
    )
