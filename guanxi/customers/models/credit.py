"""What is known of how far a customer can be trusted with money."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.models.investment import Investment
from guanxi.customers.rules.credit import (
    FACTORS,
    GRADE_TONES,
    Factor,
    Grade,
    Origin,
    Standard,
)


class CreditReport(models.Model):
    """
    One investigation of a customer: our own, or bought from an agency.

    ``cost`` is in the house currency; ``place`` says where the paper or the file lies.
    After ``valid_until`` it is due for a new one. ``investment`` is its cost as what is
    put into the customer, where it says nothing of credit.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.OWN)
    provider = models.CharField(max_length=120, blank=True)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    reported_on = models.DateField()
    valid_until = models.DateField()
    findings = models.TextField()
    place = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    investment = models.OneToOneField(
        Investment, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["valid_until", "id"], name="credit_report_due")]


class CreditAssessment(models.Model):
    """
    One assessment of a customer by one standard; a later one takes its place.

    ``scores`` holds for each factor its score, evidence, what conduct computed and why
    another score was set; ``weights`` and ``basis`` what it was computed with and from,
    so that it explains itself when rules and orders have changed.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    standard = models.CharField(max_length=2, choices=Standard.choices)
    assessed_on = models.DateField()
    scores = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    basis = models.JSONField(default=dict)
    score = models.DecimalField(max_digits=4, decimal_places=1)
    grade = models.CharField(max_length=1, choices=Grade.choices)
    proposed_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    @property
    def tone(self) -> str:
        """The tone of the grade's badge."""
        return GRADE_TONES[self.grade]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The five factors with label, weight and what was said about each."""
        return [
            {
                "factor": factor,
                "label": Factor(factor).label,
                "weight": self.weights[factor],
                **self.scores[factor],
            }
            for factor in FACTORS[Standard(self.standard)]
        ]


class CreditLimit(models.Model):
    """
    How much a customer may owe, set by a person; the latest row is in force.

    Without ``amount`` the customer is not limited. After ``until_on`` nothing may be
    owed any more.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    until_on = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    def on(self, day: date) -> Decimal | None:
        """Return what may be owed on ``day``; None without a limit."""
        if self.amount is not None and self.until_on and day > self.until_on:
            return Decimal(0)
        return self.amount


class CreditSetting(models.Model):
    """What the house has decided about credit, in one row, over what is shipped."""

    id = models.SmallAutoField(primary_key=True)
    values = models.JSONField(default=dict)
