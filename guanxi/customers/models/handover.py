"""Handovers: the customers of one owner given to others in one step."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.handover import Fate, HandoverState, Spread


class Handover(models.Model):
    """
    The book of ``old_owner``, or a part of it, on its way to others.

    ``takers`` are the users who get it, ``cities`` who gets each city, ``criteria`` which
    customers go. ``mark`` is the number of the last customer (when undone: of the last
    row) that is dealt with: it moves in the transaction that gives it away. ``parts``
    counts by taker what went. ``team`` is that of who started it.
    """

    id = models.BigAutoField(primary_key=True)
    old_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    takers = models.JSONField(default=list)
    spread = models.CharField(
        max_length=8, choices=Spread.choices, default=Spread.EQUAL
    )
    cities = models.JSONField(default=dict)
    criteria = models.JSONField(default=dict)
    state = models.CharField(
        max_length=8, choices=HandoverState.choices, default=HandoverState.RUNNING
    )
    problem = models.TextField(blank=True)
    total = models.IntegerField(default=0)
    given = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    parts = models.JSONField(default=dict)
    mark = models.BigIntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class HandedCustomer(models.Model):
    """One customer of a handover: who got it, when, and what has become of that."""

    id = models.BigAutoField(primary_key=True)
    handover = models.ForeignKey(
        Handover, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    given_at = models.DateTimeField()
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.GIVEN)

    class Meta:
        indexes = [
            models.Index(fields=["handover", "id"], name="handed_customer_order")
        ]
