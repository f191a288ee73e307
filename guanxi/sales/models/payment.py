"""Money in and money back."""

from decimal import Decimal

from django.db import models

from guanxi.sales.models.order import Order
from guanxi.sales.rules.order import Method


class Payment(models.Model):
    """One payment received for an order."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    method = models.CharField(max_length=20, choices=Method.choices, blank=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)


class Refund(models.Model):
    """One payment returned."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    @property
    def minus(self) -> Decimal:
        """The amount as it counts among the payments."""
        return -self.amount
