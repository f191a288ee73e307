"""What studies and observations tell of a customer."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.finding import (
    CONFIDENCE_TONES,
    LONGEST_PLACE,
    LONGEST_PROVIDER,
    Confidence,
    FindingKind,
    FindingSource,
)


class Finding(models.Model):
    """
    One finding of a study, or one observation.

    ``provider`` is who asked or sold it, who observed, or which instrument. ``place`` is
    where somebody or something observed. One with ``trashed_at`` is in the trash.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=FindingKind.choices)
    source = models.CharField(max_length=12, choices=FindingSource.choices)
    found_at = models.DateTimeField()
    provider = models.CharField(max_length=LONGEST_PROVIDER, blank=True)
    place = models.CharField(max_length=LONGEST_PLACE, blank=True)
    confidence = models.CharField(
        max_length=8, choices=Confidence.choices, default=Confidence.MEDIUM
    )
    text = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    made_at = models.DateTimeField()
    trashed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_observation(self) -> bool:
        """Whether it was seen on the spot, and not studied."""
        return self.kind == FindingKind.BEHAVIOR

    @property
    def tone(self) -> str:
        """The tone of the badge of how far it is to be believed."""
        return CONFIDENCE_TONES[self.confidence]
