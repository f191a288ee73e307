"""Limits of processing: what may not be done with the record of a person."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.limit import LimitKind


class ProcessingLimit(models.Model):
    """
    An objection, a restriction or a legal hold on the record of one customer.

    It is open until it is lifted; what was stays to be read.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=LimitKind.choices)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "lifted_at"], name="limit_of_customer"),
            models.Index(
                fields=["kind", "customer"],
                condition=models.Q(lifted_at__isnull=True),
                name="limit_open",
            ),
        ]

    @property
    def label(self) -> str:
        """What it forbids, in words."""
        return str(LimitKind(self.kind).label)
