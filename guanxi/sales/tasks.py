"""What sales does by the clock."""

from datetime import datetime

from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext_noop

from guanxi.foundation.actor import System
from guanxi.sales.commands.commission import draw_commissions
from guanxi.sales.commands.lead_rule import distribute_leads, release_overdue
from guanxi.sales.rules.commission import month_before

TENDER = System(gettext_noop("rules of leads"))
DRAWER = System(gettext_noop("monthly commissions"))


def tend_leads(at: datetime) -> None:
    """Give out what came without a door of its own, and take back whose time is over."""
    while distribute_leads(TENDER, at=at):
        pass
    while release_overdue(TENDER, at=at):
        pass


def draw_monthly(at: datetime) -> None:
    """Draw up the commissions of the month that is over."""
    day = localdate(at, get_default_timezone())
    draw_commissions(DRAWER, month=month_before(day), at=at)
