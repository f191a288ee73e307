"""The four numbers of the home page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.analytics.queries import latest_runs
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import short
from guanxi.foundation.rooms import allowed


@dataclass(frozen=True)
class Stat:
    """A number with its trend since the last analysis, and where it leads."""

    label: str
    value: str
    trend: str
    tone: str
    url: str


def home_stats(viewer: Actor) -> Sequence[Stat]:
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
