"""Questions about targets: whose there are, and the plan of a year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.identity.queries import active_user, assignable_users, teams_in_order
from guanxi.sales.models import Target
from guanxi.sales.policies import TARGET
from guanxi.sales.queries.product import product_categories
from guanxi.sales.rules.target import (
    ADDING,
    BY_CATEGORY,
    MONEY,
    Measure,
    months_of,
    together,
)

HOUSE = "house"


@dataclass(frozen=True)
class Place:
    """
    Whose a target is: ``of`` as an address names it, and how it stands in the tree.

    ``above`` is the place whose target those of its places should come to.
    """

    of: str
    name: str
    level: int
    above: str
    user_id: int | None = None
    team_id: int | None = None

    def unset(self) -> Target:
        """Return an unsaved target of this place, to ask the policy about."""
        return Target(user_id=self.user_id, team_id=self.team_id)


@dataclass(frozen=True)
class PlanRow:
    """
    What a place is to reach in the twelve months of a year, and in all of it.

    ``parts`` is what the places right below are to reach together, None where that tells
    nothing; ``set_at`` when one of its months was last set.
    """

    place: Place
    months: Sequence[Decimal | None]
    total: Decimal | None
    set_at: datetime | None
    may_edit: bool
    parts: Decimal | None = None

    @property
    def falls_apart(self) -> bool:
        """Whether those below are to reach less together than this place alone."""
        if self.total is None or self.parts is None:
            return False
        return self.parts < self.total


@dataclass(frozen=True)
class Plan:
    """The plan of a year for one measure and category, or all (``""``)."""

    measure: Measure
    year: int
    category: str
    rows: Sequence[PlanRow] = field(default_factory=list)

    def row(self, of: str) -> PlanRow:
        """
        Return the row of one place.

        :raises NotVisible: if the viewer has no such row.
        """
        for one in self.rows:
            if one.place.of == of:
                return one
        raise NotVisible


def places(viewer: Actor) -> list[Place]:
    """Return whose targets ``viewer`` may see: the house, teams as a tree, their people."""
    people = list(assignable_users(viewer).order_by("sort_name", "pk"))
    me = active_user(viewer.actor_id) if viewer.actor_id else None
    if me is not None and all(one.pk != me.pk for one in people):
        people.append(me)
    found = [Place(HOUSE, _("The whole house"), 0, "")]
    teams = teams_in_order(viewer)
    known = {one.pk for one in teams}
    for team in teams:
        above = f"team-{team.parent_id}" if team.parent_id else HOUSE
        of = f"team-{team.pk}"
        found.append(Place(of, team.name, team.level + 1, above, team_id=team.pk))
        found += [
            Place(f"user-{one.pk}", one.name, team.level + 2, of, one.pk, team.pk)
            for one in people
            if one.team_id == team.pk
        ]
    found += [
        Place(f"user-{one.pk}", one.name, 1, HOUSE, one.pk, one.team_id)
        for one in people
        if one.team_id not in known
    ]
    return [one for one in found if TARGET.reaches(viewer, "read", one.unset())]


def plan(viewer: Actor, measure: Measure, year: int, category: str = "") -> Plan:
    """Return what every place in sight is to reach; the same queries for few and many."""
    kept: dict[str, dict[date, Target]] = {}
    for one in targets(viewer, measure, months_of(year), category):
        kept.setdefault(one.of, {})[one.month] = one
    rows = []
    for place in places(viewer):
        mine = kept.get(place.of, {})
        months = [mine[day].value if day in mine else None for day in months_of(year)]
        rows.append(
            PlanRow(
                place,
                months,
                together(measure, months),
                max((one.set_at for one in mine.values()), default=None),
                TARGET.reaches(viewer, "edit", place.unset()),
            )
        )
    return Plan(measure, year, category, _with_parts(measure, rows))


def targets(
    viewer: Actor, measure: Measure, months: Sequence[date], category: str = ""
) -> Iterable[Target]:
    """Return what was set for ``months``, as far as ``viewer`` may see it."""
    return Target.objects.filter(
        TARGET.visible(viewer),
        measure=measure,
        month__in=months,
        category=category,
    )


def categories(measure: Measure) -> list[str]:
    """Return the categories of products for which ``measure`` can be aimed at."""
    if measure not in BY_CATEGORY:
        return []
    return product_categories()


def told(measure: Measure, value: Decimal | None) -> str:
    """Return a target as people read it; empty where there is none."""
    if value is None:
        return ""
    if measure in MONEY:
        return figures.short_amount(value, settings.CURRENCY)
    if measure is Measure.MARGIN:
        return f"{value.normalize():f}%"
    return f"{value.normalize():,f}"


def _with_parts(measure: Measure, rows: Sequence[PlanRow]) -> list[PlanRow]:
    """Add to each row what the rows right below it come to."""
    if measure not in ADDING:
        return list(rows)
    below: dict[str, list[Decimal | None]] = {}
    for one in rows:
        below.setdefault(one.place.above, []).append(one.total)
    return [
        PlanRow(
            one.place,
            one.months,
            one.total,
            one.set_at,
            one.may_edit,
            together(measure, below.get(one.place.of, [])),
        )
        for one in rows
    ]
