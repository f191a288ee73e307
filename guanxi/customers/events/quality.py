"""Facts about data quality: what was confirmed, what does not work, and the rules."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.attached import ContactPointEvent
from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.quality import RULE_PARTS, Part
from guanxi.foundation.events import Event
from guanxi.foundation.words import Words


@dataclass(frozen=True, kw_only=True)
class PartConfirmed(CustomerEvent):
    """Somebody looked at a part of a customer and found it still right."""

    sentence: ClassVar[str] = gettext_noop("Confirmed as still right: %(part)s")
    icon: ClassVar[str] = "circle-check"

    part: str

    def words(self) -> dict[str, object]:
        """Return what people call the part."""
        is_shipped = self.part in Part.values
        return {"part": Part(self.part).label if is_shipped else self.part}


@dataclass(frozen=True, kw_only=True)
class ContactPointFailed(ContactPointEvent):
    """Nobody is reached by a contact point any more."""

    sentence: ClassVar[str] = gettext_noop("%(point_kind)s does not reach anybody")


@dataclass(frozen=True, kw_only=True)
class ContactPointWorks(ContactPointEvent):
    """A contact point reaches somebody again."""

    sentence: ClassVar[str] = gettext_noop("%(point_kind)s works again")


@dataclass(frozen=True, kw_only=True)
class QualityRulesChanged(Event):
    """The house decided otherwise what good data are; the log row says what."""

    sentence: ClassVar[str] = gettext_noop("Rules of data quality changed")
    icon: ClassVar[str] = "adjustments"
    kind: ClassVar[str] = "quality_rule"

    @classmethod
    def told_name(cls, name: str) -> Words:
        """Return what people call a part of the rules."""
        return RULE_PARTS.get(name, name)
