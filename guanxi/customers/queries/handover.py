"""Handovers: what would go to whom, what went, and who had a customer before."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.utils.timezone import localdate

from guanxi.customers.models import Customer, HandedCustomer, Handover
from guanxi.customers.policies import CUSTOMER, HANDOVER
from guanxi.customers.rules.handover import Spread, share_cities, taker_of
from guanxi.foundation.actor import Actor, shown_actor
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.rooms import Follower, followers_of
from guanxi.identity.queries import user_names

if TYPE_CHECKING:
    from guanxi.foundation.words import Words

PLACE = "customer"
OWNER_CHANGED = "customers.OwnerChanged"
MOST_OWNERS = 50
_kept: Kept = {}


@dataclass(frozen=True)
class Criteria:
    """Which customers of a book go; an empty word asks for nothing."""

    state: str = ""
    tier: str = ""
    city: str = ""

    def given(self) -> dict[str, str]:
        """Return those that ask for something."""
        return {name: word for name, word in asdict(self).items() if word}


@dataclass(frozen=True)
class Plan:
    """What is to go from whom to whom, and how it is spread."""

    old_owner_id: int
    takers: Sequence[int]
    spread: Spread = Spread.EQUAL
    criteria: Criteria = field(default_factory=Criteria)


@dataclass(frozen=True)
class Part:
    """What one taker gets: how many customers, and of each follower how many rows."""

    taker_id: int
    name: str
    customers: int
    along: Sequence[int]


@dataclass(frozen=True)
class Shares:
    """What each taker gets; ``keys`` and ``labels`` name what is counted in ``along``."""

    keys: Sequence[str]
    labels: "Sequence[Words]"
    parts: Sequence[Part]

    @property
    def customers(self) -> int:
        """How many customers go in all."""
        return sum(part.customers for part in self.parts)


@dataclass(frozen=True)
class Period:
    """For how long somebody looked after a customer, and who gave it to them."""

    owner: str
    since: datetime
    until: datetime | None
    by: str

    @property
    def since_on(self) -> date:
        """The day it began, where the reader is."""
        return localdate(self.since)

    @property
    def until_on(self) -> date | None:
        """The day it ended, where the reader is."""
        return localdate(self.until) if self.until else None


def book(by: Actor, old_owner_id: int, criteria: Criteria) -> QuerySet[Customer]:
    """Return the customers of an owner that fit and that ``by`` may give to others."""
    rows = Customer.objects.kept().filter(CUSTOMER.visible(by))
    rows = rows.filter(CUSTOMER.visible(by, "assign"), owner_id=old_owner_id)
    wanted = criteria.given()
    tier = wanted.pop("tier", "")
    return rows.filter(**wanted, **({"traits__tier": tier} if tier else {}))


def require_told(by: Actor, spread: Spread, criteria: Criteria) -> None:
    """
    Let nobody sort customers by what he may not read of them: the counts would tell.

    :raises Denied: if he would.
    """
    wanted = {"owner", *criteria.given()}
    if spread == Spread.CITY:
        wanted.add("city")
    if wanted - CUSTOMER.readable(by):
        raise Denied(CUSTOMER.permission("read"))


def cities_of(by: Actor, plan: Plan) -> dict[str, int]:
    """Return who gets each city; nothing if the book is not spread by city."""
    if plan.spread != Spread.CITY:
        return {}
    rows = book(by, plan.old_owner_id, plan.criteria).order_by()
    sizes = dict(rows.values_list("city").annotate(size=Count("pk")))
    return share_cities(sizes, plan.takers)


def preview(by: Actor, plan: Plan) -> Shares:
    """
    Return what each taker would get if ``plan`` were carried out now.

    :raises Denied: for who may not read what it sorts the customers by.
    """
    require_told(by, plan.spread, plan.criteria)
    rows = book(by, plan.old_owner_id, plan.criteria)
    cities = cities_of(by, plan)
    takers = {
        pk: taker_of(place, city, plan.takers, cities)
        for place, (pk, city) in enumerate(
            rows.order_by("pk").values_list("pk", "city").iterator()
        )
    }
    followers = followers_of(by, PLACE)
    counted = [
        _by_taker(counts_along(by, one, plan.old_owner_id, rows), takers)
        for one in followers
    ]
    customers = Counter(takers.values())
    names = user_names(plan.takers)
    parts = [
        Part(pk, names.get(pk, ""), customers[pk], [count[pk] for count in counted])
        for pk in plan.takers
    ]
    return _shares(followers, parts)


def counts_along(
    by: Actor,
    follower: Follower,
    old_owner_id: int,
    among: "QuerySet[Customer] | Sequence[int]",
) -> Mapping[int, int]:
    """Return by customer of ``among`` how many rows of ``follower`` go along."""
    wanted = among.values("pk") if isinstance(among, QuerySet) else among
    rows = follower.rows(by, old_owner_id).order_by()
    rows = rows.filter(**{f"{follower.column}__in": wanted})
    return dict(rows.values_list(follower.column).annotate(rows=Count("pk")))


def _by_taker(counts: Mapping[int, int], takers: Mapping[int, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for customer_id, rows in counts.items():
        if customer_id in takers:
            found[takers[customer_id]] += rows
    return found


def handovers(viewer: Actor) -> QuerySet[Handover]:
    """Return the handovers ``viewer`` may see, the latest first."""
    rows = Handover.objects.filter(HANDOVER.visible(viewer))
    return rows.select_related("old_owner", "started_by").order_by("-pk")


def handover(viewer: Actor, pk: int) -> Handover:
    """
    Return one handover.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = handovers(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def shares_of(viewer: Actor, found: Handover) -> Shares:
    """Return what each taker got, as far as ``viewer`` reads what went along."""
    followers = followers_of(viewer, PLACE)
    names = user_names(found.takers)
    parts = []
    for pk in found.takers:
        part = found.parts.get(str(pk), {})
        along = [part.get(one.key, 0) for one in followers]
        parts.append(Part(pk, names.get(pk, ""), part.get(PLACE, 0), along))
    return _shares(followers, parts)


def _shares(followers: Sequence[Follower], parts: Sequence[Part]) -> Shares:
    keys, labels = [f.key for f in followers], [f.label for f in followers]
    return Shares(keys, labels, parts)


def handed_customers(found: Handover) -> Iterator[HandedCustomer]:
    """Yield what became of each customer of a handover, in order."""
    rows = HandedCustomer.objects.filter(handover=found).order_by("pk")
    return rows.select_related("customer", "taker").iterator(chunk_size=2000)


def owners_of(customer: Customer) -> list[Period]:
    """Return who looked after ``customer``, the present one first."""
    changes = asked(_kept, "owners", _owners, customer_id=customer.pk)
    until = None
    periods = []
    for row in changes:
        name = row.payload.get("owner_name", "")
        by = shown_actor(row.actor_name, row.actor_id)
        periods.append(Period(name, row.at, until, by))
        until = row.at
    if len(changes) == MOST_OWNERS:
        return periods
    first = changes[-1].payload.get("old_owner_id") if changes else customer.owner_id
    names = user_names([pk for pk in (first, customer.created_by_id) if pk])
    by = names.get(customer.created_by_id or 0, "")
    return [*periods, Period(names.get(first or 0, ""), customer.created_at, until, by)]


def _owners(customer_id: int) -> QuerySet[LoggedEvent]:
    rows = LoggedEvent.objects.filter(
        kind=PLACE, subject_id=customer_id, name=OWNER_CHANGED
    )
    return rows.order_by("-id")[:MOST_OWNERS]
