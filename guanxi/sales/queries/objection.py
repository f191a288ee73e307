"""Questions about objections: those to one opportunity, and how often they cost a sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import get_default_timezone

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.sales.models import Objection, Opportunity
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.rules.objection import LAST_STEP
from guanxi.sales.rules.opportunity import SURE, OpportunityState

SIDES = ("kind", "nature", "price_side")


@dataclass(frozen=True)
class ObjectionTally:
    """
    How often objections of one value were raised, and how their opportunities ended.

    ``count`` are objections, ``answered`` those taken through all five steps; ``won``,
    ``lost`` and ``open`` are opportunities, each counted once.
    """

    key: str
    count: int
    answered: int
    won: int
    lost: int
    open: int

    @property
    def rate(self) -> Decimal | None:
        """The won opportunities of those that ended, in percent; None if none has."""
        ended = self.won + self.lost
        return Decimal(self.won * SURE) / ended if ended else None


def objections(viewer: Actor, opportunity: Opportunity) -> QuerySet[Objection]:
    """Return the objections to an opportunity that ``viewer`` sees, the newest first."""
    rows = Objection.objects.filter(opportunity=opportunity, deleted_at__isnull=True)
    if "objections" not in OPPORTUNITY.readable(viewer):
        rows = rows.none()
    return rows.select_related("product").order_by("-created_at", "-pk")


def objection(viewer: Actor, opportunity: Opportunity, pk: int) -> Objection:
    """
    Return one objection to an opportunity.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = objections(viewer, opportunity).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def objection_tallies(
    viewer: Actor, first_on: date, last_on: date, by: str = "kind"
) -> Sequence[ObjectionTally]:
    """
    Return how often objections in sight were raised in a span, by a side of `SIDES`.

    The days are those of the house. The most frequent first.

    :raises NotVisible: if ``viewer`` reads no objections.
    """
    require(viewer, "opportunity.read")
    if "objections" not in OPPORTUNITY.readable(viewer):
        raise NotVisible
    seen = Opportunity.objects.kept().filter(OPPORTUNITY.visible(viewer))
    rows = Objection.objects.filter(
        opportunity__in=seen.values("pk"),
        deleted_at__isnull=True,
        created_at__gte=_start(first_on),
        created_at__lt=_start(last_on + timedelta(days=1)),
    ).exclude(**{by: ""})
    states = {
        state.value: Count(
            "opportunity", filter=Q(opportunity__state=state), distinct=True
        )
        for state in OpportunityState
    }
    found = (
        rows.order_by()
        .values(by)
        .annotate(
            count=Count("pk"), answered=Count("pk", filter=Q(step=LAST_STEP)), **states
        )
    )
    told = [
        ObjectionTally(
            one[by], one["count"], one["answered"], one["won"], one["lost"], one["open"]
        )
        for one in found
    ]
    return sorted(told, key=lambda one: (-one.count, one.key))


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=get_default_timezone())
