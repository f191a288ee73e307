"""A page of figures and pictures that somebody has put together."""

from django.conf import settings
from django.db import models


class Dashboard(models.Model):
    """
    Questions to the cube, in the order in which their answers stand on a page.

    ``tiles`` holds what `guanxi.analytics.boards.tile` reads: never a figure. Everybody
    who opens a shared one sees figures of his own.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=60)
    is_shared = models.BooleanField(default=False)
    tiles = models.JSONField(default=list)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="dashboard_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
