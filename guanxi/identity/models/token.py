"""Tokens: keys with which programs act for a user, within scopes."""

from django.db import models

from guanxi.identity.models.user import User


class Token(models.Model):
    """
    A key for the REST interface. Only its hash is kept; the text is shown once.

    ``scopes`` are permissions (``"customer.read"``); the token may do what both it and
    its user may.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
