"""Segments: named groups of customers, who belongs to them, and how many did when."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.segment import Membership, Sharing


class Segment(models.Model):
    """
    Customers who have something in common, by one ``definition`` or by hand.

    ``needs`` are the fields and counts that the definition asks about: only who may ask
    them himself sees the segment, because its members would tell him. ``key`` is what a
    shipped one is called by programs; its words are then message ids. ``owner`` and
    ``team`` are whose sight decides who belongs to it: without an owner, the house's.
    ``members`` and ``problem`` are those of the last refresh. Money is in the house
    currency.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    membership = models.CharField(
        max_length=8, choices=Membership.choices, default=Membership.DYNAMIC
    )
    definition = models.JSONField(default=dict)
    needs = ArrayField(models.CharField(max_length=80), default=list)
    sharing = models.CharField(
        max_length=8, choices=Sharing.choices, default=Sharing.OWN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    members = models.IntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    budget_from = models.DateField(null=True, blank=True)
    budget_until = models.DateField(null=True, blank=True)
    strategy = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(key=""), name="segment_key_once"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name; that of a shipped one in the language of the moment."""
        return gettext(self.name) if self.key else self.name

    @property
    def about(self) -> str:
        """The description; that of a shipped one in the language of the moment."""
        return (
            gettext(self.description)
            if self.key and self.description
            else (self.description)
        )

    @property
    def is_dynamic(self) -> bool:
        """Whether the definition decides, and nobody by hand."""
        return self.membership == Membership.DYNAMIC


class SegmentMember(models.Model):
    """One stay of a customer in a segment; it lasts until ``left_at``."""

    id = models.BigAutoField(primary_key=True)
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"],
                condition=models.Q(left_at__isnull=True),
                name="segment_member_once",
            )
        ]


class SegmentCount(models.Model):
    """How many belonged to a segment at the end of a day, who had come and gone on it."""

    id = models.BigAutoField(primary_key=True)
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    counted_on = models.DateField()
    members = models.IntegerField()
    joined = models.IntegerField(default=0)
    gone = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "counted_on"], name="segment_count_once"
            )
        ]
