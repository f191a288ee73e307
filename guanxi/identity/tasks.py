"""What identity does by the clock."""

from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from guanxi.foundation.access_log.events import AccessLogBroken
from guanxi.foundation.actor import System
from guanxi.foundation.forgetting import KEPT, forget
from guanxi.foundation.notices import notify
from guanxi.foundation.rooms import allowed
from guanxi.identity.commands.access_day import count_days
from guanxi.identity.commands.duty import tell_owed
from guanxi.identity.models import User
from guanxi.identity.queries import debts
from guanxi.identity.rules.duty import REMINDED_DAYS, Owed, Standing

_SESSIONS = """
    DELETE FROM django_session WHERE session_key IN (
        SELECT session_key FROM django_session
        WHERE expire_date < %(before)s LIMIT %(step)s
    )
"""
_LISTED = """
    DELETE FROM usersessions_usersession WHERE id IN (
        SELECT u.id FROM usersessions_usersession u
        WHERE u.last_seen_at < %(before)s AND NOT EXISTS (
            SELECT FROM django_session s WHERE s.session_key = u.session_key
        )
        ORDER BY u.id LIMIT %(step)s
    )
"""


def forget_sessions(at: datetime) -> None:
    """Remove the sessions that are over, and what people's lists of sessions say of them."""
    forget(_SESSIONS, before=at)
    # A sign-in lists its session a moment before it is saved.
    forget(_LISTED, before=at - KEPT)


def remind_of_duties(at: datetime) -> None:
    """Tell people what they owe: some days before, on the day, and weekly from then on."""
    today = localdate(at)
    for debt in debts(System(gettext_noop("reminders")), today):
        if _is_reminded(debt.owed, today):
            tell_owed(debt.user, debt.owed, at=at)


def count_accesses(at: datetime) -> None:
    """Count up who saw what today and yesterday, and warn of what stands out."""
    count_days(System(gettext_noop("supervision")), at=at)


def warn_auditors(event: AccessLogBroken) -> None:
    """Tell those who may audit that somebody changed the access log."""
    for user in User.objects.active():
        if allowed(user, "audit.read"):
            notify(user.pk, str(event.sentence), {}, at=event.at, url=_AUDIT)


def _is_reminded(owed: Owed, today: date) -> bool:
    if owed.due_on is None or owed.standing is Standing.DONE:
        return False
    left = (owed.due_on - today).days
    return left in REMINDED_DAYS or (left < 0 and left % 7 == 6)


_AUDIT = "/audit/access/"
