"""Why a customer stays: assessments, what leaving would cost it, and what offers give it."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.bond import (
    BAND_TONES,
    COSTS,
    FACTORS,
    LONGEST_NAME,
    TOP,
    VALUES,
    AssessmentMethod,
    SwitchingItem,
    band_of,
    delivered_value,
    lock_in_of,
)


def _score() -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(max_digits=3, decimal_places=1, null=True)


def _money() -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))


class _Kept(models.Model):
    """Something kept about a customer's reasons to stay; what is trashed stays for a while."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    made_at = models.DateTimeField()
    trashed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class BondAssessment(_Kept):
    """
    Satisfaction, perceived value, intention to buy again and seven factors of one day.

    Each is 0 to 10 or not known; the factors are known all together or not at all.
    """

    assessed_on = models.DateField()
    method = models.CharField(max_length=12, choices=AssessmentMethod.choices)
    satisfaction = _score()
    perceived_value = _score()
    repurchase = _score()
    surplus = _score()
    attachment = _score()
    sunk_cost = _score()
    transaction_cost = _score()
    moving_cost = _score()
    opportunity_cost = _score()
    exit_barrier = _score()
    note = models.TextField(blank=True)
    import_run_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "-assessed_on", "-id"], name="bond_latest"
            ),
            models.Index(
                fields=["import_run_id"],
                condition=models.Q(import_run_id__isnull=False),
                name="bond_import_run",
            ),
        ]

    def __str__(self) -> str:
        return str(self.assessed_on)

    @property
    def lock_in(self) -> Decimal | None:
        """The sum of the seven factors, 0 to 70; None where they were not scored."""
        return lock_in_of(getattr(self, name) for name in FACTORS)

    @property
    def band(self) -> str:
        """The band of the satisfaction; empty where it is not known."""
        return (
            "" if self.satisfaction is None else str(band_of(self.satisfaction).label)
        )

    @property
    def tone(self) -> str:
        """The tone of the badge of the band."""
        if self.satisfaction is None:
            return "gray"
        return BAND_TONES[band_of(self.satisfaction)]

    @property
    def factors(self) -> list[tuple[str, Decimal, int]]:
        """The scored factors: label, score and its share of the best in percent."""
        known = ((label, getattr(self, name)) for name, label in FACTORS.items())
        return [
            (str(label), score, round(100 * score / TOP))
            for label, score in known
            if score is not None
        ]


class SwitchingCost(_Kept):
    """One thing that changing its supplier would cost a customer, in the house currency."""

    product = models.CharField(max_length=LONGEST_NAME, blank=True)
    item = models.CharField(max_length=12, choices=SwitchingItem.choices)
    amount = _money()
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(SwitchingItem(self.item).label)


class DeliveredValue(_Kept):
    """
    What one offer gives a customer and costs it, part by part, in the house currency.

    ``supplier`` is empty for an offer of ours, else who else offers it.
    """

    offer = models.CharField(max_length=LONGEST_NAME)
    supplier = models.CharField(max_length=LONGEST_NAME, blank=True)
    assessed_on = models.DateField()
    product_value = _money()
    service_value = _money()
    personnel_value = _money()
    image_value = _money()
    money_cost = _money()
    time_cost = _money()
    energy_cost = _money()
    effort_cost = _money()

    def __str__(self) -> str:
        return self.offer

    @property
    def total_value(self) -> Decimal:
        """All that the offer is worth to the customer."""
        return sum((getattr(self, name) for name in VALUES), Decimal(0))

    @property
    def total_cost(self) -> Decimal:
        """All that the offer costs the customer."""
        return sum((getattr(self, name) for name in COSTS), Decimal(0))

    @property
    def delivered(self) -> Decimal:
        """The delivered value: worth less cost."""
        return delivered_value([self.total_value], [self.total_cost])
