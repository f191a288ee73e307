"""Users come, change, are locked out, and go."""

from collections.abc import Sequence
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.emails import InvalidEmail, mask_email, normalize_email
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import Changes, publish
from guanxi.foundation.names import sort_key
from guanxi.foundation.policies import require
from guanxi.identity.commands.guard import (
    keep_an_administrator,
    lock_administration,
    require_covering_user,
    self_of,
)
from guanxi.identity.commands.role import hand_out
from guanxi.identity.commands.session import end_sessions
from guanxi.identity.commands.token import end_tokens
from guanxi.identity.events import (
    PasswordChanged,
    PasswordReset,
    TwoFactorReset,
    UserChanged,
    UserCreated,
    UserDeactivated,
    UserReactivated,
)
from guanxi.identity.models import Role, Team, User
from guanxi.identity.models.rights import role_grants
from guanxi.identity.policies import USER
from guanxi.identity.rules.user import USERNAME_HELP, normalize_username

LONGEST_NAME, LONGEST_SORT_NAME = 60, 200


@command(needs="user.create")
def create_user(
    by: Actor,
    *,
    username: str,
    name: str,
    password: str | None,
    at: datetime,
    email: str = "",
    team: Team | None = None,
    roles: Sequence[Role] = (),
    must_change_password: bool = True,
) -> User:
    """
    Create a user who signs in with ``password`` and then chooses another.

    Without one the user signs in with the identity provider alone.
    ``roles`` may not allow more than ``by`` may, and ``team`` is one of those that
    ``by`` looks after.

    :raises Refused: for a username or address that is taken or no such, a weak password.
    """
    user = User(
        username=_username(username),
        name=_name(name),
        sort_name=_sort_name(_name(name)),
        email=_email(email),
        team=team,
        must_change_password=must_change_password,
        created_at=at,
    )
    _require_team(by, "create", team)
    require(by, "user.create", user)
    if password is None:
        user.set_unusable_password()
    else:
        _set_password(user, password)
    _save(user)
    publish(UserCreated(user_id=user.pk, username=user.username, at=at))
    if roles:
        require(by, "user.grant", user, *roles)
        hand_out(by, user, roles, at=at)
    return user


@command(needs="user.edit")
def change_user(
    by: Actor,
    user: User,
    *,
    username: str,
    name: str,
    email: str,
    team: Team | None,
    at: datetime,
) -> User:
    """
    Change who ``user`` is: names, address, team.

    Whoever changes the address can have the password reset: so the user's rights may
    not go beyond those of ``by``. The team decides what its people reach: so it is one
    that ``by`` looks after, also where somebody changes himself.

    :raises Refused: for a username or address that is taken or no such, another's team.
    """
    require_covering_user(by, "user.edit", user)
    before = User.objects.select_for_update().get(pk=user.pk)
    if before.team != team:
        _require_team(by, "edit", team)
    user.username, user.name = _username(username), _name(name)
    user.sort_name = _sort_name(user.name)
    user.email, user.team = _email(email), team
    user.epoch = before.epoch + (before.team_id != user.team_id)
    changes = _changes(before, user)
    if changes:
        _save(user, "username", "name", "sort_name", "email", "team", "epoch")
        event = UserChanged(user_id=user.pk, username=user.username, at=at)
        publish(event, changes=changes)
    return user


@command(needs="user.deactivate")
def deactivate_user(by: Actor, user: User, *, at: datetime) -> None:
    """
    Lock ``user`` out at once: sessions end, tokens are revoked.

    :raises Refused: for oneself, and for the last administrator.
    """
    if user.pk == by.actor_id:
        raise Refused(_("You cannot deactivate yourself: ask another administrator."))
    require_covering_user(by, "user.deactivate", user)
    lock_administration()
    if not _set_active(user, is_active=False):
        return
    if role_grants(user.pk).everything:
        keep_an_administrator()
    end_sessions(user, at=at)
    end_tokens(user, at=at)
    publish(UserDeactivated(user_id=user.pk, username=user.username, at=at))


@command(needs="user.deactivate")
def reactivate_user(by: Actor, user: User, *, at: datetime) -> None:
    """Let ``user`` sign in again, with the password and roles as they were."""
    require_covering_user(by, "user.deactivate", user)
    if _set_active(user, is_active=True):
        publish(UserReactivated(user_id=user.pk, username=user.username, at=at))


@command(needs="user.reset_password")
def reset_password(by: Actor, user: User, *, password: str, at: datetime) -> None:
    """
    Give ``user`` a password to be changed at the next sign-in; sessions and tokens end.

    :raises Refused: for a weak password.
    """
    require_covering_user(by, "user.reset_password", user)
    _set_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user, at=at)
    end_tokens(user, at=at)
    publish(PasswordReset(user_id=user.pk, username=user.username, at=at))


@command(needs="user.reset_password")
def reset_two_factor(by: Actor, user: User, *, at: datetime) -> None:
    """Remove the second factors of ``user``, who has lost them; sessions end."""
    require_covering_user(by, "user.reset_password", user)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user, at=at)
    publish(TwoFactorReset(user_id=user.pk, username=user.username, at=at))


@command(needs="")
def choose_password(by: Actor, *, password: str, at: datetime) -> None:
    """
    Set a new password for ``by``; sessions with the old one end by themselves.

    :raises Refused: for a weak password.
    """
    user = self_of(by, lock=True)
    _set_password(user, password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    publish(PasswordChanged(user_id=user.pk, username=user.username, at=at))


def _require_team(by: Actor, action: str, team: Team | None) -> None:
    if not USER.reaches(by, action, User(team=team)):
        raise Refused(_("Choose a team that you look after."), field="team")


def _set_active(user: User, *, is_active: bool) -> bool:
    """Write whether ``user`` may sign in; tell whether that is new."""
    others = User.objects.filter(pk=user.pk, is_active=not is_active)
    changed = others.update(is_active=is_active, epoch=F("epoch") + 1)
    user.refresh_from_db(fields=["is_active", "epoch"])
    return bool(changed)


def _username(text: str) -> str:
    username = normalize_username(text)
    if not username:
        raise Refused(str(USERNAME_HELP), field="username")
    return username


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refused(_("A name is needed."), field="name")
    if len(name) > LONGEST_NAME:
        raise Refused(_("A name has at most 60 characters."), field="name")
    return name


def _sort_name(name: str) -> str:
    # A syllable takes up to nine letters; behind the first twenty nobody sorts.
    return sort_key(name)[:LONGEST_SORT_NAME]


def _email(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return normalize_email(text)
    except InvalidEmail as error:
        raise Refused(str(error), field="email") from error


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error
    user.set_password(password)


def _save(user: User, *fields: str) -> None:
    """Save, or say which value another user has already."""
    try:
        with transaction.atomic():
            user.save(update_fields=fields or None)
    except IntegrityError as error:
        if "user_email_once" in str(error):
            message = _("Another user has this e-mail address.")
            raise Refused(message, field="email") from error
        message = _("This username is taken: choose another one.")
        raise Refused(message, field="username") from error


def _changes(before: User, after: User) -> Changes:
    shown = {
        "username": (before.username, after.username),
        "name": (before.name, after.name),
        "email": (mask_email(before.email), mask_email(after.email)),
        "team": (str(before.team or ""), str(after.team or "")),
    }
    differs = {
        "username": before.username != after.username,
        "name": before.name != after.name,
        "email": before.email != after.email,
        "team": before.team_id != after.team_id,
    }
    return {name: pair for name, pair in shown.items() if differs[name]}
