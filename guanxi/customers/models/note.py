"""Notes: what colleagues write down about a customer."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer


class Note(models.Model):
    """
    One remark on the timeline.

    The text stands here and not in the event log, so that it goes with the customer.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    text = models.TextField()
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]
