"""What analytics does by the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop

from guanxi.analytics import exploring, queries
from guanxi.analytics.commands.analysis import run_analysis
from guanxi.analytics.commands.duplicates import find_duplicates
from guanxi.analytics.commands.load import load_warehouse
from guanxi.foundation.actor import System

LOADER = System(gettext_noop("load of the warehouse"))


def analyse_nightly(at: datetime) -> None:
    """Analyze as of the end of the day that it is in the house's time zone."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    run_analysis(System(gettext_noop("nightly analysis")), as_of=local.date(), at=at)


def load_outdated(at: datetime) -> None:
    """Load anew what an older version left: nobody waits until the night."""
    if exploring.was_loaded() and not exploring.is_loaded():
        load_warehouse(LOADER, at=at)


def load_changed(at: datetime) -> None:
    """Load what has changed since the last load, if anything has."""
    if exploring.is_loaded() and queries.waiting_changes():
        load_warehouse(LOADER, at=at)


def find_duplicates_nightly(at: datetime) -> None:
    """Compare all customers with each other; people look at the pairs in the morning."""
    find_duplicates(System(gettext_noop("nightly search for duplicates")), at=at)
