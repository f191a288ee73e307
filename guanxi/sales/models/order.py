"""Orders and their lines."""

from django.conf import settings
from django.db import models

from guanxi.sales.models.product import Product
from guanxi.sales.rules import Channel, OrderState, PaymentState


class OrderQuerySet(models.QuerySet["Order"]):
    """The words in which questions about orders are asked."""

    def kept(self) -> "OrderQuerySet":
        """Return those not in the trash."""
        return self.filter(deleted_at__isnull=True)


class Order(models.Model):
    """
    What a customer bought. ``total`` is the sum of the lines, never set by itself.

    ``ordered_on`` is the day in the house's time zone. ``due_on`` is when payment is
    due, ``ship_on`` when we promised to ship. A shipped order is locked.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=60)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    channel = models.CharField(
        max_length=10, choices=Channel.choices, default=Channel.OTHER
    )
    state = models.CharField(
        max_length=10, choices=OrderState.choices, default=OrderState.PLACED
    )
    payment_state = models.CharField(
        max_length=10, choices=PaymentState.choices, default=PaymentState.UNPAID
    )
    currency = models.CharField(max_length=3, default="CNY")
    total = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    refunded = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    ordered_at = models.DateTimeField()
    ordered_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    ship_on = models.DateField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    import_run_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="order_number_once"),
        ]
        indexes = [
            models.Index(fields=["ordered_at", "id"], name="order_ordered_at"),
            models.Index(fields=["customer", "-ordered_at"], name="order_customer"),
            models.Index(fields=["team", "ordered_at", "id"], name="order_team"),
            models.Index(fields=["owner", "ordered_at", "id"], name="order_owner"),
            models.Index(
                fields=["due_on"],
                condition=models.Q(
                    payment_state__in=["unpaid", "part"],
                    cancelled_at__isnull=True,
                    deleted_at__isnull=True,
                ),
                name="order_due",
            ),
            models.Index(
                fields=["import_run_id"],
                condition=models.Q(import_run_id__isnull=False),
                name="order_import_run",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_locked(self) -> bool:
        """Whether the order has left the house and may not be edited any more."""
        return self.shipped_at is not None or self.cancelled_at is not None


class OrderLine(models.Model):
    """One position of an order; ``amount`` = quantity × unit price − discount."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.SmallIntegerField(default=1)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
