"""What people say to each other about a finding."""

from django.conf import settings
from django.db import models


class Discussion(models.Model):
    """
    A talk about the matter ``key``, open to ``people`` only.

    ``subject`` names the matter without a figure, in the words of who began.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=16, db_index=True)
    subject = models.CharField(max_length=300)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    begun_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.subject


class Remark(models.Model):
    """One remark in a discussion."""

    id = models.BigAutoField(primary_key=True)
    discussion = models.ForeignKey(
        Discussion, on_delete=models.CASCADE, related_name="remarks"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField()
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class PutAside(models.Model):
    """A finding that somebody does not want to see any more."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="put_aside_once")
        ]

    def __str__(self) -> str:
        return self.key
