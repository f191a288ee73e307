"""Facts about the fields that a house added."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext, gettext_noop

from guanxi.customers.rules import Tier
from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class CustomFieldEvent(Event):
    """Something about a field that the house added; ``key`` is what programs call it."""

    kind: ClassVar[str] = "custom_field"
    subject: ClassVar[str] = "field_id"
    icon: ClassVar[str] = "forms"

    field_id: int
    key: str

    def words(self) -> dict[str, object]:
        """Return the key."""
        return {"key": self.key}


@dataclass(frozen=True, kw_only=True)
class CustomFieldAdded(CustomFieldEvent):
    """Customers have one more field."""

    sentence: ClassVar[str] = gettext_noop("Customer field “%(key)s” added")


@dataclass(frozen=True, kw_only=True)
class CustomFieldChanged(CustomFieldEvent):
    """A field is called otherwise, allows other values, or is in use no more."""

    sentence: ClassVar[str] = gettext_noop("Customer field “%(key)s” changed")


@dataclass(frozen=True, kw_only=True)
class FieldGroupSaved(Event):
    """Fields of customers stand under a new or another heading."""

    kind: ClassVar[str] = "custom_field"
    subject: ClassVar[str] = "group_id"
    icon: ClassVar[str] = "forms"
    sentence: ClassVar[str] = gettext_noop("Group of customer fields “%(key)s” saved")

    group_id: int
    key: str

    def words(self) -> dict[str, object]:
        """Return the key."""
        return {"key": self.key}


@dataclass(frozen=True, kw_only=True)
class HandlingChanged(CustomFieldEvent):
    """Something else is said about how customers of one kind are treated."""

    sentence: ClassVar[str] = gettext_noop(
        "Treatment of customers with “%(key)s” = “%(choice)s” changed"
    )

    choice: str

    def words(self) -> dict[str, object]:
        """Return the keys of field and choice."""
        return {"key": self.key, "choice": self.choice}


@dataclass(frozen=True, kw_only=True)
class GroupHandlingChanged(Event):
    """Something else is said about how customers of a tier or segment are spoken to."""

    kind: ClassVar[str] = "custom_field"
    subject: ClassVar[str] = "handling_id"
    icon: ClassVar[str] = "message"
    sentence: ClassVar[str] = gettext_noop("Contact policy of “%(group)s” changed")

    handling_id: int
    tier: str = ""
    segment: str = ""

    def words(self) -> dict[str, object]:
        """Return the name of the tier or segment, in the reader's language."""
        name = str(Tier(self.tier).label) if self.tier else gettext(self.segment)
        return {"group": name}
