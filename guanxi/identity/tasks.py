"""What identity does by the clock."""

from datetime import datetime

from guanxi.foundation.forgetting import KEPT, forget

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
