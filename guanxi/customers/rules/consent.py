"""
When somebody may be contacted: consent, objection and the hours they ask for.

PIPL 13 to 15 and GDPR 6 and 7: consent is given for a purpose, can be withdrawn at any
time, and has to be proven; what a contract needs asks for none. An objection stands
above everything else (GDPR 21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.words import Words


class ContactChannel(TextChoices):
    """The ways by which we come to somebody."""

    PHONE = "phone", pgettext_lazy("channel", "Phone call")
    SMS = "sms", pgettext_lazy("channel", "Text message")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    POST = "post", pgettext_lazy("channel", "Post")


SERVICE, MARKETING = "service", "marketing"
# The purposes the product comes with; a house adds its own to the code list.
PURPOSES: Mapping[str, Words] = {
    MARKETING: pgettext_lazy("purpose", "Marketing"),
    SERVICE: pgettext_lazy("purpose", "Service"),
    "profiling": pgettext_lazy("purpose", "Profiling"),
    "sharing": pgettext_lazy("purpose", "Sharing with partners"),
}
# What fulfills the contract rests on it, and needs no consent (PIPL 13, GDPR 6).
RESTING_ON_CONTRACT = frozenset({SERVICE})
# Only what rings or buzzes disturbs; letters wait.
DISTURBING = frozenset(
    {ContactChannel.PHONE, ContactChannel.SMS, ContactChannel.WECHAT}
)


@dataclass(frozen=True)
class Standing:
    """The last word of a person about one purpose and channel."""

    is_given: bool
    effective_on: date
    expires_on: date | None = None


@dataclass(frozen=True)
class Hours:
    """When somebody likes to be reached, on the clock of ``zone``; may span midnight."""

    start: time
    end: time
    zone: str

    def hold(self, at: datetime) -> bool:
        """Tell whether ``at`` lies within them."""
        here = at.astimezone(ZoneInfo(self.zone)).time()
        if self.start <= self.end:
            return self.start <= here < self.end
        return here >= self.start or here < self.end

    def are_over(self, at: datetime) -> bool:
        """Tell whether those of this day are over at ``at``, so that tomorrow's are next."""
        here = at.astimezone(ZoneInfo(self.zone)).time()
        return self.start <= self.end <= here

    def __str__(self) -> str:
        """Return them as people read them."""
        return f"{time_format(self.start, 'H:i')}–{time_format(self.end, 'H:i')} ({self.zone})"


@dataclass(frozen=True)
class Situation:
    """All that decides about one contact; ``today`` is the day of the house."""

    channel: ContactChannel
    purpose: str
    today: date
    restricted_on: date | None = None
    blocked_on: date | None = None
    standing: Standing | None = None
    hours: Hours | None = None


@dataclass(frozen=True)
class Verdict:
    """
    Whether somebody may be contacted, and why not.

    ``is_objection`` says that the person has spoken against it: nobody may go on then.
    Other refusals bind all that runs by itself, and warn a colleague.
    """

    is_allowed: bool
    reason: str = ""
    is_objection: bool = False


ALLOWED = Verdict(is_allowed=True)


def verdict_of(situation: Situation, at: datetime) -> Verdict:
    """Return whether somebody in ``situation`` may be contacted at ``at``."""
    objection = _objection(situation)
    if objection:
        return Verdict(is_allowed=False, reason=objection, is_objection=True)
    reason = _lack(situation) or _bad_hour(situation, at)
    return Verdict(is_allowed=False, reason=reason) if reason else ALLOWED


def _objection(situation: Situation) -> str:
    words = {"channel": situation.channel.label}
    if situation.restricted_on:
        day = date_format(situation.restricted_on, "DATE_FORMAT")
        told = gettext("The record is stored only, and not to be used, since %(day)s.")
        return told % {"day": day}
    if situation.blocked_on:
        day = date_format(situation.blocked_on, "DATE_FORMAT")
        return gettext(
            "Not to be contacted by this channel (%(channel)s) since %(day)s."
        ) % {
            **words,
            "day": day,
        }
    standing = situation.standing
    if standing and not standing.is_given:
        day = date_format(standing.effective_on, "DATE_FORMAT")
        return gettext("Consent withdrawn on %(day)s (%(channel)s).") % {
            **words,
            "day": day,
        }
    return ""


def _lack(situation: Situation) -> str:
    """Return what of a consent is missing that is needed."""
    if situation.purpose in RESTING_ON_CONTRACT:
        return ""
    words = {"channel": situation.channel.label}
    if situation.standing is None:
        return gettext("No consent to this is recorded (%(channel)s).") % words
    ends = situation.standing.expires_on
    if ends and ends < situation.today:
        day = date_format(ends, "DATE_FORMAT")
        return gettext("The consent ended on %(day)s (%(channel)s).") % {
            **words,
            "day": day,
        }
    return ""


def _bad_hour(situation: Situation, at: datetime) -> str:
    hours = situation.hours
    if hours is None or situation.channel not in DISTURBING or hours.hold(at):
        return ""
    return gettext("Outside the preferred hours: %(hours)s.") % {"hours": hours}
