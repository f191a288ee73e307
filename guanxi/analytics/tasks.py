"""What analytics does by the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop

from guanxi.analytics import exploring
from guanxi.analytics.commands.analysis import run_analysis
from guanxi.analytics.commands.duplicates import find_duplicates
from guanxi.foundation.actor import System


def analyse_nightly(at: datetime) -> None:
    """Analyze as of the end of the day that it is in the house's time zone."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    run_analysis(System(gettext_noop("nightly analysis")), as_of=local.date(), at=at)


def load_outdated(at: datetime) -> None:
    """Load the cubes anew that an older version left: nobody waits until the night."""
    if not exploring.was_loaded() or exploring.is_loaded():
        return
    from guanxi.analytics.scoring import load_cubes  # noqa: PLC0415 -- loads the engines

    load_cubes()


def find_duplicates_nightly(at: datetime) -> None:
    """Compare all customers with each other; people look at the pairs in the morning."""
    find_duplicates(System(gettext_noop("nightly search for duplicates")), at=at)
