"""How the invented company rewards its sellers, and what it gave them lately."""

from datetime import date, datetime
from decimal import Decimal

from guanxi.foundation.actor import System
from guanxi.sales.commands.commission import (
    PlanTerms,
    approve_commission,
    draw_commissions,
    pay_commission,
    save_commission_plan,
)
from guanxi.sales.models import CommissionPlan, CommissionStatement
from guanxi.sales.rules.commission import Basis, RateTier, TierBy, month_before

PLAN = "销售回款提成（演示）"
_TIERS = (("0", "0.5"), ("1000000", "0.8"), ("2500000", "1.2"))


def write_commissions(by: System, *, today: date, at: datetime) -> None:
    """Set a plan; pay out the month before last, and leave the last one to be approved."""
    terms = PlanTerms(
        PLAN,
        Basis.RECEIVED,
        TierBy.AMOUNT,
        is_stepped=True,
        tiers=[RateTier(Decimal(start), Decimal(rate)) for start, rate in _TIERS],
        starts_on=date(today.year - 1, 1, 1),
    )
    save_commission_plan(by, CommissionPlan(), terms=terms, version=0, at=at)
    last = month_before(today)
    before = month_before(last)
    for month in (before, last):
        draw_commissions(by, month=month, at=at)
    for one in CommissionStatement.objects.filter(month=before):
        approve_commission(by, one, at=at)
        pay_commission(by, one, at=at)


def forget_commissions() -> None:
    """Delete what rests on the invented plan."""
    CommissionStatement.objects.filter(plan__name=PLAN).delete()
    CommissionPlan.objects.filter(name=PLAN).delete()
