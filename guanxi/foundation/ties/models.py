"""The columns of the tables that tie records to people; rooms add the record itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import pgettext_lazy

LONGEST_REASON = 200


class ShareLevel(TextChoices):
    """What a record is shared for."""

    READ = "read", pgettext_lazy("share", "Read")
    EDIT = "edit", pgettext_lazy("share", "Read and edit")


class Tie(models.Model):
    """
    One record and one user, or one team with everybody in it and in the teams below.

    A room's table adds ``record``, a key to its record. A tie is never changed: it is
    ended, and stays to be read.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    reason = models.CharField(max_length=LONGEST_REASON)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(team__isnull=True),
                name="%(class)s_of_one",
            )
        ]
        indexes = [
            models.Index(
                fields=["user", "record"],
                condition=Q(ended_at__isnull=True),
                name="%(class)s_user",
            ),
            models.Index(
                fields=["team", "record"],
                condition=Q(ended_at__isnull=True),
                name="%(class)s_team",
            ),
            models.Index(fields=["record", "id"], name="%(class)s_record"),
        ]

    # A room's table has it as a key to its own record.
    record_id: int
    user_id: int | None
    team_id: int | None
    set_by_id: int | None

    @property
    def principal(self) -> str:
        """Return what the user or the team is called."""
        return str(self.user or self.team)


class Share(Tie):
    """A record opened to somebody; not any more from ``expires_at`` on."""

    level = models.CharField(
        max_length=4, choices=ShareLevel.choices, default=ShareLevel.READ
    )
    expires_at = models.DateTimeField(null=True)

    class Meta(Tie.Meta):
        abstract = True


class Wall(Tie):
    """A record shut from somebody, whatever else would open it."""

    class Meta(Tie.Meta):
        abstract = True
