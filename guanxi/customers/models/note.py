"""Notes: what colleagues write down about a customer."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer


class Note(models.Model):
    """
    One remark on the timeline; a pinned one stands above it.

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
    edited_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)
    trashed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text[:60]


class NoteVersion(models.Model):
    """What a note said before it was changed at ``replaced_at``."""

    id = models.BigAutoField(primary_key=True)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    replaced_at = models.DateTimeField()
