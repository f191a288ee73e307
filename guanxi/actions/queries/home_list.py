"""What stands on the home pages of those whose work is no worklist: their own next rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import amount
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import allowed
from guanxi.identity.rules.role import HomeBlock
from guanxi.sales.queries.order import orders

if TYPE_CHECKING:
    from guanxi.sales.models.order import OrderQuerySet

MOST = 8


@dataclass(frozen=True)
class Row:
    """A record: what it is called, what to know of it, and its page."""

    label: str
    detail: str
    url: str


@dataclass(frozen=True)
class HomeList:
    """The next few of a list, where all of them are, and what it says without any."""

    title: str
    rows: Sequence[Row]
    more: str
    url: str
    none: str


def home_lists(
    viewer: Actor, blocks: Iterable[HomeBlock], *, today: date
) -> Sequence[HomeList]:
    """Return the lists of ``blocks`` that ``viewer`` may see, one query each."""
    known: Mapping[HomeBlock, Callable[[], HomeList | None]] = {
        HomeBlock.MONEY: lambda: _owed(viewer, today),
        HomeBlock.DELIVERY: lambda: _to_ship(viewer),
        HomeBlock.RECORDS: lambda: _incomplete(viewer),
    }
    found = (known[block]() for block in blocks if block in known)
    return [one for one in found if one]


def _owed(viewer: Actor, today: date) -> HomeList | None:
    if not allowed(viewer, "order.read"):
        return None
    late = orders(viewer).owing().filter(due_on__lt=today).order_by("due_on", "pk")
    rows = _of_orders(viewer, late, "due_on", _("Due %(day)s"), with_amount=True)
    return HomeList(
        _("Payments overdue, the oldest first"),
        rows,
        _("All orders with money to come"),
        f"{reverse('sales:orders')}?where=payment_state.in.(unpaid,part)",
        _("No payment is overdue."),
    )


def _to_ship(viewer: Actor) -> HomeList | None:
    if not allowed(viewer, "order.read"):
        return None
    waiting = orders(viewer).real().filter(shipped_at=None, ship_on__isnull=False)
    waiting = waiting.order_by("ship_on", "pk")
    rows = _of_orders(viewer, waiting, "ship_on", _("Ship by %(day)s"))
    return HomeList(
        _("To ship next"),
        rows,
        _("All orders"),
        reverse("sales:orders"),
        _("Nothing waits to be shipped."),
    )


def _of_orders(
    viewer: Actor,
    found: "OrderQuerySet",
    day: str,
    words: str,
    *,
    with_amount: bool = False,
) -> list[Row]:
    names, money = policy_of("customer"), policy_of("order")
    shows_amount = with_amount and {"total", "paid"} <= money.readable(viewer)
    rows = []
    for one in found[:MOST]:
        told = [
            names.shown(viewer, "name", one.customer.name),
            words % {"day": date_format(getattr(one, day), "SHORT_DATE_FORMAT")},
        ]
        if shows_amount:
            told.append(amount(one.owed, one.currency or settings.CURRENCY))
        url = reverse("sales:order", args=[one.pk])
        rows.append(Row(one.number, " · ".join(told), url))
    return rows


def _incomplete(viewer: Actor) -> HomeList | None:
    policy = policy_of("customer")
    if "quality" not in policy.readable(viewer):
        return None
    poor = customers(viewer).filter(traits__quality__isnull=False)
    poor = poor.select_related("traits").order_by("traits__quality", "pk")
    rows = [
        Row(
            policy.shown(viewer, "name", one.name),
            _("Data quality %(score)s of 100") % {"score": one.traits.quality},
            reverse("customers:customer", args=[one.pk]),
        )
        for one in poor[:MOST]
    ]
    return HomeList(
        _("Records to complete and confirm"),
        rows,
        _("All of the data quality"),
        reverse("customers:quality"),
        _("No record is poor."),
    )
