"""The days on which the house works, or does not, other than the calendar says."""

from django.db import models

LONGEST_DAY_NAME = 40


class SpecialDay(models.Model):
    """One day off, or one make-up workday; one that was removed stays to be restored."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    is_working = models.BooleanField()
    name = models.CharField(max_length=LONGEST_DAY_NAME)
    set_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day"],
                condition=models.Q(removed_at__isnull=True),
                name="special_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
