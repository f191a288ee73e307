"""What was put into one customer: contacts and costs."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.investment import (
    AIM_TONES,
    LONGEST_PLACE,
    AboutInvestment,
    Aim,
    ContactMode,
)


class InvestmentQuerySet(models.QuerySet["Investment"]):
    """The words in which questions about investments are asked."""

    def kept(self) -> "InvestmentQuerySet":
        """Return those not in the trash, nor their customers."""
        return self.filter(deleted_at__isnull=True, customer__deleted_at__isnull=True)

    def contacts(self) -> "InvestmentQuerySet":
        """Return those that were contacts."""
        return self.exclude(mode="")


class Investment(models.Model):
    """
    One contact with what it cost, or another cost: that has no ``mode``.

    ``amount`` is in the house currency, 0 where a contact cost nothing.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    aim = models.CharField(max_length=12, choices=Aim.choices)
    mode = models.CharField(max_length=10, choices=ContactMode.choices, blank=True)
    happened_at = models.DateTimeField()
    place = models.CharField(max_length=LONGEST_PLACE, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    import_run_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    objects = InvestmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-happened_at"], name="investment_of"),
            models.Index(fields=["happened_at", "id"], name="investment_happened_at"),
            models.Index(fields=["amount", "id"], name="investment_amount"),
            models.Index(
                fields=["import_run_id"],
                condition=models.Q(import_run_id__isnull=False),
                name="investment_import_run",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="investment_amount_not_negative"
            )
        ]

    def __str__(self) -> str:
        word = ContactMode(self.mode) if self.mode else Aim(self.aim)
        return str(word.label)

    @property
    def is_contact(self) -> bool:
        """Whether somebody was in contact, and not only something paid."""
        return bool(self.mode)

    @property
    def tone(self) -> str:
        """The tone of the badge of its aim."""
        return AIM_TONES[self.aim]

    @property
    def about(self) -> AboutInvestment:
        """What every event of this contact or cost says about it."""
        return {
            "investment_id": self.pk,
            "customer_id": self.customer_id,
            "aim": str(self.aim),
            "mode": str(self.mode),
        }
