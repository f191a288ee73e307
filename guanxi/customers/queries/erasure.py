"""What erasing a customer would do, and which were erased."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from guanxi.customers.models import ContactPoint, Customer, Erasure, Merge
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.limit import open_limits
from guanxi.customers.rules.holding import CUSTOMER_LABEL
from guanxi.customers.rules.limit import LimitKind
from guanxi.foundation.actor import Actor
from guanxi.foundation.erasing.declared import Kept
from guanxi.foundation.erasing.engine import holdings_of, rows_of
from guanxi.foundation.erasing.tombstones import Tombstone, instant
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Share:
    """How many rows of one kind there are about a person, and whether any of them stay."""

    label: Words
    count: int
    stays: bool


def shares_of(customer: Customer) -> Sequence[Share]:
    """Return what there is about ``customer``, kind by kind, but for what is empty."""
    pks = all_of(customer.pk)
    found = [
        Share(one.label, rows_of(one, pks).count(), stays=one.is_left)
        for one in holdings_of(CUSTOMER_LABEL)
        if one.model != CUSTOMER_LABEL
    ]
    return [share for share in found if share.count]


def all_of(pk: int) -> Sequence[int]:
    """Return the numbers of a customer: its own, and of those that are part of it now."""
    found, fresh = {pk}, {pk}
    while fresh:
        merged = Merge.objects.filter(survivor__in=fresh, undone_at__isnull=True)
        fresh = set(merged.values_list("gone_id", flat=True)) - found
        found |= fresh
    return sorted(found)


def is_held(customer: Customer) -> bool:
    """Tell whether there is a legal hold on the record of ``customer``."""
    return open_limits(customer.pk).filter(kind=LimitKind.HOLD).exists()


def signs_of(pks: Sequence[int]) -> Sequence[str]:
    """
    Return by what the customers ``pks`` may be found in texts, each sign once.

    A name is none of them: it may be anybody's.
    """
    found: set[str] = set()
    names = ("phone", "email", "wechat", "id_number", "bank_card", "external_id")
    for customer in Customer.objects.filter(pk__in=pks):
        found |= {str(getattr(customer, name)) for name in names}
        found.add(customer.phone.removeprefix("+86"))
    points = ContactPoint.objects.filter(customer__in=pks)
    for pair in points.values_list("value", "shown"):
        found |= {*pair, pair[0].removeprefix("+86")}
    return sorted(found - {""})


def tombstones_of(erasure: Erasure, pks: Sequence[int]) -> Sequence[Tombstone]:
    """Return what is written outside the database about the erasing of ``pks``."""
    made = Customer.objects.filter(pk__in=pks).values_list("pk", "created_at")
    return [
        Tombstone(
            kind="customer",
            pk=pk,
            made_at=instant(created_at),
            erased_at=instant(erasure.requested_at),
            reason=erasure.reason,
            identity=erasure.identity,
            reference=erasure.reference,
        )
        for pk, created_at in made.order_by("pk")
    ]


def erasures(viewer: Actor) -> "QuerySet[Erasure]":
    """Return the erasures, the latest first, to whoever may erase any customer."""
    if CUSTOMER.visible(viewer, "erase"):
        # Whose they were is known no more, so they are told to nobody in part.
        mine = Erasure.objects.filter(requested_by_id=viewer.actor_id or 0)
    else:
        mine = Erasure.objects.all()
    return mine.select_related("requested_by").order_by("-pk")


def erasure(viewer: Actor, pk: int) -> Erasure:
    """
    Return one erasure.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = erasures(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def told_counts(erasure: Erasure) -> Sequence[Share]:
    """Return what was erased, kind by kind, in words."""
    labels = {f"{one.model}:{one.paths[0]}": one for one in holdings_of(CUSTOMER_LABEL)}
    return [
        Share(labels[key].label, count, stays=labels[key].is_left)
        for key, count in erasure.counts.items()
        if key in labels and not isinstance(labels[key].fate, Kept)
    ]
