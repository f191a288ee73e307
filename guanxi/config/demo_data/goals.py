"""What the invented company wants to reach this year: a tenth more than last year."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from guanxi.config.demo_data.company import Staff
from guanxi.config.demo_data.orders import Sale
from guanxi.foundation.actor import System
from guanxi.sales.commands.target import set_targets
from guanxi.sales.models import Target
from guanxi.sales.rules.target import MONTHS, Measure

_MORE = Decimal("1.1")
_STEP = Decimal(1000)
_SHARE_OF_COST = Decimal("0.02")
_EVERY_MONTH = {
    Measure.MARGIN: Decimal(38),
    Measure.SATISFACTION: Decimal(8),
    Measure.NEW_CUSTOMERS: Decimal(12),
}
LEADER = "lin"

Months = Sequence[Decimal]


def write_targets(
    by: System, sales: Sequence[Sale], staff: Staff, *, today: date, at: datetime
) -> None:
    """Set targets of revenue for all who sold, their teams and the company; its other aims."""
    company = staff[LEADER].team_id
    revenue = _aims(sales, today.year - 1, company)
    for (user_id, team_id), months in revenue.items():
        place = Target(user_id=user_id, team_id=team_id)
        _set(by, place, Measure.REVENUE, months, today.year, at)
    costs = _part(revenue[None, company], _SHARE_OF_COST)
    _set(by, Target(team_id=company), Measure.COST, costs, today.year, at)
    for measure, value in _EVERY_MONTH.items():
        _set(by, Target(team_id=company), measure, [value] * MONTHS, today.year, at)


def _aims(
    sales: Sequence[Sale], year: int, company: int | None
) -> Mapping[tuple[int | None, int | None], Months]:
    """Return what people, teams and all sold in the months of ``year``, and a tenth more."""
    sums: dict[tuple[int | None, int | None], list[Decimal]]
    sums = defaultdict(lambda: [Decimal(0)] * MONTHS)
    for one in sales:
        day = one.deal.ordered_on
        if day.year != year:
            continue
        owner, team = one.order.owner_id, one.order.team_id
        for place in {(owner, team), (None, team), (None, company)}:
            sums[place][day.month - 1] += one.order.total
    return {
        place: [(one * _MORE / _STEP).to_integral_value() * _STEP for one in months]
        for place, months in sums.items()
    }


def _part(months: Months, share: Decimal) -> Months:
    return [(one * share).to_integral_value() for one in months]


def _set(
    by: System,
    place: Target,
    measure: Measure,
    months: Months,
    year: int,
    at: datetime,
) -> None:
    set_targets(by, place, measure=measure, year=year, months=months, seen=None, at=at)
