"""Who buys how: kinds of buyers, and the days on which one of a kind buys."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from random import Random

YEAR = 365
SPAN = 2 * YEAR
"""How many days of trade there are."""
# How lively each month is, January first: the spring festival is quiet, the sales of
# June and November are not.
SEASON = (0.85, 0.55, 0.95, 0.95, 1.1, 1.45, 0.9, 0.9, 1.1, 1.15, 1.6, 1.2)
LIVELIEST = max(SEASON)


class Habit(Enum):
    """What becomes of a buyer in the course of time; ``GONE`` lately, ``LEFT`` long ago."""

    STEADY = "steady"
    GROWING = "growing"
    FALLING = "falling"
    GONE = "gone"
    LEFT = "left"
    NEW = "new"


@dataclass(frozen=True)
class Kind:
    """
    A kind of buyer.

    ``share`` of all customers; ``gaps`` is the range of the usual days between two
    orders; ``pieces`` the most of one good in a line; ``spread`` how irregular the gaps
    are (0: like a clock). ``orders`` bounds the number of orders of those without a
    rhythm. ``basket`` is how many large and how many small goods are in an order.
    """

    key: str
    share: float
    is_company: bool = False
    is_dealer: bool = False
    gaps: tuple[float, float] | None = None
    spread: float = 0.35
    pieces: int = 2
    orders: tuple[int, int] = (0, 0)
    basket: tuple[int, int] = (1, 1)


KINDS = (
    Kind(
        "dealer", 0.03, True, True, gaps=(6, 13), spread=0.25, pieces=5, basket=(1, 2)
    ),
    Kind("contract", 0.055, True, gaps=(14, 30), pieces=7, basket=(1, 2)),
    Kind("regular", 0.18, gaps=(24, 55), spread=0.3, basket=(0, 3)),
    Kind("company", 0.10, True, orders=(1, 8), pieces=4, basket=(1, 2)),
    Kind("occasional", 0.38, orders=(2, 10)),
    Kind("once", 0.14, orders=(1, 1)),
    Kind("prospect", 0.08),
    Kind("lead", 0.04, True),
)
# What a buyer with a rhythm may become, and how often.
_HABITS = {
    Habit.STEADY: 0.57,
    Habit.GROWING: 0.12,
    Habit.FALLING: 0.06,
    Habit.GONE: 0.1,
    Habit.LEFT: 0.1,
    Habit.NEW: 0.05,
}
# Of those without a rhythm: how many come no more, and of all: how many were there
# before the first day of trade that is known.
_STRAYED = 0.25
_OLD = 0.6
# Before they leave, the last few gaps grow by this much.
_WEARY_GAPS, _WEARINESS = 4, 1.5


@dataclass(frozen=True)
class Buyer:
    """
    One buyer: kind, habit, and the usual days between two orders (0: no rhythm).

    ``taste`` draws the goods such a buyer comes back for.
    """

    kind: Kind
    habit: Habit
    gap_days: float
    taste: int


def draw_buyer(random: Random) -> Buyer:
    """Return a buyer of a kind drawn by its share."""
    kind = random.choices(KINDS, [kind.share for kind in KINDS])[0]
    if kind.gaps is None:
        return Buyer(kind, Habit.STEADY, 0, random.getrandbits(32))
    habit = random.choices(list(_HABITS), list(_HABITS.values()))[0]
    return Buyer(kind, habit, random.uniform(*kind.gaps), random.getrandbits(32))


def purchase_days(random: Random, buyer: Buyer, today: date) -> list[date]:
    """Return the days of two years up to ``today`` on which ``buyer`` orders."""
    first = today - timedelta(days=SPAN)
    if random.random() > _OLD:
        first += timedelta(days=random.randint(0, SPAN - YEAR // 2))
    if not buyer.gap_days:
        return _scattered(random, buyer.kind, first, _last_day(random, first, today))
    if buyer.habit is Habit.NEW:
        first = today - timedelta(days=random.randint(40, 110))
    last = today
    if buyer.habit is Habit.GONE:
        silence = buyer.gap_days * random.uniform(2.5, 5) + 20
        last = today - timedelta(days=min(silence, 200))
    if buyer.habit is Habit.LEFT:
        last = today - timedelta(days=random.randint(200, SPAN - YEAR // 3))
        first = min(first, last - timedelta(days=YEAR // 3))
    return list(_rhythm(random, buyer, first, last))


def amount_factor(buyer: Buyer, day: date, today: date) -> float:
    """Return by how much an order of ``day`` is larger or smaller than the usual one."""
    age = (today - day).days / YEAR
    if buyer.habit is Habit.FALLING:
        return 0.25 + 0.75 * min(age * 3, 1)
    if buyer.habit is Habit.GROWING:
        return 1.5 - 0.8 * min(age, 1)
    if buyer.habit is Habit.GONE and buyer.kind.is_company:
        return 1.9  # it hurts that they went
    return 1.0


def _rhythm(random: Random, buyer: Buyer, first: date, last: date) -> Iterator[date]:
    """
    Yield days about ``gap_days`` apart, closer together in lively months.

    Those who are about to leave come less often first.
    """
    day = first + timedelta(days=random.uniform(0, buyer.gap_days))
    leaves = buyer.habit in (Habit.GONE, Habit.LEFT)
    weary_from = last - timedelta(days=_WEARY_GAPS * buyer.gap_days)
    while day <= last:
        yield day
        pace = math.sqrt(SEASON[day.month - 1])
        if leaves and day > weary_from:
            pace /= _WEARINESS
        gap = random.gauss(buyer.gap_days, buyer.gap_days * buyer.kind.spread) / pace
        day += timedelta(days=max(1, round(gap)))


def _last_day(random: Random, first: date, today: date) -> date:
    """Return until when one without a rhythm buys: today, or a day on the way."""
    if random.random() > _STRAYED:
        return today
    return first + (today - first) * random.uniform(0.2, 0.9)


def _scattered(random: Random, kind: Kind, first: date, last: date) -> list[date]:
    """Return days without a rhythm, more of them in lively months."""
    days: set[date] = set()
    wanted = random.randint(*kind.orders)
    while len(days) < wanted:
        day = first + timedelta(days=random.randint(0, (last - first).days))
        if random.random() * LIVELIEST < SEASON[day.month - 1]:
            days.add(day)
    return sorted(days)
