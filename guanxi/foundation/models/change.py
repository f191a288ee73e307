"""What has changed since analytics read it last; the triggers of the rooms write it down."""

from django.db import models


class Feed(models.Model):
    """A kind of record whose changes are written down, because somebody reads them."""

    kind = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.kind


class Change(models.Model):
    """A record of a kind that was entered, changed or removed; maybe several times."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
