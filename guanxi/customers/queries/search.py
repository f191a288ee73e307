"""Find customers by what people type: words, pinyin, fragments of numbers, mail."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from guanxi.customers.models import ContactPoint, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.name import match_name
from guanxi.customers.rules.point import reach_of
from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.clock import now
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.phones import mask_any_phone
from guanxi.foundation.planning import planned_for_values
from guanxi.foundation.policies import NOBODY
from guanxi.foundation.rest.throttle import take
from guanxi.foundation.rooms import Found
from guanxi.foundation.search_text import is_phone_like, like_patterns, span_of

# What is in ``search``, and what in ``search_contact``; whoever does not read all of it searches none of it.
_NAME_FIELDS = frozenset({"name", "short_name", "external_id"})
_REACH_FIELDS = frozenset(PointKind.values)
# Whoever speaks with customers does not look up more, and who tries out numbers gets nowhere.
LOOK_UPS_A_MINUTE = 60
LOOK_UPS_A_DAY = 1000
# Enough to find the best few by name, few enough to sort in memory.
_RANKED = 60


def customer_match(viewer: Actor, text: str) -> Q:
    """
    Return the condition that ``text`` finds a customer, as far as ``viewer`` may know.

    Names and pinyin by any part; contact points by any part for those who read them in
    clear. Those who see them covered and work with customers find them by the whole
    number or address, as when somebody calls; who only reads does not, for with patience
    he would uncover numbers by asking for one after the other.

    :raises TooOften: for one who looked up covered numbers and addresses too often.
    """
    plain = text.strip()
    readable = CUSTOMER.readable(viewer)
    found = NOBODY
    if readable >= _NAME_FIELDS:
        found |= _like("search", plain)
    elif "name" in readable:  # for once without an index: few roles are so
        found |= Q(name__icontains=plain)
    if readable >= _REACH_FIELDS:
        if "@" in plain or is_phone_like(plain) or plain.isascii():
            found |= _like("search_contact", plain)
        return found
    reach = reach_of(plain)
    if reach is not None and _may_look_up(viewer, reach[0]):
        _count_look_up(viewer, at=now())
        kind, value = reach
        points = ContactPoint.objects.filter(kind=kind, value=value)
        found |= Q(pk__in=list(points.values_list("customer_id", flat=True)))
    return found


def about_customers(viewer: Actor, text: str) -> Q:
    """Return the condition that ``text`` finds the customer a row is about."""
    found = customers(viewer).filter(customer_match(viewer, text)).order_by()
    return Q(customer__in=found.values("pk"))


def find_customers(viewer: Actor, text: str, limit: int) -> Sequence[Found]:
    """Return up to ``limit`` customers for the search of the house, best first."""
    by_name = (_namesakes, _sounding) if "name" in CUSTOMER.readable(viewer) else ()
    found: list[Customer] = []
    for way in (*by_name, _matching):
        found += [row for row in way(viewer, text) if row not in found]
        if len(found) >= limit:
            break
    wanted = text.strip().lower()
    found.sort(key=lambda row: _rank(row, wanted))
    return [_found(viewer, row) for row in found[:limit]]


def _namesakes(viewer: Actor, text: str) -> Sequence[Customer]:
    """Return those called exactly so: of thousands that match they must not be missed."""
    sounds = {form.value: match_name(form, text) for form in Form}
    return asked_by(viewer, _named, name=text.strip(), **sounds)


def _named(viewer: Actor, name: str, **sounds: str) -> "QuerySet[Customer]":
    rows = _told(viewer).filter(name=name, match_name__in=list(sounds.values()))
    return rows[:_RANKED]


def _sounding(viewer: Actor, text: str) -> Sequence[Customer]:
    """Return those whose pinyin begins so, along the index: before all other matches."""
    sound = "".join(text.lower().split())
    if not (sound.isascii() and sound.isalpha()):
        return []
    first, last = span_of(sound)
    return asked_by(viewer, _between, first=first, last=last)


def _between(viewer: Actor, first: str, last: str) -> "QuerySet[Customer]":
    rows = _told(viewer).filter(match_name__gte=first, match_name__lte=last)
    return rows.order_by("match_name")[:_RANKED]


def customers_like(viewer: Actor, text: str, *, most: int) -> Sequence[Customer]:
    """Return the first customers that ``text`` finds, to choose one from."""
    with planned_for_values():
        return list(_told(viewer).filter(customer_match(viewer, text))[:most])


def _matching(viewer: Actor, text: str) -> Sequence[Customer]:
    return customers_like(viewer, text, most=_RANKED)


def _told(viewer: Actor) -> "QuerySet[Customer]":
    """Return the customers with what results tell of them."""
    return customers(viewer).only("name", "city", "phone", "form", "sort_name")


def _may_look_up(viewer: Actor, kind: str) -> bool:
    works = viewer.grants.depth(CUSTOMER.permission("edit")) > Depth.NONE
    return works and CUSTOMER.level(viewer, kind) > Level.HIDDEN


def _count_look_up(viewer: Actor, *, at: datetime) -> None:
    caller = f"look-up:{viewer.actor_id}"
    take(f"{caller}:minute", LOOK_UPS_A_MINUTE, at=at)
    take(f"{caller}:day", LOOK_UPS_A_DAY, at=at, span=timedelta(days=1))


def _like(column: str, text: str) -> Q:
    found = Q()
    for pattern in like_patterns(text):
        found &= Q(**{f"{column}__like": pattern})
    return found


def _rank(row: Customer, wanted: str) -> tuple[bool, bool, str, int]:
    """
    Return the sort key: the very name first, then names that begin so, then others.

    A name begins so in characters or in pinyin. Namesakes come in the order of their
    numbers: any other would depend on records that the viewer does not see.
    """
    name = row.name.lower()
    sound = "".join(c for c in row.sort_name if c.isascii() and c.isalpha())
    begins = name.startswith(wanted) or sound.startswith(wanted)
    return name != wanted, not begins, row.sort_name, row.pk


def _found(viewer: Actor, row: Customer) -> Found:
    """
    Return a result with as much as tells namesakes apart.

    The phone is covered for everybody: a result is glanced at, nobody asked to see it.
    """
    phone = ""
    if CUSTOMER.level(viewer, "phone") > Level.HIDDEN and row.phone:
        phone = mask_any_phone(row.phone)
    parts = (phone, CUSTOMER.shown(viewer, "city", row.city))
    return Found(
        label=CUSTOMER.shown(viewer, "name", row.name),
        detail=" · ".join(part for part in parts if part),
        url=reverse("customers:customer", args=[row.pk]),
    )
