"""Peers who tell us of demand, and what they told."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.peer import (
    DEAL_TONES,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PHONE,
    DealOutcome,
)


class Peer(models.Model):
    """
    A salesperson of another firm whom a colleague (``owner``) keeps in touch with.

    ``product`` is what that one sells and how it goes with ours; ``is_upstream`` whether
    the firm comes before us in the chain of value.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=LONGEST_NAME)
    company = models.CharField(max_length=LONGEST_NAME, blank=True)
    product = models.CharField(max_length=LONGEST_NAME)
    is_upstream = models.BooleanField(default=False)
    phone = models.CharField(max_length=LONGEST_PHONE, blank=True)
    note = models.TextField(max_length=LONGEST_NOTE, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Tip(models.Model):
    """What a peer told of one who needs something: the customer is the lead."""

    id = models.BigAutoField(primary_key=True)
    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=DealOutcome.choices)
    need = models.TextField(max_length=LONGEST_NOTE)
    told_on = models.DateField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    made_at = models.DateTimeField()

    @property
    def tone(self) -> str:
        """The tone of the badge of the outcome."""
        return DEAL_TONES[self.outcome]
