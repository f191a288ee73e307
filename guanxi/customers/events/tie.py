"""Facts about who a single customer is opened to, and shut from."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.foundation.events import Event
from guanxi.foundation.ties.models import ShareLevel


@dataclass(frozen=True, kw_only=True)
class ShareEvent(CustomerEvent):
    """Something about a share of a customer; reason and end stand in the share."""

    icon: ClassVar[str] = "users-plus"

    share_id: int
    user_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerShared(ShareEvent):
    """A customer was opened to a colleague or a team."""

    sentence: ClassVar[str] = gettext_noop("Shared with a colleague: %(level)s")

    level: str

    def words(self) -> dict[str, object]:
        """Return for what it was shared, in words."""
        return {"level": ShareLevel(self.level).label}


@dataclass(frozen=True, kw_only=True)
class ShareRevoked(ShareEvent):
    """A share of a customer was taken back."""

    sentence: ClassVar[str] = gettext_noop("Share taken back")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class WallEvent(Event):
    """
    Something about a wall around a customer.

    It stands in the log alone, not on the timeline: that there is a wall is told to
    those who set walls.
    """

    kind: ClassVar[str] = "wall"
    subject: ClassVar[str] = "wall_id"
    icon: ClassVar[str] = "lock"

    wall_id: int
    record_id: int
    user_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class WallSet(WallEvent):
    """A customer was shut from a colleague or a team."""

    sentence: ClassVar[str] = gettext_noop("Walled off: customer %(record_id)s")


@dataclass(frozen=True, kw_only=True)
class WallTakenDown(WallEvent):
    """A wall around a customer was taken down."""

    sentence: ClassVar[str] = gettext_noop("Wall taken down: customer %(record_id)s")
    icon: ClassVar[str] = "lock-open"
