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
from guanxi.foundation.compiled import asked_by
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
    page = "actions:messages"
    return [
        _count(_("Open messages in sight"), page, asked_by(viewer, _open)),
        _count(_("Messages nobody has"), page, asked_by(viewer, _unnamed)),
        _count(
            _("Tasks overdue"), "actions:tasks", asked_by(viewer, _overdue, today=today)
        ),
    ]


def _money(viewer: Actor, today: date) -> Sequence[Stat]:
    if not allowed(viewer, "order.read"):
        return []
    late = asked_by(viewer, _owing_since, today=today)
    return [
        _count(
            _("Orders with money to come"), "sales:orders", asked_by(viewer, _owing)
        ),
        _count(_("Payments overdue"), "sales:orders", late),
    ]


def _delivery(viewer: Actor, today: date) -> Sequence[Stat]:
    if not allowed(viewer, "order.read"):
        return []
    late = asked_by(viewer, _to_ship_since, today=today)
    return [
        _count(_("Orders to ship"), "sales:orders", asked_by(viewer, _to_ship)),
        _count(_("Late to ship"), "sales:orders", late),
    ]


def _house(viewer: Actor) -> Sequence[Stat]:
    if not allowed(viewer, "user.read"):
        return []
    found = asked_by(viewer, _active)
    return [_count(_("Active users"), "identity:users", found)]


def _some(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Return the numbers of as many of ``rows`` as are counted."""
    return rows.order_by().values_list("pk")[: MOST + 1]


def _open(viewer: Actor) -> "QuerySet[Any]":
    return _some(open_messages(viewer))


def _unnamed(viewer: Actor) -> "QuerySet[Any]":
    return _some(open_messages(viewer).filter(assignee=None))


def _overdue(viewer: Actor, today: date) -> "QuerySet[Any]":
    return _some(open_tasks(viewer).filter(due_on__lt=today))


def _owing(viewer: Actor) -> "QuerySet[Any]":
    return _some(orders(viewer).owing())


def _owing_since(viewer: Actor, today: date) -> "QuerySet[Any]":
    return _some(orders(viewer).owing().filter(due_on__lt=today))


def _to_ship(viewer: Actor) -> "QuerySet[Any]":
    waiting = orders(viewer).real().filter(shipped_at=None, ship_on__isnull=False)
    return _some(waiting)


def _to_ship_since(viewer: Actor, today: date) -> "QuerySet[Any]":
    waiting = orders(viewer).real().filter(shipped_at=None)
    return _some(waiting.filter(ship_on__lt=today))


def _active(viewer: Actor) -> "QuerySet[Any]":
    return _some(assignable_users(viewer))


def _count(label: str, page: str, found: Sequence[Any]) -> Stat:
    """Return how many were found, of at most `MOST` and one more."""
    count = len(found)
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
