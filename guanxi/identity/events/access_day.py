"""What identity announces of the review of accesses."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.events import Event
from guanxi.foundation.words import Words


@dataclass(frozen=True, kw_only=True)
class AccessDayEvent(Event):
    """A fact about what one person saw on one day."""

    icon: ClassVar[str] = "eye"
    kind: ClassVar[str] = "access_day"
    subject: ClassVar[str] = "access_day_id"

    access_day_id: int
    user: str
    day: str


@dataclass(frozen=True, kw_only=True)
class AccessStoodOut(AccessDayEvent):
    """Somebody saw more protected data than usual."""

    sentence: ClassVar[Words] = _("%(user)s saw more than usual on %(day)s")


@dataclass(frozen=True, kw_only=True)
class AccessReviewed(AccessDayEvent):
    """A supervisor looked into a day."""

    sentence: ClassVar[Words] = _("Reviewed what %(user)s saw on %(day)s")
