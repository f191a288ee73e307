"""Customers with signs that they may leave, all signs of one customer in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from guanxi.analytics.bonds import retained
from guanxi.customers.queries.finding import has_contract_trouble, may_read_findings
from guanxi.customers.queries.limit import is_unprofiled
from guanxi.customers.rules.bond import DISSATISFIED_UNDER, LOCKED_FROM
from guanxi.foundation.actor import Actor
from guanxi.foundation.policies import policy_of
from guanxi.sales.queries.order import has_refund

RECENT_DAYS = 180
FALLEN_TO, RISK_FROM = 0.6, 50
SIGNS = ("low", "refund", "trouble", "falling", "risk", "free")
A_PAGE = 50
MOST_MEMBERS = 10_000


@dataclass(frozen=True)
class Warned:
    """One customer, its signs by their keys, and what they rest on; None where unread."""

    customer: Any
    signs: Sequence[str]
    satisfaction: Decimal | None
    trend: float | None
    risk: int | None
    last_order_on: date | None


def warned(
    viewer: Actor, *, least: int, at: datetime, after: int = 0, most: int = A_PAGE
) -> list[Warned]:
    """
    Return the retained customers with at least ``least`` signs, the most signs first.

    Only signs whose fields ``viewer`` reads count; one query.
    """
    rows = _signed(viewer, least=least, at=at).select_related("traits", "owner")
    signs = conditions(viewer, at=at)
    found = []
    for one in rows[after : after + most]:
        traits = one.traits
        found.append(
            Warned(
                customer=one,
                signs=[key for key in signs if getattr(one, f"is_{key}")],
                satisfaction=traits.satisfaction,
                trend=traits.amount_trend if "falling" in signs else None,
                risk=traits.churn_risk if "risk" in signs else None,
                last_order_on=traits.last_order_on if _reads_days(viewer) else None,
            )
        )
    return found


def warned_count(viewer: Actor, *, least: int, at: datetime) -> int:
    """Return how many customers have at least ``least`` signs."""
    return _signed(viewer, least=least, at=at).count()


def warned_ids(viewer: Actor, *, least: int, at: datetime) -> list[int]:
    """Return their numbers, one more than a segment takes at most."""
    rows = _signed(viewer, least=least, at=at)
    return list(rows.values_list("pk", flat=True)[: MOST_MEMBERS + 1])


def conditions(viewer: Actor, *, at: datetime) -> Mapping[str, Q]:
    """Return the signs that ``viewer`` may read, as conditions of customers."""
    readable = policy_of("customer").readable(viewer)
    since = at - timedelta(days=RECENT_DAYS)
    found = {"low": Q(traits__satisfaction__lt=DISSATISFIED_UNDER)}
    if "refunded" in policy_of("order").readable(viewer):
        found["refund"] = Q(has_refund(viewer, OuterRef("pk"), since=since))
    if may_read_findings(viewer):
        found["trouble"] = Q(has_contract_trouble(OuterRef("pk"), since=since))
    if "amount_trend" in readable:
        found["falling"] = Q(traits__amount_trend__lte=FALLEN_TO)
    if "churn_risk" in readable:
        found["risk"] = Q(traits__churn_risk__gte=RISK_FROM)
    # To be free to leave is no sign alone: most who are satisfied are.
    found["free"] = found["low"] & Q(traits__lock_in__lt=LOCKED_FROM)
    return found


def _signed(viewer: Actor, *, least: int, at: datetime) -> "QuerySet[Any]":
    rows = retained(viewer).exclude(is_unprofiled())
    signs = conditions(viewer, at=at)
    for key, condition in signs.items():
        told = Case(
            When(condition, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        rows = rows.annotate(**{f"is_{key}": told})
    rows = rows.annotate(signs=sum((_one(f"is_{key}") for key in signs), Value(0)))
    found: QuerySet[Any] = rows.filter(signs__gte=least)
    return found.order_by("-signs", "-traits__order_total", "pk")


def _one(name: str) -> Case:
    when = When(**{name: True}, then=Value(1))
    return Case(when, default=Value(0), output_field=IntegerField())


def _reads_days(viewer: Actor) -> bool:
    return "last_order_on" in policy_of("customer").readable(viewer)
