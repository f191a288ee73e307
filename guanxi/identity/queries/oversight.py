"""Questions about how well sign-in is secured."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, OuterRef, Q

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.policies import READ, Policy
from guanxi.foundation.rooms import allowed
from guanxi.identity.models import Role, Token
from guanxi.identity.policies import TOKEN
from guanxi.identity.queries import assignable_users, roles, users

# A token that nobody used so long can be revoked.
UNUSED = timedelta(days=90)


class _Holder:
    """Somebody who has one role only."""

    actor_id = None
    actor_name = ""
    team_id = None
    team_ids: frozenset[int] = frozenset()

    def __init__(self, role: Role) -> None:
        self.grants = role.grants


def level_of(role: Role, policy: Policy, name: str) -> Level | None:
    """Return how openly ``role`` shows a field; None where it reads no such records."""
    holder = _Holder(role)
    if not allowed(holder, policy.permission(READ)):
        return None
    return policy.level(holder, name)


def reading_roles(
    viewer: Actor,
) -> Callable[[Policy, str], Sequence[tuple[str, Level]]]:
    """Return what tells, of a field, how openly each role shows it that reads such records."""
    every = list(roles(viewer))

    def ask(policy: Policy, name: str) -> Sequence[tuple[str, Level]]:
        levels = [(role.label, level_of(role, policy, name)) for role in every]
        return [(label, level) for label, level in levels if level is not None]

    return ask


def second_factors(viewer: Actor) -> tuple[int, int]:
    """Return how many active users sign in with a second factor, and how many there are."""
    secured = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    found = assignable_users(viewer).aggregate(
        all=Count("pk"), done=Count("pk", filter=Q(Exists(secured)))
    )
    return found["done"], found["all"]


def sessions_and_tokens(viewer: Actor, *, at: datetime) -> tuple[int, int, int]:
    """Return how many sessions live, how many tokens work, and how many nobody uses."""
    keys = Session.objects.filter(expire_date__gt=at).values("session_key")
    people = users(viewer).values("pk")
    live = UserSession.objects.filter(user__in=people, session_key__in=keys).count()
    works = Token.objects.usable(at).filter(TOKEN.visible(viewer))
    long_ago = at - UNUSED
    idle = Q(last_used_at__lt=long_ago) | Q(last_used_at=None, created_at__lt=long_ago)
    found = works.aggregate(all=Count("pk"), idle=Count("pk", filter=idle))
    return live, found["all"], found["idle"]
