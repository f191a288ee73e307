"""What the house has learned about its customers, and what is done with it."""

from django.conf import settings
from django.db import models


class Knowledge(models.Model):
    """
    One thing known about the customers of a segment, and what is to be done with them.

    While it ``is_applied``, each owner is told about some of his customers in the segment.
    ``source`` says where it is from: an address of the house, or words.
    """

    id = models.BigAutoField(primary_key=True)
    title = models.CharField(max_length=120)
    statement = models.TextField()
    source = models.CharField(max_length=500, blank=True)
    segment = models.ForeignKey(
        "customers.Segment", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    advice = models.CharField(max_length=500)
    is_applied = models.BooleanField(default=False)
    applied_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title

    @property
    def trial(self) -> str:
        """The name of the comparison that shows what applying it changes."""
        return f"knowledge-{self.pk}"
