"""Why customers stay: who is kept actively and who passively, and who may leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Floor

from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_stored_only
from guanxi.customers.rules import State
from guanxi.customers.rules.bond import Retention, Thresholds
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of, require

TELLS = frozenset({"name", "state", "satisfaction", "lock_in"})
SATISFACTION_BINS, LOCK_IN_BINS, LOCK_IN_STEP = 10, 7, 10


@dataclass(frozen=True)
class Part:
    """How many customers are kept in one way, and what they bought in all."""

    retention: Retention
    customers: int
    amount: Decimal


def require_bonds(viewer: Actor) -> None:
    """
    Ask whether ``viewer`` may read analyses of why customers stay.

    :raises NotVisible: for whoever does not read what they would tell.
    """
    require(viewer, "analysis.read")
    if not policy_of("customer").readable(viewer) >= TELLS:
        raise NotVisible


def retained(viewer: Actor) -> "QuerySet[Any]":
    """Return the actual customers in sight, but for those kept and not used."""
    return customers(viewer).filter(~is_stored_only(), state=State.ACTUAL).order_by()


def split(viewer: Actor, thresholds: Thresholds) -> Sequence[Part]:
    """Return how many customers are kept in each way; one query."""
    wanted = {one.value: _condition(one, thresholds) for one in Retention}
    counts = {f"n_{key}": Count("pk", filter=q) for key, q in wanted.items()}
    sums = {
        f"sum_{key}": Sum("traits__order_total", filter=q, default=0)
        for key, q in wanted.items()
    }
    found = _assessed(viewer).aggregate(**counts, **sums)
    return [
        Part(one, found[f"n_{one.value}"], found[f"sum_{one.value}"])
        for one in Retention
    ]


def split_members(
    viewer: Actor, thresholds: Thresholds, kept: Retention
) -> list[tuple[int, int, date | None]]:
    """Return number, amount in minor units and last order of those kept in one way."""
    rows = _assessed(viewer).filter(_condition(kept, thresholds))
    rows = rows.order_by("-traits__order_total", "pk")
    scale = minor_units(settings.CURRENCY)
    told = rows.values_list("pk", "traits__order_total", "traits__last_order_on")
    return [(pk, int(total.scaleb(scale)), day) for pk, total, day in told]


def unassessed(viewer: Actor) -> int:
    """Return how many retained customers lack satisfaction or lock-in."""
    return retained(viewer).count() - _assessed(viewer).count()


def grid(viewer: Actor) -> Mapping[tuple[int, int], int]:
    """
    Return how many customers stand in each bin of satisfaction and lock-in; one query.

    A bin of satisfaction is one point wide, one of lock-in ten; the best score belongs to
    the last bin.
    """
    rows = _assessed(viewer).annotate(
        across=Floor("traits__satisfaction"),
        up=Floor(F("traits__lock_in") / Decimal(LOCK_IN_STEP)),
    )
    found: dict[tuple[int, int], int] = {}
    for across, up, count in rows.values_list("across", "up").annotate(n=Count("pk")):
        key = min(int(across), SATISFACTION_BINS - 1), min(int(up), LOCK_IN_BINS - 1)
        found[key] = found.get(key, 0) + count
    return found


def _assessed(viewer: Actor) -> "QuerySet[Any]":
    return retained(viewer).filter(
        traits__satisfaction__isnull=False, traits__lock_in__isnull=False
    )


def _condition(kept: Retention, thresholds: Thresholds) -> Q:
    satisfied = Q(traits__satisfaction__gte=thresholds.satisfaction)
    bound = Q(traits__lock_in__gte=thresholds.lock_in)
    is_satisfied = kept in (Retention.LOYAL, Retention.WILLING)
    is_bound = kept in (Retention.LOYAL, Retention.CAPTIVE)
    return (satisfied if is_satisfied else ~satisfied) & (bound if is_bound else ~bound)
