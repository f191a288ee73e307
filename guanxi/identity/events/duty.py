"""What identity announces of security duties."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.events import Event
from guanxi.foundation.words import Words


@dataclass(frozen=True, kw_only=True)
class DutyEvent(Event):
    """A fact about one security duty."""

    icon: ClassVar[str] = "shield"
    kind: ClassVar[str] = "duty"
    subject: ClassVar[str] = "duty_id"

    duty_id: int
    duty: str


@dataclass(frozen=True, kw_only=True)
class DutyCreated(DutyEvent):
    """There is one more thing that colleagues owe."""

    sentence: ClassVar[Words] = _("Created the security duty %(duty)s")


@dataclass(frozen=True, kw_only=True)
class DutyChanged(DutyEvent):
    """What happens to who is overdue with a duty, or how long it holds, changed."""

    sentence: ClassVar[Words] = _("Changed the security duty %(duty)s")


@dataclass(frozen=True, kw_only=True)
class DutyVersionPublished(DutyEvent):
    """A duty has a new text: it has to be fulfilled anew."""

    sentence: ClassVar[Words] = _("Published version %(number)s of %(duty)s")

    number: int


@dataclass(frozen=True, kw_only=True)
class DutyFulfilled(DutyEvent):
    """Somebody read, passed or signed it; or tried to."""

    sentence: ClassVar[Words] = _("%(username)s: %(duty)s is recorded")

    user_id: int
    username: str
    is_passed: bool


@dataclass(frozen=True, kw_only=True)
class FulfilmentWithdrawn(DutyEvent):
    """What somebody had fulfilled counts no more."""

    sentence: ClassVar[Words] = _("%(username)s: %(duty)s counts no more")

    user_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class DutyReminded(DutyEvent):
    """Those who lack it were reminded."""

    sentence: ClassVar[Words] = _("Reminded %(count)s people of %(duty)s")

    count: int
