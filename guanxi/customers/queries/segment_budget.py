"""What was spent on the customers of a segment, against its budget."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Sum

from guanxi.customers.models import Segment, SegmentMember
from guanxi.customers.policies import INVESTMENT, SEGMENT
from guanxi.customers.queries.investment import investments
from guanxi.customers.rules.investment import Spent, spent
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.policies import may


@dataclass(frozen=True)
class BudgetUse:
    """How much of the budget of a segment is used; in the house currency."""

    budget: Decimal
    spent: Spent

    @property
    def left(self) -> Decimal:
        """What may still be spent; below zero if it was more."""
        return self.budget - self.spent.total

    @property
    def percent(self) -> int | None:
        """How much is used, rounded down; None of a budget of nothing."""
        return int(self.spent.total * 100 / self.budget) if self.budget else None


def budget_use(viewer: Actor, segment: Segment) -> BudgetUse | None:
    """
    Return what was spent in the time of the budget, as far as ``viewer`` sees it.

    Of all who belonged to the segment at some moment of that time, so that nobody's
    costs leave the books with him. None without a budget, or if he reads none of it.
    """
    told = {"budget", "budget_from", "budget_until"} <= SEGMENT.readable(viewer)
    if segment.budget is None or not told or not may(viewer, "investment.read"):
        return None
    if INVESTMENT.level(viewer, "amount") < Level.READ:
        return None
    start, end = _time_of(segment)
    stays = SegmentMember.objects.filter(
        Q(left_at=None) | Q(left_at__gte=start),
        segment=segment,
        customer=OuterRef("customer_id"),
        joined_at__lt=end,
    )
    rows = investments(viewer).filter(
        Exists(stays), happened_at__gte=start, happened_at__lt=end
    )
    sums = rows.order_by().values_list("aim").annotate(Sum("amount"))
    return BudgetUse(segment.budget, spent(sums))


def _time_of(segment: Segment) -> tuple[datetime, datetime]:
    """Return when the budget begins and ends, by the days of the house."""
    zone = ZoneInfo(settings.TIME_ZONE)
    first, last = segment.budget_from, segment.budget_until
    assert first is not None
    assert last is not None
    start = datetime.combine(first, time.min, zone)
    return start, datetime.combine(last + timedelta(days=1), time.min, zone)
