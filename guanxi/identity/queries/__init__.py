"""Questions about users, teams, roles and tokens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import pgettext

from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import arrangement_number, heed
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rooms import Found, allowed
from guanxi.foundation.tables.table import Choices
from guanxi.identity.models import (
    Duty,
    DutyVersion,
    Fulfilment,
    Role,
    RoleOfGroup,
    Team,
    Token,
    User,
)
from guanxi.identity.models.duty import owed_by
from guanxi.identity.models.token import TokenActor
from guanxi.identity.policies import DUTY, TOKEN, USER, default_levels, told_rights
from guanxi.identity.rules.duty import Owed
from guanxi.identity.rules.grants import covers
from guanxi.identity.rules.role import USUAL_HOME, HomeBlock
from guanxi.identity.rules.shipped import SHIPPED
from guanxi.identity.rules.token import parse_token

_kept: Kept = {}


def users(viewer: Actor) -> QuerySet[User]:
    """Return the users ``viewer`` may see, by name."""
    return User.objects.filter(USER.visible(viewer)).order_by("sort_name", "pk")


def assignable_users(viewer: Actor) -> QuerySet[User]:
    """Return the active users to whom ``viewer`` can give work, by name."""
    return users(viewer).filter(is_active=True)


def user_choices(viewer: Actor) -> Choices:
    """Return the users ``viewer`` may see, as choices of a filter."""
    return [(str(one.pk), one.name) for one in users(viewer)]


def assignable_choices(viewer: Actor) -> Choices:
    """Return those to whom ``viewer`` can give work, as choices of a filter."""
    return [(str(one.pk), one.name) for one in assignable_users(viewer)]


def find_users(viewer: Actor, text: str, limit: int) -> Sequence[Found]:
    """Answer the search with active colleagues whose name or username has ``text``."""
    named = Q(name__icontains=text) | Q(username__icontains=text)
    return [
        Found(
            label=one.name,
            detail=one.username,
            url=reverse("identity:user", args=[one.pk]),
        )
        for one in assignable_users(viewer).filter(named)[:limit]
    ]


def colleagues_like(viewer: Actor, text: str) -> QuerySet[User]:
    """Return the active users ``viewer`` sees whose name or username has ``text``."""
    named = Q(name__icontains=text) | Q(username__icontains=text)
    return assignable_users(viewer).filter(named).prefetch_related("roles")


def colleagues_called(viewer: Actor, names: Sequence[str]) -> QuerySet[User]:
    """Return the active users ``viewer`` sees who have one of ``names``, of either kind."""
    named = Q(name__in=names) | Q(username__in=names)
    return assignable_users(viewer).filter(named)


def user(viewer: Actor, user_id: int) -> User:
    """
    Return one user.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = users(viewer).select_related("team").filter(pk=user_id).first()
    if found is None:
        raise NotVisible
    return found


def active_user(user_id: int) -> User | None:
    """Return somebody for whom work is done by the clock; nobody who may not sign in."""
    return User.objects.active().filter(pk=user_id).first()


def user_names(pks: Sequence[int]) -> dict[int, str]:
    """Return what users are called, by their ids; for records that name them."""
    return dict(User.objects.filter(pk__in=pks).values_list("pk", "name"))


def team_names(pks: Sequence[int]) -> dict[int, str]:
    """Return what teams are called, by their ids; for records that name them."""
    return dict(Team.objects.filter(pk__in=pks).values_list("pk", "name"))


def teams(viewer: Actor) -> QuerySet[Team]:
    """Return all teams if ``viewer`` may read teams, the tree in order of its paths."""
    if not allowed(viewer, "team.read"):
        return Team.objects.none()
    return Team.objects.order_by("path")


def team_choices(viewer: Actor) -> Choices:
    """Return the teams that ``viewer`` knows, as choices of a filter."""
    return [(str(one.pk), one.name) for one in teams(viewer)]


def team_paths() -> dict[int, list[int]]:
    """Return of each team the numbers from the root of its tree down to itself."""
    return dict(Team.objects.values_list("pk", "path"))


def team_ids_of(pks: Iterable[int]) -> dict[int, int | None]:
    """Return the team of each of these users."""
    return dict(User.objects.filter(pk__in=list(pks)).values_list("pk", "team_id"))


def team(viewer: Actor, team_id: int) -> Team:
    """
    Return one team.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = teams(viewer).filter(pk=team_id).first()
    if found is None:
        raise NotVisible
    return found


def teams_in_order(viewer: Actor) -> list[Team]:
    """
    Return the teams as a tree reads: each below its parent, siblings by name.

    Each carries ``size``: how many active users it has.
    """
    size = Count("user", filter=Q(user__is_active=True))
    found = list(teams(viewer).annotate(size=size))
    names = {one.pk: one.name for one in found}
    return sorted(found, key=lambda one: [(names[pk], pk) for pk in one.path])


def roles(viewer: Actor) -> QuerySet[Role]:
    """Return all roles if ``viewer`` may read roles, the shipped ones first."""
    if not allowed(viewer, "role.read"):
        return Role.objects.none()
    return Role.objects.order_by("-is_everything", "key", "name", "pk")


def roles_with_holders(viewer: Actor) -> QuerySet[Role]:
    """Return the roles, each with ``holders``: how many active users hold it."""
    holders = Count("user", filter=Q(user__is_active=True))
    return roles(viewer).annotate(holders=holders)


def grantable_roles(viewer: Actor) -> QuerySet[Role]:
    """Return the roles that allow no more than ``viewer`` may."""
    defaults = default_levels()
    covered = [
        one.pk for one in roles(viewer) if covers(viewer.grants, one.grants, defaults)
    ]
    return roles(viewer).filter(pk__in=covered)


def role(viewer: Actor, role_id: int) -> Role:
    """
    Return one role.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = roles(viewer).filter(pk=role_id).first()
    if found is None:
        raise NotVisible
    return found


def roles_of_groups(viewer: Actor) -> QuerySet[RoleOfGroup]:
    """Return what groups of the identity provider give, if ``viewer`` may read roles."""
    rows = RoleOfGroup.objects.filter(role__in=roles(viewer))
    return rows.select_related("role").order_by("group", "pk")


def role_of_group(viewer: Actor, pk: int) -> RoleOfGroup:
    """
    Return one role that a group gives.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = roles_of_groups(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def is_linked(of: User) -> bool:
    """Tell whether a user signs in with the identity provider."""
    return bool(SocialAccount.objects.filter(user=of).exists())


def tokens(viewer: Actor) -> QuerySet[Token]:
    """Return the tokens ``viewer`` may see, the newest first."""
    return (
        Token.objects.filter(TOKEN.visible(viewer))
        .select_related("user")
        .order_by("-pk")
    )


@dataclass(frozen=True)
class TokenLine:
    """A token as a list shows it: its state as word and tone, its rights in words."""

    token: Token
    state: str
    tone: str
    rights: str
    is_active: bool


def token_lines(viewer: Actor, *, at: datetime) -> list[TokenLine]:
    """Return the tokens ``viewer`` may see as a list shows them at ``at``."""
    words = {
        "active": (pgettext("token", "Active"), "green"),
        "expired": (pgettext("token", "Expired"), "amber"),
        "revoked": (pgettext("token", "Revoked"), "gray"),
    }
    return [
        TokenLine(
            token=one,
            state=words[one.state(at)][0],
            tone=words[one.state(at)][1],
            rights=told_rights(one.scopes),
            is_active=one.state(at) == "active",
        )
        for one in tokens(viewer)
    ]


def token(viewer: Actor, token_id: int) -> Token:
    """
    Return one token.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = tokens(viewer).filter(pk=token_id).first()
    if found is None:
        raise NotVisible
    return found


def actor_for_token(text: str, at: datetime) -> TokenActor | None:
    """
    Return who acts with the token ``text``, or None if it does not work at ``at``.

    Notes the use, at most once a minute. One query for token and user.
    """
    parsed = parse_token(text)
    if parsed is None:
        return None
    usable = asked(_kept, "token", _usable, digest=parsed.digest, at=at)
    if not usable:
        return None
    (found,) = usable
    heed(found.arrangement_number)
    if found.is_note_due(at):
        Token.objects.note_use(found.pk, at)
    return TokenActor(user=found.user, token=found)


def _usable(digest: str, at: datetime) -> "QuerySet[Any]":
    usable = Token.objects.usable(at).select_related("user").filter(digest=digest)
    return usable.annotate(arrangement_number=arrangement_number())


def sessions(of: User) -> Sequence[UserSession]:
    """Return the live sessions of a user, the newest first."""
    live = UserSession.objects.purge_and_list(of)
    return sorted(live, key=lambda session: session.created_at, reverse=True)


def has_two_factor(of: User) -> bool:
    """Tell whether a user signs in with a second factor."""
    return bool(Authenticator.objects.filter(user=of).exists())


def is_untouched() -> bool:
    """Tell whether nobody has ever signed in: the house was only just started."""
    return not User.objects.filter(last_login__isnull=False).exists()


def duties(viewer: Actor) -> QuerySet[Duty]:
    """Return the register of duties if ``viewer`` may read it, those in use first."""
    rows = Duty.objects.filter(DUTY.visible(viewer))
    return rows.order_by("-is_active", "kind", "title", "pk")


def duty(viewer: Actor, duty_id: int) -> Duty:
    """
    Return one duty.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = duties(viewer).filter(pk=duty_id).first()
    if found is None:
        raise NotVisible
    return found


def asked_version(duty_id: int, today: date) -> DutyVersion | None:
    """Return the version of a duty that is in force on ``today``."""
    rows = DutyVersion.objects.filter(duty=duty_id, effective_on__lte=today)
    return rows.select_related("duty").order_by("-number").first()


@dataclass(frozen=True)
class Debt:
    """What one person owes."""

    user: User
    owed: Owed


def debts(viewer: Actor, today: date) -> list[Debt]:
    """Return what each active user owes or has done whom ``viewer`` sees."""
    people = {one.pk: one for one in assignable_users(viewer).select_related("team")}
    joined = [(pk, localdate(one.created_at)) for pk, one in people.items()]
    return [
        Debt(people[pk], one)
        for pk, owes in owed_by(joined, today).items()
        for one in owes
    ]


def fulfilments(viewer: Actor, duty_id: int) -> QuerySet[Fulfilment]:
    """Return who fulfilled a duty, in any version, as far as ``viewer`` sees them."""
    rows = Fulfilment.objects.filter(
        version__duty=duty_id, user__in=users(viewer).values("pk")
    )
    return rows.select_related("user", "version", "recorded_by").order_by("-pk")


def home_of(viewer: Actor) -> tuple[HomeBlock, ...]:
    """
    Return the parts of the home page of ``viewer``, the most important first.

    Those of all his shipped roles; the usual ones for whoever has roles of the house
    alone. Asked once as long as his rights stay the same.
    """
    kept = viewer.grants.worked_out
    found: tuple[HomeBlock, ...] | None = kept.get(home_of)
    if found is None:
        held = Role.objects.filter(user=viewer.actor_id, key__in=SHIPPED)
        keys = set(held.values_list("key", flat=True))
        parts = [role.home for key, role in SHIPPED.items() if key in keys]
        found = tuple(dict.fromkeys(block for home in parts for block in home))
        found = kept[home_of] = found or USUAL_HOME
    return found
