"""The products proposed to customers, what speaks for them, and what came of it."""

from django.conf import settings
from django.db import models

from guanxi.analytics.rules import GroundKind, OfferState
from guanxi.customers.rules import Form, Tier


class OfferGround(models.Model):
    """
    Why a product is proposed: ``both`` of ``among`` customers bought it, of all ``base``.

    Those customers have the product ``given``, or are of one class: ``form``, ``industry``
    and ``tier``. Grounds that hold no more stay as long as an offer names them.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=5, choices=GroundKind.choices)
    given = models.ForeignKey(
        "sales.Product", on_delete=models.CASCADE, null=True, related_name="+"
    )
    form = models.CharField(max_length=12, choices=Form.choices, blank=True)
    industry = models.CharField(max_length=80, blank=True)
    tier = models.CharField(max_length=12, choices=Tier.choices, blank=True)
    product = models.ForeignKey(
        "sales.Product", on_delete=models.CASCADE, related_name="+"
    )
    both = models.IntegerField()
    among = models.IntegerField()
    base = models.FloatField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "given", "form", "industry", "tier"],
                name="offer_ground_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.product_id}"

    @property
    def share(self) -> float:
        """The part of the customers of the ground who bought it, from 0 to 1."""
        return self.both / self.among

    @property
    def lift(self) -> float:
        """How many times as frequent that is as among all."""
        return self.share / self.base if self.base else 0.0


class NextProduct(models.Model):
    """
    One product proposed to one customer, and what came of offering it.

    The analysis writes those that nobody has offered, and takes them back when nothing
    speaks for them any more. One that was bought stays with the moment: so it can be
    compared whether offering changes anything.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+"
    )
    product = models.ForeignKey(
        "sales.Product", on_delete=models.CASCADE, related_name="+"
    )
    ground = models.ForeignKey(OfferGround, on_delete=models.CASCADE, related_name="+")
    rank = models.SmallIntegerField()
    state = models.CharField(
        max_length=10, choices=OfferState.choices, default=OfferState.OPEN
    )
    found_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True)
    bought_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=models.Q(state="open", bought_at__isnull=True),
                name="next_product_once",
            )
        ]
        indexes = [models.Index(fields=["rank", "id"], name="next_product_rank")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.product_id}"
