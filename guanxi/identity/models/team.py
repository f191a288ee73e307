"""Teams, a tree."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class TeamQuerySet(models.QuerySet["Team"]):
    """The words in which questions about teams are asked."""

    def at_or_below(self, team_id: int) -> "TeamQuerySet":
        """Return the team ``team_id`` and all teams below it."""
        return self.filter(path__contains=[team_id])


class Team(models.Model):
    """
    A group of users under at most one parent.

    ``path`` holds the ids from the root down to the team itself, so that a team and
    all below it are one array question.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    path = ArrayField(models.BigIntegerField(), default=list)

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="team_name_once", nulls_distinct=False
            )
        ]
        indexes = [GinIndex(fields=["path"], name="team_path")]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Return how many teams are above this one."""
        return len(self.path) - 1

    @property
    def level(self) -> int:
        """Return how far lists indent the team: beyond five levels no further."""
        return min(self.depth, 5)
