"""Users: people who sign in, and as such actors."""

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, UserManager
from django.db import models

from guanxi.foundation.actor import Grants
from guanxi.identity.models.role import Role
from guanxi.identity.models.team import Team
from guanxi.identity.rules import merge_grants


class User(AbstractBaseUser):
    """A colleague. ``epoch`` grows when rights change, so that caches notice."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=60)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    roles = models.ManyToManyField(Role, related_name="+", blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    theme = models.CharField(max_length=10, default="system")
    has_keys = models.BooleanField(default=True)
    density = models.CharField(max_length=12, default="compact")
    epoch = models.IntegerField(default=0)
    must_change_password = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> int | None:
        return self.pk

    @property
    def actor_name(self) -> str:
        return self.name

    @cached_property
    def grants(self) -> Grants:
        """What the user's roles allow together; nothing while inactive."""
        if not self.is_active:
            return Grants()
        return merge_grants(
            (role.is_everything, role.depths, role.levels) for role in self.roles.all()
        )

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The ids of the user's team and of all below it."""
        if self.team_id is None:
            return frozenset()
        below = Team.objects.filter(path__contains=[self.team_id])
        return frozenset(below.values_list("pk", flat=True)) | {self.team_id}
