"""What customers does by the clock."""

from datetime import datetime

from django.db.models import Max, Min
from django.utils.translation import gettext_noop

from guanxi.customers.commands.ownerless import tell_of_ownerless
from guanxi.customers.commands.quality_score import keep_quality_week, refresh_quality
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import System

MINDER = System(gettext_noop("customers without owner"))
JUDGE = System(gettext_noop("data quality"))
# As many as are locked together: nobody waits long to save one of them.
TOGETHER = 50_000


def judge_nightly(at: datetime) -> None:
    """Judge the data of all customers, some at a time, and keep the means of the week."""
    ends = customers(JUDGE).aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    for first in range(ends["first"], ends["last"] + 1, TOGETHER):
        refresh_quality(JUDGE, first=first, last=first + TOGETHER - 1, at=at)
    keep_quality_week(JUDGE, at=at)


def remind_of_ownerless(at: datetime) -> None:
    """Tell managers weekly of the customers for whom nobody is responsible."""
    tell_of_ownerless(MINDER, at=at)
