"""Sales that were not what the spans before let expect."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.analytics import exploring
from guanxi.analytics.boards.answered import in_short
from guanxi.analytics.cubes.declared import Key, Metric
from guanxi.analytics.findings.declared import (
    MOST_FALSE,
    Finding,
    Link,
    Person,
    Sort,
    certainty_of,
    key_of,
)
from guanxi.analytics.outlooks import Step
from guanxi.foundation.actor import Actor

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question
    from guanxi.analytics.science.surprise import Surprise

# Of all together, what is looked at; of each part of a side, the first that is readable.
WHOLE = ("revenue", "orders", "buyers", "new_buyers", "profit")
PARTS = ("revenue", "orders")
SIDES = ("team", "owner", "province", "industry", "channel", "category")
MOST_PARTS = 10
MOST_TOLD = 12
MOST_DRIVERS = 2
_YEARS = 4
_DRIVEN_SINCE = 12  # spans before, of which the mean is compared with
# A part of which less than this share is off is no matter for a manager.
_LEAST_OFF = 0.03


@dataclass(frozen=True)
class Looked:
    """A figure of one part of the sales, and what its latest span is like."""

    metric: Metric
    side: str
    key: Key | None
    label: str
    found: "Surprise"
    false: float = 1.0


def sales_findings(
    viewer: Actor, last: date, step: Step
) -> tuple[int, Sequence[Finding]]:
    """
    Return how many figures were looked at, and what was out of the ordinary.

    Of all orders first, then of parts of them.

    ``last`` is the first day of a span that has ended. All orders in sight are looked at
    together and by each side that the viewer may ask; of the parts the farthest off come
    first.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.science.surprise import (  # noqa: PLC0415 -- as above
        false_discovery_rates,
    )

    looked = list(_looked(viewer, last, step))
    rates = false_discovery_rates(np.array([one.found.chance for one in looked]))
    odd = [
        (one, float(rate))
        for one, rate in zip(looked, rates, strict=True)
        if rate < MOST_FALSE and _share_off(one.found) >= _LEAST_OFF
    ]
    odd.sort(key=lambda pair: -abs(pair[0].found.off) if pair[0].side else -np.inf)
    return len(looked), [
        _finding(viewer, one, rate, last, step, len(looked))
        for one, rate in odd[:MOST_TOLD]
    ]


def _looked(viewer: Actor, last: date, step: Step) -> Iterator[Looked]:
    """Yield every figure that has enough spans to be judged."""
    cube, question = exploring.cube(), _question(last, step)
    known, sides = cube.metrics_for(viewer), cube.dimensions_for(viewer)
    whole = tuple(key for key in WHOLE if key in known)
    if not whole:
        return
    spans = exploring.explored(
        viewer, replace(question, metrics=whole, rows=step.value), is_whole=True
    ).rows
    known_days = [one.key for one in spans if isinstance(one.key, date)]
    days = _days(min(known_days, default=last), last, step)
    sums = {one.key: one.figures for one in spans}
    for at, key in enumerate(whole):
        values = tuple(
            float(sums[day][at] or 0) if day in sums else 0.0 for day in days
        )
        found = _judged(values, step.season)
        if found:
            yield Looked(known[key], "", None, "", found)
    part = next((key for key in PARTS if key in known), "")
    for side in SIDES if part else ():
        if side not in sides:
            continue
        pivot = exploring.explored(
            viewer,
            replace(question, metrics=(part,), rows=side, columns=step.value),
            is_whole=True,
        )
        for row in pivot.rows[:MOST_PARTS]:
            cells = (pivot.cells.get((row.key, day)) for day in days)
            values = tuple(float(cell[0] or 0) if cell else 0.0 for cell in cells)
            found = _judged(values, step.season)
            if found:
                yield Looked(known[part], side, row.key, row.label, found)


def _question(last: date, step: Step) -> "Question":
    """Return the question of all spans up to that of ``last``."""
    from guanxi.analytics.cubes.asking import (  # noqa: PLC0415 -- loads the engine
        Question,
    )

    first = step.first_of(last.replace(year=last.year - _YEARS, day=1))
    return Question((), first, step.later(last, 1) - timedelta(days=1))


def _days(first: date, last: date, step: Step) -> list[date]:
    days = [first]
    while days[-1] < last:
        days.append(step.later(days[-1], 1))
    return days


@lru_cache(maxsize=2048)
def _judged(values: tuple[float, ...], season: int) -> "Surprise | None":
    """Return what the last of ``values`` is like; the span in which it began is left out."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.science.surprise import surprise  # noqa: PLC0415 -- as above

    begun = next((n for n, value in enumerate(values) if value), len(values))
    known = np.array(values[begun + 1 :])
    return surprise(known, season if len(known) > 3 * season else 1)


def _share_off(found: "Surprise") -> float:
    return abs(found.off) / max(abs(found.expected), abs(found.actual), 1.0)


def _finding(
    viewer: Actor, one: Looked, rate: float, last: date, step: Step, count: int
) -> Finding:
    metric, found = one.metric, one.found
    span = exploring.labels_of(viewer, exploring.cube().dimensions[step.value], [last])
    what = str(metric.label)
    if one.side:
        side = exploring.cube().dimensions[one.side].label
        what = _("%(figure)s, %(side)s %(part)s") % {
            "figure": metric.label,
            "side": side,
            "part": one.label or _("Unknown"),
        }
    words = {
        "what": what,
        "span": span[last],
        "actual": in_short(metric, found.actual),
        "expected": in_short(metric, found.expected),
        "share": f"{100 * abs(found.off) / abs(found.expected):.0f}%"
        if found.expected
        else in_short(metric, abs(found.off)),
    }
    sentence = (
        _(
            "%(what)s in %(span)s: %(actual)s, %(share)s less than expected (%(expected)s)."
        )
        if found.off < 0
        else _(
            "%(what)s in %(span)s: %(actual)s, %(share)s more than expected (%(expected)s)."
        )
    )
    is_money = metric.key in {"revenue", "profit"}
    return Finding(
        key=key_of("sales", metric.key, one.side, one.key, step.value, last),
        sort=Sort.SALES,
        tone="red" if found.off < 0 else "green",
        subject=_("%(what)s in %(span)s") % words,
        sentence=sentence % words,
        evidence=_evidence(metric, found, count),
        certainty=certainty_of(rate),
        stake=in_short(metric, abs(found.off)) if is_money else "",
        who=_who(viewer, one, last, step),
        links=_links(viewer, one, last, step),
    )


def _evidence(metric: Metric, found: "Surprise", count: int) -> str:
    chance = f"{100 * found.chance:.1f}%" if found.chance >= 0.001 else "< 0.1%"
    return _(
        "Learned from the spans before: eight in ten should lie between %(low)s and "
        "%(high)s. By chance alone %(chance)s are as far off; that %(count)s figures were "
        "looked at is allowed for."
    ) % {
        "low": in_short(metric, found.low),
        "high": in_short(metric, found.high),
        "chance": chance,
        "count": count,
    }


def _who(viewer: Actor, one: Looked, last: date, step: Step) -> Sequence[Person]:
    """Return the owners who moved the figure most, each with by how much."""
    if one.side == "owner":
        return [Person(one.label)]
    sides = exploring.cube().dimensions_for(viewer)
    if "owner" not in sides or not one.metric.is_additive:
        return []
    first = step.later(last, -_DRIVEN_SINCE)
    asked = replace(
        _question(last, step),
        metrics=(one.metric.key,),
        first_on=first,
        rows="owner",
        columns=step.value,
        where=_where(one),
    )
    pivot = exploring.explored(viewer, asked, is_whole=True)
    moved = [(row.label, _moved(pivot.cells, row.key, last)) for row in pivot.rows]
    same = [(label, off) for label, off in moved if off * one.found.off > 0]
    same.sort(key=lambda pair: -abs(pair[1]))
    return [
        Person(label, f"{'+' if off > 0 else ''}{in_short(one.metric, off)}")
        for label, off in same[:MOST_DRIVERS]
    ]


def _moved(
    cells: Mapping[tuple[Key | None, Key | None], Sequence[float | None]],
    owner: Key | None,
    last: date,
) -> float:
    """Return an owner's latest span less the mean of those before."""
    mine = {day: cell for (key, day), cell in cells.items() if key == owner and day}
    before = [float(cell[0] or 0) for day, cell in mine.items() if day != last]
    latest = float(mine[last][0] or 0) if last in mine else 0.0
    return latest - sum(before) / _DRIVEN_SINCE


def _where(one: Looked) -> Mapping[str, Key]:
    return {} if not one.side or one.key is None else {one.side: one.key}


def _links(viewer: Actor, one: Looked, last: date, step: Step) -> Sequence[Link]:
    sides = exploring.cube().dimensions_for(viewer)
    words = [("where", f"{side}:{key}") for side, key in _where(one).items()]
    by = next(
        key for key in ("owner", "channel", "month") if key in sides and key != one.side
    )
    days = [
        ("first_on", last.isoformat()),
        ("last_on", (step.later(last, 1) - timedelta(days=1)).isoformat()),
    ]
    show = [("show", "change")] if by != "month" else []
    asked = urlencode([("rows", by), ("metrics", one.metric.key), *days, *show, *words])
    found = [Link(_("Look into it"), f"{reverse('analytics:explore')}?{asked}")]
    if one.metric.key != "new_buyers":
        coming = urlencode([("metric", one.metric.key), ("step", step.value), *words])
        found.append(
            Link(_("What is to come"), f"{reverse('analytics:outlook')}?{coming}")
        )
    return found
