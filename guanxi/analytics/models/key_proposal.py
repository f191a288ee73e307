"""Proposals to make customers key customers, or to let them cease to be."""

from django.conf import settings
from django.db import models

from guanxi.analytics.rules import ProposalState
from guanxi.analytics.science.key_customer import KeyFigures


class KeyProposal(models.Model):
    """
    What the latest analysis proposes about a customer, and what people said to it.

    ``asked`` is the rule as it was then. A proposal that was declined stays, with the
    figures it was declined with: it comes back when they or the rule are others.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, related_name="+"
    )
    becomes_key = models.BooleanField()
    orders = models.IntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    profit_rate = models.DecimalField(max_digits=9, decimal_places=1, null=True)
    asked = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN
    )
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="key_proposal_state"),
            models.Index(fields=["amount", "id"], name="key_proposal_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"

    @property
    def figures(self) -> KeyFigures:
        """What the customer reached."""
        return KeyFigures(self.orders, self.amount, self.profit_rate)
