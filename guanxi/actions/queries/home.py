"""The numbers of the home page, as the roles of its reader ask for them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.actions.queries.action_message import open_messages
from guanxi.actions.queries.task import open_tasks
from guanxi.analytics.queries import latest_runs
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import short
from guanxi.foundation.rooms import allowed
from guanxi.identity.queries import assignable_users
from guanxi.identity.rules.role import HomeBlock
from guanxi.sales.queries.order import orders

# Counting further says nothing more, and costs.
MOST = 1000


@dataclass(frozen=True)
class Stat:
    """A number with its trend since the last analysis, and where it leads."""

    label: str
    value: str
    trend: str
    tone: str
    url: str


def home_stats(
    viewer: Actor, blocks: Iterable[HomeBlock], *, today: date
) -> Sequence[Stat]:
    """Return the numbers of those of ``blocks`` that have some and ``viewer`` may see."""
    counts: Mapping[HomeBlock, Callable[[], Sequence[Stat]]] = {
        HomeBlock.ANALYSIS: lambda: _analysis(viewer),
        HomeBlock.TEAM: lambda: _team(viewer, today),
        HomeBlock.MONEY: lambda: _money(viewer, today),
        HomeBlock.DELIVERY: lambda: _delivery(viewer, today),
        HomeBlock.HOUSE: lambda: _house(viewer),
    }
    return [stat for block in blocks if block in counts for stat in counts[block]()]


def _team(viewer: Actor, today: date) -> Sequence[Stat]:
    """Return what waits for whom the viewer leads: as far as he sees it."""
    late = open_tasks(viewer).filter(due_on__lt=today)
    unnamed = open_messages(viewer).filter(assignee=None)
    return [
        _count(_("Open messages in sight"), open_messages(viewer), "actions:messages"),
        _count(_("Messages nobody has"), unnamed, "actions:messages"),
        _count(_("Tasks overdue"), late, "actions:tasks"),
    ]


def _money(viewer: Actor, today: date) -> Sequence[Stat]:
    if not allowed(viewer, "order.read"):
        return []
    owing = orders(viewer).owing()
    late = owing.filter(due_on__lt=today)
    return [
        _count(_("Orders with money to come"), owing, "sales:orders"),
        _count(_("Payments overdue"), late, "sales:orders"),
    ]


def _delivery(viewer: Actor, today: date) -> Sequence[Stat]:
    if not allowed(viewer, "order.read"):
        return []
    waiting = orders(viewer).real().filter(shipped_at=None, ship_on__isnull=False)
    return [
        _count(_("Orders to ship"), waiting, "sales:orders"),
        _count(_("Late to ship"), waiting.filter(ship_on__lt=today), "sales:orders"),
    ]


def _house(viewer: Actor) -> Sequence[Stat]:
    if not allowed(viewer, "user.read"):
        return []
    return [_count(_("Active users"), assignable_users(viewer), "identity:users")]


def _count(label: str, rows: QuerySet[Any], page: str) -> Stat:
    """Return how many rows there are, counted up to `MOST`."""
    count = rows.order_by()[: MOST + 1].count()
    value = f"{short(MOST)}+" if count > MOST else short(count)
    return Stat(label=label, value=value, trend="", tone="gray", url=reverse(page))


def _analysis(viewer: Actor) -> Sequence[Stat]:
    """
    Return counts of customers from the latest analysis, with the change since before.

    They cover the whole base, so only viewers of the analysis get them.
    """
    if not allowed(viewer, "analysis.read"):
        return []
    runs = latest_runs(2)
    if not runs:
        return []
    now = runs[0].summary
    before = runs[1].summary if len(runs) > 1 else {}
    return [
        _stat(_("Vital customers"), "tier", "vital", now, before, is_good=True),
        _stat(
            _("Loyal customers"), "purchase_state", "loyal", now, before, is_good=True
        ),
        _stat(_("In decline"), "life_stage", "decline", now, before, is_good=False),
        _stat(
            _("Lost customers"), "purchase_state", "lost", now, before, is_good=False
        ),
    ]


def _stat(
    label: str,
    trait: str,
    value: str,
    now: dict[str, dict[str, int]],
    before: dict[str, dict[str, int]],
    *,
    is_good: bool,
) -> Stat:
    count = now.get(trait, {}).get(value, 0)
    change = count - before.get(trait, {}).get(value, 0) if before else 0
    tone = "gray" if not change else "green" if (change > 0) == is_good else "red"
    return Stat(
        label=label,
        value=short(count),
        trend=f"{change:+,}" if change else "",
        tone=tone,
        url=f"{reverse('customers:customers')}?where={trait}.eq.{value}",
    )
