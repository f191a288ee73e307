"""Signing in and out: sessions begin, are noted, and end."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import Q

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.events import publish
from guanxi.identity.commands.guard import self_of
from guanxi.identity.events import (
    SessionEnded,
    SignedIn,
    SignInRefused,
    SignInSecured,
)
from guanxi.identity.models import User


@command(needs="")
def note_sign_in(by: Actor, *, ip: str, at: datetime) -> None:
    """Record that ``by`` has signed in from the address ``ip``."""
    user = self_of(by)
    publish(SignedIn(user_id=user.pk, username=user.username, ip=ip, at=at))


@command(needs="")
def note_refused_sign_in(by: Actor, *, login: str, ip: str, at: datetime) -> None:
    """
    Record that somebody was refused who gave the name ``login``.

    Only the name of an existing user is kept: people type passwords into this field.
    """
    known = Q(username__iexact=login) | Q(email__iexact=login)
    user = User.objects.filter(known).first() if login else None
    publish(
        SignInRefused(
            user_id=user.pk if user else None,
            username=user.username if user else "–",
            ip=ip,
            at=at,
        )
    )


@command(needs="")
def note_secured_sign_in(by: Actor, *, change: str, at: datetime) -> None:
    """Record that ``by`` has changed a second factor; ``change`` says what."""
    user = self_of(by)
    publish(
        SignInSecured(user_id=user.pk, username=user.username, change=change, at=at)
    )


@command(needs="")
def revoke_session(by: Actor, *, session_id: int, at: datetime) -> None:
    """
    End one session of ``by``: its browser is signed out at its next request.

    :raises NotVisible: if ``by`` has no such session.
    """
    session = UserSession.objects.filter(pk=session_id, user_id=by.actor_id).first()
    if session is None:
        raise NotVisible
    session.end()
    user = self_of(by)
    publish(SessionEnded(user_id=user.pk, username=user.username, count=1, at=at))


@command(needs="")
def revoke_other_sessions(by: Actor, *, keep: str, at: datetime) -> int:
    """End all sessions of ``by`` but the one with the key ``keep``; return how many."""
    user = self_of(by)
    return end_sessions(user, keep=keep, at=at)


@command(needs="user.reset_password")
def sign_out_user(by: Actor, user: User, *, at: datetime) -> int:
    """End all sessions of ``user``; return how many there were."""
    return end_sessions(user, at=at)


def end_sessions(user: User, *, at: datetime, keep: str = "") -> int:
    """End the sessions of ``user`` but ``keep`` as part of a command; return how many."""
    ended = list(UserSession.objects.filter(user=user).exclude(session_key=keep))
    for session in ended:
        session.end()
    if ended:
        publish(
            SessionEnded(
                user_id=user.pk, username=user.username, count=len(ended), at=at
            )
        )
    return len(ended)
