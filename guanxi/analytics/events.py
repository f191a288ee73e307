"""What analytics announces."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class ThresholdsChanged(Event):
    """The next analysis draws its lines elsewhere."""

    sentence: ClassVar[str] = gettext_noop("Changed the thresholds of the analysis")
    icon: ClassVar[str] = "adjustments"
    kind: ClassVar[str] = "analysis"


@dataclass(frozen=True, kw_only=True)
class ScoresRefreshed(Event):
    """A run has written what it learned to the customers' traits."""

    sentence: ClassVar[str] = gettext_noop(
        "Analysis as of %(as_of)s: %(customers)s customers, %(written)s changed"
    )
    icon: ClassVar[str] = "chart-dots"
    kind: ClassVar[str] = "analysis"
    subject: ClassVar[str] = "run_id"

    run_id: int
    as_of: str
    customers: int
    written: int


@dataclass(frozen=True, kw_only=True)
class DuplicatesSearched(Event):
    """All customers were compared with each other; ``added`` pairs are new."""

    sentence: ClassVar[str] = gettext_noop(
        "%(customers)s customers compared: %(pairs)s likely pairs, %(added)s of them new"
    )
    icon: ClassVar[str] = "copy"
    kind: ClassVar[str] = "analysis"

    customers: int
    pairs: int
    added: int
