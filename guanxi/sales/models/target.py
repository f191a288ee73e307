"""What is to be reached: by the house, a team or a person, in a month."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanxi.sales.rules.target import Measure


class Target(models.Model):
    """
    What one month is to bring.

    With ``user`` it is that person's, and ``team`` the team he was in when it was set; with
    a team alone the team's, with neither that of the house. ``category`` narrows it to
    products of one category.
    """

    id = models.BigAutoField(primary_key=True)
    measure = models.CharField(max_length=20, choices=Measure.choices)
    month = models.DateField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.PROTECT, null=True, related_name="+"
    )
    category = models.CharField(max_length=80, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=2)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "measure", "category", "month"],
                condition=Q(user__isnull=False),
                name="target_of_a_person",
            ),
            models.UniqueConstraint(
                fields=["team", "measure", "category", "month"],
                condition=Q(user__isnull=True, team__isnull=False),
                name="target_of_a_team",
            ),
            models.UniqueConstraint(
                fields=["measure", "category", "month"],
                condition=Q(user__isnull=True, team__isnull=True),
                name="target_of_the_house",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.month:%Y-%m}"

    @property
    def of(self) -> str:
        """Whose it is, as an address names it."""
        if self.user_id:
            return f"user-{self.user_id}"
        return f"team-{self.team_id}" if self.team_id else "house"
