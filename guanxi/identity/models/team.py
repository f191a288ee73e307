"""Teams, a tree."""

from django.db import models


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
    path = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="team_name_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name
