"""Objections: what speaks against a sale in the customer's eyes, and what we answered."""

from django.db import models

from guanxi.sales.rules.objection import (
    LAST_STEP,
    NATURE_TONES,
    STEPS,
    Nature,
    ObjectionKind,
    PayWay,
    PriceSide,
)


class Objection(models.Model):
    """
    One objection to an opportunity; ``step`` is the last of the five that was taken.

    ``said`` are the customer's words, ``feeling`` how we understand them, ``cause`` the
    true reason, ``shown`` what we showed of ``product``, ``agreed`` what was agreed on.
    """

    id = models.BigAutoField(primary_key=True)
    opportunity = models.ForeignKey(
        "sales.Opportunity", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=ObjectionKind.choices)
    nature = models.CharField(
        max_length=10, choices=Nature.choices, default=Nature.TRUE
    )
    step = models.SmallIntegerField(default=1)
    said = models.TextField()
    feeling = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    price_side = models.CharField(max_length=12, choices=PriceSide.choices, blank=True)
    product = models.ForeignKey(
        "sales.Product", on_delete=models.PROTECT, null=True, related_name="+"
    )
    shown = models.TextField(blank=True)
    pay_way = models.CharField(max_length=10, choices=PayWay.choices, blank=True)
    parts = models.SmallIntegerField(null=True)
    agreed = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["opportunity", "id"], name="objection_opportunity")
        ]

    @property
    def is_answered(self) -> bool:
        """Whether all five steps were taken."""
        return self.step == LAST_STEP

    @property
    def told_step(self) -> str:
        """What the last step taken is called."""
        return str(STEPS[self.step])

    @property
    def nature_tone(self) -> str:
        """The tone of the nature's badge."""
        return NATURE_TONES[self.nature]
