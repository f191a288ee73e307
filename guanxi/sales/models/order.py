"""Orders and their lines."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import models

from guanxi.foundation import figures
from guanxi.sales.events import About
from guanxi.sales.models.product import Product
from guanxi.sales.rules.order import (
    PAYMENT_TONES,
    STATE_TONES,
    Channel,
    OrderState,
    PaymentState,
    Stage,
    Steps,
    open_amount,
)


class OrderQuerySet(models.QuerySet["Order"]):
    """The words in which questions about orders are asked."""

    def kept(self) -> "OrderQuerySet":
        """Return those not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def trashed(self) -> "OrderQuerySet":
        """Return those in the trash."""
        return self.filter(deleted_at__isnull=False)

    def real(self) -> "OrderQuerySet":
        """Return those that were placed and still stand: they count as purchases."""
        return self.kept().filter(cancelled_at__isnull=True).exclude(state="draft")

    def owing(self) -> "OrderQuerySet":
        """Return those with money to come."""
        open_states = [PaymentState.UNPAID, PaymentState.PART]
        return self.real().filter(payment_state__in=open_states)


class Order(models.Model):
    """
    What a customer bought. ``total`` is the sum of the lines, never set by itself.

    ``ordered_on`` is the day in the house's time zone. ``due_on`` is when payment is
    due, ``ship_on`` when we promised to ship. A shipped order is locked.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=60, db_collation="C")
    # The three keys have no index of their own: each leads one below.
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
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
    released_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True, db_default="")
    # Why it was released although its customer then owed more than it may.
    beyond_reason = models.CharField(
        max_length=200, blank=True, default="", db_default=""
    )
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
            models.Index(fields=["total", "id"], name="order_total"),
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
                fields=["ship_on"],
                condition=models.Q(
                    ship_on__isnull=False,
                    shipped_at__isnull=True,
                    cancelled_at__isnull=True,
                    deleted_at__isnull=True,
                ),
                name="order_ship",
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

    @property
    def owed(self) -> Decimal:
        """What the customer still owes."""
        return open_amount(self.total, self.paid, self.refunded)

    @property
    def kept_money(self) -> Decimal:
        """What was paid and not refunded."""
        return self.paid - self.refunded

    @property
    def steps(self) -> Steps:
        """When the order was released, shipped and completed."""
        return Steps(self.released_at, self.shipped_at, self.done_at)

    @property
    def about(self) -> About:
        """What every event of this order says about it."""
        return {
            "order_id": self.pk,
            "customer_id": self.customer_id,
            "number": self.number,
        }

    @property
    def counts_money(self) -> bool:
        """Whether money is or was expected: it is no draft, and not given up unpaid."""
        if self.state == OrderState.CANCELLED:
            return self.paid > 0
        return self.state != OrderState.DRAFT

    @property
    def state_tone(self) -> str:
        """The tone of the state's badge."""
        return STATE_TONES[self.state]

    @property
    def payment_tone(self) -> str:
        """The tone of the payment state's badge."""
        return PAYMENT_TONES[self.payment_state]

    @property
    def owed_text(self) -> str:
        """What the customer still owes, as people read it."""
        return self.shown(self.owed)

    @property
    def way(self) -> list[Stage]:
        """The steps of the order from first to last."""
        placed_at = None if self.state == OrderState.DRAFT else self.ordered_at
        stages: list[tuple[OrderState, datetime | None, date | None]]
        stages = [(OrderState.PLACED, placed_at, None)]
        if self.state == OrderState.CANCELLED:
            stages.append((OrderState.CANCELLED, self.cancelled_at, None))
        else:
            stages += [
                (OrderState.RELEASED, self.released_at, None),
                (OrderState.SHIPPED, self.shipped_at, self.ship_on),
                (OrderState.DONE, self.done_at, None),
            ]
        return [
            Stage(str(state.label), at, planned_on, is_now=state == self.state)
            for state, at, planned_on in stages
        ]

    def shown(self, amount: Decimal) -> str:
        """Return ``amount`` as people read it, in the currency of the order."""
        return figures.amount(amount, self.currency)


class OrderLine(models.Model):
    """One position of an order; ``amount`` = quantity × unit price − discount."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.SmallIntegerField(default=1)
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    name = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    discount = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, db_default=0
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        ordering = ["position", "id"]
        indexes = [
            models.Index(
                fields=["product", "id"],
                name="line_product",
                condition=models.Q(product__isnull=False),
            )
        ]

    @property
    def shown_quantity(self) -> str:
        """The quantity without empty decimals: 3, 2.5, 1,200."""
        return f"{self.quantity:,.3f}".rstrip("0").rstrip(".")


class OrderSeries(models.Model):
    """How many numbers of one day have been given out, counted under a row lock."""

    day = models.DateField(primary_key=True)
    last = models.IntegerField()
