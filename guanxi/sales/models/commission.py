"""Commissions: who earns what for which orders, month by month."""

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanxi.sales.models.order import Order
from guanxi.sales.rules.commission import (
    TONES,
    Basis,
    RateTier,
    Source,
    StatementState,
    TierBy,
)


class CommissionPlan(models.Model):
    """
    At which rates some people earn commissions.

    ``tiers`` are pairs of texts: from where on, and the rate in percent.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    basis = models.CharField(max_length=20, choices=Basis.choices)
    tier_by = models.CharField(max_length=20, choices=TierBy.choices)
    is_stepped = models.BooleanField(default=True)
    tiers = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    @property
    def steps(self) -> Sequence[RateTier]:
        """The tiers, the lowest first."""
        return [RateTier(Decimal(start), Decimal(rate)) for start, rate in self.tiers]


class PlanMember(models.Model):
    """A person, or all people of a team, whom a plan is for; without any it is for all."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(CommissionPlan, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.CASCADE, null=True, related_name="+"
    )


class CommissionShare(models.Model):
    """The part of an order, in percent, that counts for a colleague of its owner."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "user"], name="commission_share_once"
            )
        ]


class CommissionStatement(models.Model):
    """What one person earns for one month; until it is approved it is drawn anew."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.PROTECT, null=True, related_name="+"
    )
    month = models.DateField()
    plan = models.ForeignKey(CommissionPlan, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    base = models.DecimalField(max_digits=16, decimal_places=2)
    target = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(
        max_length=20, choices=StatementState.choices, default=StatementState.DRAFT
    )
    drawn_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    paid_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "month"], name="commission_statement_once"
            )
        ]
        indexes = [models.Index(fields=["-month", "id"], name="commission_month")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.month:%Y-%m}"

    @property
    def tone(self) -> str:
        """The tone of the state's badge."""
        return TONES[self.state]


class CommissionLine(models.Model):
    """What one payment, shipment, refund or adjustment adds to a statement."""

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(
        CommissionStatement, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=20, choices=Source.choices)
    source_id = models.BigIntegerField(null=True)
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    share = models.DecimalField(max_digits=5, decimal_places=2, default=100)
    base = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # Whatever happens, a payment is rewarded once.
            models.UniqueConstraint(
                fields=["user", "source", "source_id"],
                condition=Q(source_id__isnull=False),
                name="commission_line_once",
            )
        ]
