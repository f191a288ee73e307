"""Facts about what studies and observations tell of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.finding import FindingKind, FindingSource


@dataclass(frozen=True, kw_only=True)
class FindingEvent(CustomerEvent):
    """Something about a finding; what it says stands in the finding."""

    icon: ClassVar[str] = "eye"
    guards: ClassVar[Mapping[str, str]] = {"about": "findings", "source": "findings"}

    finding_id: int
    about: str
    source: str

    def words(self) -> dict[str, object]:
        """Return the labels of what it is about and how it was learned."""
        return {
            "about": FindingKind(self.about).label,
            "source": FindingSource(self.source).label,
        }


@dataclass(frozen=True, kw_only=True)
class FindingAdded(FindingEvent):
    """A study or an observation told something of a customer."""

    sentence: ClassVar[str] = gettext_noop("%(about)s recorded (%(source)s)")


@dataclass(frozen=True, kw_only=True)
class FindingChanged(FindingEvent):
    """A finding was written down differently."""

    sentence: ClassVar[str] = gettext_noop("%(about)s changed (%(source)s)")
    icon: ClassVar[str] = "edit"


@dataclass(frozen=True, kw_only=True)
class FindingTrashed(FindingEvent):
    """A finding was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("%(about)s moved to the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class FindingRestored(FindingEvent):
    """A finding was taken out of the trash."""

    sentence: ClassVar[str] = gettext_noop("%(about)s restored")
    icon: ClassVar[str] = "arrow-back-up"
