"""Facts about segments of customers."""

from dataclasses import asdict, dataclass
from typing import ClassVar

from django.utils.translation import gettext, gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class SegmentEvent(Event):
    """Something about a segment; ``name`` is what it is called then."""

    kind: ClassVar[str] = "segment"
    subject: ClassVar[str] = "segment_id"
    icon: ClassVar[str] = "users-group"

    segment_id: int
    name: str

    def words(self) -> dict[str, object]:
        """Return what fills the sentence; shipped segments in the reader's language."""
        return {**asdict(self), "name": gettext(self.name)}


@dataclass(frozen=True, kw_only=True)
class SegmentCreated(SegmentEvent):
    """There is one more segment."""

    sentence: ClassVar[str] = gettext_noop("Segment “%(name)s” created")


@dataclass(frozen=True, kw_only=True)
class SegmentChanged(SegmentEvent):
    """Name, definition, sharing or plan of a segment changed; the log row says how."""

    sentence: ClassVar[str] = gettext_noop("Segment “%(name)s” changed")


@dataclass(frozen=True, kw_only=True)
class SegmentDeleted(SegmentEvent):
    """A segment was put aside; it can be brought back."""

    sentence: ClassVar[str] = gettext_noop("Segment “%(name)s” deleted")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class SegmentRestored(SegmentEvent):
    """A deleted segment is there again."""

    sentence: ClassVar[str] = gettext_noop("Segment “%(name)s” restored")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class SegmentMembersChanged(SegmentEvent):
    """
    Customers came into a segment or left it: by its definition, or by somebody's hand.

    One event however many they are; the stays themselves say who and when.
    """

    sentence: ClassVar[str] = gettext_noop(
        "Segment “%(name)s”: %(joined)s joined, %(gone)s left, %(members)s now"
    )

    joined: int
    gone: int
    members: int
