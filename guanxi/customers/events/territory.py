"""Facts about territories."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class TerritoryEvent(Event):
    """Something about a territory."""

    kind: ClassVar[str] = "territory"
    subject: ClassVar[str] = "territory_id"
    icon: ClassVar[str] = "map-pin"

    territory_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class TerritorySaved(TerritoryEvent):
    """A territory is new, or its rule or members have changed."""

    sentence: ClassVar[str] = gettext_noop("Territory “%(name)s” saved")


@dataclass(frozen=True, kw_only=True)
class TerritoryDeleted(TerritoryEvent):
    """A territory is no more."""

    sentence: ClassVar[str] = gettext_noop("Territory “%(name)s” deleted")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class CustomersPlaced(TerritoryEvent):
    """Customers were put into a territory by hand, or taken out again."""

    sentence: ClassVar[str] = gettext_noop(
        "Territory “%(name)s”: %(added)s put in by hand, %(removed)s taken out"
    )

    customer_ids: list[int]
    removed_ids: list[int]

    def words(self) -> dict[str, object]:
        """Return how many they are."""
        return {
            "name": self.name,
            "added": len(self.customer_ids),
            "removed": len(self.removed_ids),
        }
