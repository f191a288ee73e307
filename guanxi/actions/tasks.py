"""What actions does by the clock."""

from datetime import datetime

from django.utils.translation import gettext_noop

from guanxi.actions.commands.detection import detect
from guanxi.analytics.queries import present_day
from guanxi.foundation.actor import System


def detect_daily(at: datetime) -> None:
    """Look at everything as of the day that has begun: yesterday's dates have passed."""
    detect(System(gettext_noop("detectors")), as_of=present_day(at), at=at)
