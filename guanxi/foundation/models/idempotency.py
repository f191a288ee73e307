"""Answers already given to a request that carried an idempotency key."""

from django.conf import settings
from django.db import models


class Answered(models.Model):
    """The answer to one keyed request, kept a day so that a retry gets the same."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    body = models.BinaryField(default=bytes)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="answered_once")
        ]
