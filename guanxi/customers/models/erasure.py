"""Erasures: whose record was asked to be erased, by whom, and what came of it."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck


class Erasure(models.Model):
    """
    One person erased, or about to be: the proof that it was done, which names nobody.

    ``counts`` says how many rows of each table it was. ``reference`` is where the request
    itself is filed.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=ErasureReason.choices)
    identity = models.CharField(max_length=12, choices=IdentityCheck.choices)
    reference = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], name="erasure_once")
        ]
