"""Users: people who sign in, and as such actors."""

from datetime import date
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import localdate

from guanxi.foundation.actor import Grants
from guanxi.identity.models.rights import NO_RIGHTS, Rights, rights_of
from guanxi.identity.models.role import Role
from guanxi.identity.models.team import Team
from guanxi.identity.rules.duty import Owed
from guanxi.identity.rules.user import DENSITIES, THEMES


class UserQuerySet(models.QuerySet["User"]):
    """The words in which questions about users are asked."""

    def active(self) -> "UserQuerySet":
        """Return those who may sign in."""
        return self.filter(is_active=True)

    def administrators(self) -> "UserQuerySet":
        """Return those who may do everything."""
        return self.active().filter(roles__is_everything=True).distinct()

    def renew_rights(self) -> int:
        """Make every process read these users' rights again; return how many they are."""
        return self.update(epoch=models.F("epoch") + 1)


UserManager = BaseUserManager.from_queryset(UserQuerySet)


class User(AbstractBaseUser):
    """
    A colleague. ``epoch`` grows when rights change, so that caches notice.

    ``sort_name`` puts Chinese names in the order of their pinyin. ``language`` and ``time_zone`` are empty while the user follows the installation.
    """

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=60)
    sort_name = models.CharField(max_length=200, blank=True, db_collation="C")
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        related_query_name="user",
    )
    roles = models.ManyToManyField(
        Role, related_name="+", related_query_name="user", blank=True
    )
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    theme = models.CharField(
        max_length=10, default="system", choices=list(THEMES.items())
    )
    has_keys = models.BooleanField(default=True)
    density = models.CharField(
        max_length=12, default="compact", choices=list(DENSITIES.items())
    )
    epoch = models.IntegerField(default=0)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="user_email_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> int | None:
        """Return the user's own id."""
        return self.pk

    @property
    def actor_name(self) -> str:
        """Return the name by which colleagues and the log call the user."""
        return self.name

    @property
    def grants(self) -> Grants:
        """Return what the user's roles allow together; nothing while inactive."""
        return self._rights().grants

    @property
    def team_ids(self) -> frozenset[int]:
        """Return the ids of the user's team and of all below it."""
        return self._rights().team_ids

    @property
    def duties(self) -> tuple[Owed, ...]:
        """Return what the user owes or has done; nothing while inactive."""
        return self._rights().duties

    def _rights(self) -> Rights:
        if self.pk is None or not self.is_active:
            return NO_RIGHTS
        return rights_of(self.pk, self.epoch, self.team_id, self._joined_on)

    @cached_property
    def _joined_on(self) -> date:
        """A page asks for rights hundreds of times, and this never changes."""
        return localdate(self.created_at)
