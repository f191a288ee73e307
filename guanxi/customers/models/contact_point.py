"""How a customer is reached: phones, mail, WeChat, and postal addresses."""

from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules import PointKind


class ContactPoint(models.Model):
    """
    One way to reach a customer.

    ``value`` is normalized (E.164 for phones, lower case for mail) and what equality
    is asked of; ``shown`` is how people write it. ``failed_at`` is since when nobody is
    reached by it.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="points", db_index=False
    )
    kind = models.CharField(max_length=10, choices=PointKind.choices)
    value = models.CharField(max_length=254)
    extension = models.CharField(max_length=12, blank=True)
    shown = models.CharField(max_length=254)
    label = models.CharField(max_length=40, blank=True)
    is_primary = models.BooleanField(default=False)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "value", "extension"],
                name="contact_point_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=models.Q(is_primary=True),
                name="contact_point_primary_once",
            ),
        ]
        indexes = [
            models.Index(fields=["value", "kind"], name="contact_point_value"),
            models.Index(
                fields=["customer"],
                condition=models.Q(failed_at__isnull=False),
                name="contact_point_failed",
            ),
        ]

    def __str__(self) -> str:
        return self.shown


class Address(models.Model):
    """A postal address by province, city and district."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, default="CN")
    province = models.CharField(max_length=30, blank=True)
    city = models.CharField(max_length=30, blank=True)
    district = models.CharField(max_length=30, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(is_primary=True),
                name="address_primary_once",
            )
        ]
