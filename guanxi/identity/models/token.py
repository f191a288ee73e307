"""Tokens: keys with which programs act for a user, within scopes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db import models
from django.db.models import Q

from guanxi.foundation.actor import Grants
from guanxi.foundation.policies import all_policies
from guanxi.identity.models.user import User
from guanxi.identity.rules.grants import within_scopes

# Often enough to see which tokens live; seldom enough not to cost a write a request.
NOTED_EVERY = timedelta(minutes=1)


class TokenQuerySet(models.QuerySet["Token"]):
    """The words in which questions about tokens are asked."""

    def usable(self, at: datetime) -> "TokenQuerySet":
        """Return the tokens that work at ``at``."""
        return self.filter(
            revoked_at__isnull=True, expires_at__gt=at, user__is_active=True
        )

    def note_use(self, token_id: int, at: datetime) -> None:
        """Remember that a token was used, at most once a minute."""
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - NOTED_EVERY)
        self.filter(stale, pk=token_id).update(last_used_at=at)


class Token(models.Model):
    """
    A key for the REST interface. Only its hash is kept; the text is shown once.

    ``scopes`` are permissions (``"customer.read"``); the token may do what both it and
    its user may.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="token_user")]

    def __str__(self) -> str:
        return self.name

    def state(self, at: datetime) -> str:
        """Return ``"revoked"``, ``"expired"`` or ``"active"``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= at else "active"

    def is_note_due(self, at: datetime) -> bool:
        """Tell whether the last use on record is a minute old."""
        return self.last_used_at is None or self.last_used_at <= at - NOTED_EVERY


@dataclass(frozen=True)
class TokenActor:
    """A program that acts for ``user``: what both the user and the scopes allow."""

    user: User
    token: Token

    @property
    def actor_id(self) -> int | None:
        """Return the id of the user behind the token."""
        return self.user.pk

    @property
    def actor_name(self) -> str:
        """Return the user's name and the token's, for the log."""
        return f"{self.user.name} · {self.token.name}"

    @cached_property
    def grants(self) -> Grants:
        """Return the part of the user's grants that the scopes let through."""
        whole, scopes = self.user.grants, tuple(self.token.scopes)
        part: Grants | None = whole.worked_out.get(scopes)
        if part is None:
            fields = (f"{p.kind}.{name}" for p in all_policies() for name in p.fields)
            part = whole.worked_out[scopes] = within_scopes(whole, scopes, fields)
        return part

    @property
    def team_id(self) -> int | None:
        """Return the user's team."""
        return self.user.team_id

    @property
    def team_ids(self) -> frozenset[int]:
        """Return the user's team and all below it."""
        return self.user.team_ids
