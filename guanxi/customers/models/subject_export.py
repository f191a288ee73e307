"""Copies of all that is held about a person, made for that person."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.erasure import IdentityCheck


class SubjectExport(models.Model):
    """
    One copy: asked for, made by the worker, taken by who asked for it, gone when it ends.

    ``path`` is below FILES_ROOT, empty as long as the file is not made and after it is gone.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    identity = models.CharField(max_length=12, choices=IdentityCheck.choices)
    language = models.CharField(max_length=10)
    path = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
