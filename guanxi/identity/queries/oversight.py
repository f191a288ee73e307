"""Questions about how well sign-in is secured."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, OuterRef, Q

from guanxi.foundation.actor import Actor
from guanxi.identity.models import Token
from guanxi.identity.policies import TOKEN
from guanxi.identity.queries import assignable_users, users

# A token that nobody used so long can be revoked.
UNUSED = timedelta(days=90)


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
