"""What actions does by the clock."""

from datetime import datetime

from django.utils.translation import gettext_noop

from guanxi.actions.commands.detection import detect
from guanxi.actions.queries.rule import day_to_watch
from guanxi.foundation.actor import System


def detect_daily(at: datetime) -> None:
    """Look at dates that have passed since the last look."""
    detect(System(gettext_noop("detectors")), as_of=day_to_watch(), at=at)
