"""What happens to targets."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event
from guanxi.sales.rules.target import Measure


@dataclass(frozen=True, kw_only=True)
class TargetsSet(Event):
    """Somebody set what the months of a year are to bring."""

    kind: ClassVar[str] = "target"
    icon: ClassVar[str] = "target"
    sentence: ClassVar[str] = gettext_noop("Targets of %(year)s set: %(measure)s")

    of: str
    measure: str
    category: str
    year: int

    def words(self) -> dict[str, object]:
        """Return the measure in words, and the other fields."""
        return {**vars(self), "measure": Measure(self.measure).label}
