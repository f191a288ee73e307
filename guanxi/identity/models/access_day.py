"""What somebody saw of protected data on a day, for whoever supervises."""

from django.conf import settings
from django.db import models


class AccessDay(models.Model):
    """
    The reads, reveals and exports of one person on one day of the house.

    ``records`` are how many records were seen or taken out; ``usual`` is the middle of the
    person's days before, ``peers`` of the colleagues on this day. What comes after a
    review opens it again.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    day = models.DateField()
    views = models.IntegerField()
    reveals = models.IntegerField()
    exports = models.IntegerField()
    records = models.IntegerField()
    usual = models.IntegerField(null=True)
    peers = models.IntegerField(null=True)
    is_outlier = models.BooleanField(default=False)
    is_reviewed = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    remark = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="access_day_once")
        ]
        indexes = [
            models.Index(fields=["-day", "-id"], name="access_day_day"),
            models.Index(fields=["-records", "-id"], name="access_day_records"),
            models.Index(
                fields=["-day"],
                condition=models.Q(is_reviewed=False),
                name="access_day_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
