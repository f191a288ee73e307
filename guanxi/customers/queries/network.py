"""Who belongs together around a customer, a few steps far, and who brought whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from guanxi.customers.models import Customer, Relation
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules import RelationKind
from guanxi.foundation.actor import Actor, Level

MOST_STEPS = 3
# A picture of more shows nothing; beyond the second nobody waits for an exact number.
MOST_SHOWN, MOST_COUNTED = 40, 1_000
# A chain of referrals longer than this is a mistake of entry.
LONGEST_CHAIN = 10


@dataclass
class Network:
    """
    The customers around one and the relations between them.

    ``depths`` says for each customer how many steps it is away. ``hidden`` are the
    relations to others that are not shown for want of room, `MOST_COUNTED` at most.
    """

    center: Customer
    depths: dict[int, int] = field(default_factory=dict)
    people: dict[int, Customer] = field(default_factory=dict)
    ties: Sequence[Relation] = ()
    hidden: int = 0


@dataclass(frozen=True)
class Referrals:
    """
    Who brought a customer, the nearest first, and whom it brought itself.

    ``brought`` counts all down the chain, ``directly`` those of the first step;
    ``revenue`` is what they have bought in the house currency, None for whoever may not
    read it. ``buyers`` of them have ordered; ``worth`` is the sum of their lifetime values,
    None for whoever may not read it or where none is known.
    """

    brought_by: Sequence[Customer]
    directly: int
    brought: int
    revenue: Decimal | None
    buyers: int | None = None
    worth: Decimal | None = None

    def __bool__(self) -> bool:
        return bool(self.brought_by or self.brought)


def network_of(viewer: Actor, center: Customer, *, steps: int, most: int) -> Network:
    """
    Return who is at most ``steps`` away from ``center``, ``most`` others at most.

    Only customers that ``viewer`` may see are there, and only they lead further. Two
    queries a step, and one for the relations between them.
    """
    found = Network(center, {center.pk: 0}, {center.pk: center})
    frontier = [center.pk]
    for depth in range(1, min(steps, MOST_STEPS) + 1):
        room = most + 1 - len(found.people)
        beyond = _neighbors(viewer, frontier, known=found.people, most=room + 1)
        for other in beyond[:room]:
            found.people[other.pk] = other
            found.depths[other.pk] = depth
        if len(beyond) > room:
            found.hidden = _count_hidden(viewer, frontier, found.people)
            break
        frontier = [other.pk for other in beyond]
    found.ties = list(_between(found.people))
    return found


def _neighbors(
    viewer: Actor, pks: Collection[int], *, known: Collection[int], most: int
) -> Sequence[Customer]:
    """Return who is related to one of ``pks`` and not ``known``, in a steady order."""
    if not pks:
        return []
    others = customers(viewer).exclude(pk__in=known)
    near = others.filter(pk__in=_ends_near(pks)).only("name", "form")
    return list(near.order_by("pk")[:most])


def _ends_near(pks: Collection[int]) -> QuerySet[Relation, int]:
    """Return the other ends of the relations of ``pks``, either way by its own index."""
    forward = Relation.objects.filter(source__in=pks).values_list(
        "target_id", flat=True
    )
    backward = Relation.objects.filter(target__in=pks).values_list(
        "source_id", flat=True
    )
    return forward.union(backward)


def _count_hidden(viewer: Actor, pks: Collection[int], shown: Collection[int]) -> int:
    others = customers(viewer).exclude(pk__in=shown)
    near = others.filter(pk__in=_ends_near(pks)).order_by()
    return near[:MOST_COUNTED].count()


def _between(pks: Collection[int]) -> QuerySet[Relation]:
    rows = Relation.objects.filter(source__in=pks, target__in=pks)
    return rows.order_by("kind", "pk")


def referrals_of(viewer: Actor, customer: Customer) -> Referrals:
    """Return who brought ``customer`` and whom it brought, as far as ``viewer`` sees."""
    below = _chain(customer.pk, "source_id", "target_id")
    seen = customers(viewer).exclude(pk=customer.pk)
    kept = seen.filter(pk__in=below)
    may_sum = CUSTOMER.level(viewer, "order_total") >= Level.READ
    sums = kept.aggregate(
        all=Count("pk"),
        directly=Count("pk", filter=Q(pk__in=_brought_directly(customer.pk))),
        total=Sum("traits__order_total"),
        buyers=Count("pk", filter=Q(traits__order_count__gt=0)),
        worth=Sum("traits__lifetime_value"),
    )
    may_count = CUSTOMER.level(viewer, "order_count") >= Level.READ
    may_value = CUSTOMER.level(viewer, "lifetime_value") >= Level.READ
    above = {found.pk: found for found in seen.filter(pk__in=_above(customer.pk))}
    return Referrals(
        brought_by=[above[pk] for pk in _above(customer.pk) if pk in above],
        directly=sums["directly"],
        brought=sums["all"],
        revenue=(sums["total"] or Decimal(0)) if may_sum else None,
        buyers=sums["buyers"] if may_count else None,
        worth=sums["worth"] if may_value else None,
    )


def _brought_directly(pk: int) -> QuerySet[Relation, int]:
    rows = Relation.objects.filter(target=pk, kind=RelationKind.REFERRED_BY)
    return rows.values_list("source_id", flat=True)


def _above(pk: int) -> Sequence[int]:
    return _chain(pk, "target_id", "source_id")


_CHAIN = """
    WITH RECURSIVE chain(id, depth) AS (
        SELECT %(pk)s::bigint, 0
        UNION
        SELECT r.{next}, c.depth + 1 FROM chain c
        JOIN customers_relation r ON r.{here} = c.id AND r.kind = %(kind)s
        WHERE c.depth < %(longest)s
    )
    SELECT id, min(depth) AS depth FROM chain WHERE depth > 0
    GROUP BY id ORDER BY depth, id LIMIT %(most)s
"""


def _chain(pk: int, following: str, here: str) -> Sequence[int]:
    """Return who is reached from ``pk`` along referrals, the nearest first."""
    sql = _CHAIN.format(next=following, here=here)
    values: dict[str, str | int] = {
        "pk": pk,
        "kind": RelationKind.REFERRED_BY.value,
        "longest": LONGEST_CHAIN,
        "most": MOST_COUNTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall() if row[0] != pk]
