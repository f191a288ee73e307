"""Merges: two customers that were one."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.foundation.merging.journal import JournalField


class Merge(models.Model):
    """
    One customer, ``gone``, became part of another, the ``survivor``.

    ``journal`` holds every step, to be taken back as one; it goes with the customers.
    ``survivor_version`` is the survivor's own after it: a later one says that somebody
    has changed it since.
    """

    id = models.BigAutoField(primary_key=True)
    survivor = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    gone = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    survivor_version = models.IntegerField()
    journal = JournalField(default=list)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=models.Q(undone_at__isnull=True),
                name="merge_gone_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(survivor=models.F("gone")), name="merge_of_two"
            ),
        ]
