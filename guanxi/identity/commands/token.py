"""Tokens are made, shown once, and revoked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.policies import require
from guanxi.identity.commands.guard import require_covering
from guanxi.identity.events import TokenCreated, TokenRevoked
from guanxi.identity.models import Token, User
from guanxi.identity.policies import permissions
from guanxi.identity.rules.token import LONGEST_LIFE_DAYS, new_token_text


@command(needs="token.create")
def create_token(
    by: Actor,
    user: User,
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    at: datetime,
) -> tuple[Token, str]:
    """
    Return a new token that acts for ``user``, and its text, which is kept nowhere.

    ``scopes`` are permissions the user has; the token works until ``expires_at``, a
    year and a day from ``at`` at most.

    :raises Refused: for an empty name, scopes the user has not, a useless expiry.
    """
    token = Token(
        user=user,
        name=_name(name),
        scopes=_scopes(user, scopes),
        created_at=at,
        expires_at=_expiry(expires_at, at),
    )
    require(by, "token.create", token)
    require_covering(by, "token.create", [user.grants])
    secret = new_token_text()
    token.prefix, token.digest = secret.prefix, secret.digest
    token.save(force_insert=True)
    publish(
        TokenCreated(token_id=token.pk, token=token.name, user_id=user.pk, at=at),
        changes={"scopes": ("", ", ".join(token.scopes))},
    )
    return token, secret.text


@command(needs="token.revoke")
def revoke_token(by: Actor, token: Token, *, at: datetime) -> None:
    """Let ``token`` work no more."""
    if token.revoked_at is None:
        _revoke(token, at)


def end_tokens(user: User, *, at: datetime) -> int:
    """Revoke all tokens of ``user`` as part of a command; return how many."""
    alive = list(Token.objects.filter(user=user, revoked_at__isnull=True))
    for token in alive:
        _revoke(token, at)
    return len(alive)


def _revoke(token: Token, at: datetime) -> None:
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    publish(
        TokenRevoked(token_id=token.pk, token=token.name, user_id=token.user_id, at=at)
    )


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refused(_("A name is needed."), field="name")
    return name[:60]


def _scopes(user: User, scopes: Iterable[str]) -> list[str]:
    chosen = sorted(set(scopes))
    known = permissions()
    missing = [
        scope
        for scope in chosen
        if scope not in known or user.grants.depth(scope) is Depth.NONE
    ]
    if missing:
        message = _("%(user)s has no such right: %(names)s")
        names = {"user": user.name, "names": ", ".join(missing)}
        raise Refused(message % names, field="scopes")
    if not chosen:
        message = _("Choose at least one right for the token.")
        raise Refused(message, field="scopes")
    return chosen


def _expiry(expires_at: datetime, at: datetime) -> datetime:
    if not at < expires_at <= at + timedelta(days=LONGEST_LIFE_DAYS):
        message = _("A token expires within a year, and not before it begins.")
        raise Refused(message, field="expires_at")
    return expires_at
