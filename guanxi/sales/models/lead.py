"""Leads: who may become a customer, who looks after them, and the rules of giving them out."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from guanxi.foundation import figures
from guanxi.foundation.clock import now
from guanxi.foundation.phones import show_phone
from guanxi.sales.rules.lead import (
    OPEN,
    TEST,
    TONES,
    DiscardReason,
    LeadState,
    Origin,
    Way,
    failed,
)

_OPEN = Q(state__in=OPEN, deleted_at__isnull=True)


class LeadQuerySet(models.QuerySet["Lead"]):
    """The words in which questions about leads are asked."""

    def kept(self) -> "LeadQuerySet":
        """Return those not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def open(self) -> "LeadQuerySet":
        """Return those not at their end."""
        return self.filter(_OPEN)

    def pooled(self) -> "LeadQuerySet":
        """Return the open ones that nobody looks after."""
        return self.open().filter(owner__isnull=True)


class Lead(models.Model):
    """
    Somebody who may become a customer; without an owner it lies in the public pool.

    The four answers of the test are empty where nobody has asked. ``customer`` and
    ``opportunity`` are what it became. ``given_at`` is when rules or people last gave it
    to somebody; None if never.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    company = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    province = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=40, blank=True)
    product = models.ForeignKey(
        "sales.Product", on_delete=models.PROTECT, null=True, related_name="+"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.OWN)
    origin_note = models.CharField(max_length=200, blank=True)
    referrer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    has_need = models.BooleanField(null=True)
    has_motive = models.BooleanField(null=True)
    has_means = models.BooleanField(null=True)
    is_new = models.BooleanField(null=True)
    state = models.CharField(
        max_length=12, choices=LeadState.choices, default=LeadState.NEW
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField(null=True)
    protected_until = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    next_contact_on = models.DateField(null=True)
    discard_reason = models.CharField(
        max_length=12, choices=DiscardReason.choices, blank=True
    )
    note = models.TextField(blank=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    opportunity = models.ForeignKey(
        "sales.Opportunity", on_delete=models.PROTECT, null=True, related_name="+"
    )
    converted_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=80, blank=True)
    search = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="lead_created"),
            models.Index(
                fields=["created_at", "id"],
                condition=_OPEN & Q(owner__isnull=True),
                name="lead_pool",
            ),
            models.Index(
                fields=["protected_until"],
                condition=_OPEN & Q(owner__isnull=False),
                name="lead_protection",
            ),
            models.Index(fields=["next_contact_on", "id"], name="lead_next_contact"),
            GinIndex(OpClass("search", name="gin_trgm_ops"), name="lead_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it is not at its end."""
        return self.state in OPEN

    @property
    def failed(self) -> list[str]:
        """The parts of the test that nobody has affirmed, as keys."""
        return failed({key: getattr(self, key) for key in TEST})

    @property
    def is_late(self) -> bool:
        """Whether its time with its owner is over: the next round releases it."""
        end = self.protected_until
        return self.is_open and end is not None and end < now()

    @property
    def tone(self) -> str:
        """The tone of the state's badge."""
        return TONES[self.state]

    @property
    def told_phone(self) -> str:
        """The phone as people read it."""
        return show_phone(self.phone) if self.phone else ""

    @property
    def told_amount(self) -> str:
        """The amount as people read it; empty where nobody knows."""
        if self.amount is None:
            return ""
        return figures.amount(self.amount, settings.CURRENCY)


class LeadTerms(models.Model):
    """
    For how long leads stay with people, and how many; one row.

    Zero days or leads are no limit.
    """

    id = models.BigAutoField(primary_key=True)
    protect_days = models.IntegerField(default=7)
    most_held = models.IntegerField(default=50)
    most_claims = models.IntegerField(default=20)


class LeadRule(models.Model):
    """
    To whom leads of a kind are given; empty lists mean all.

    The first rule that fits counts.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    position = models.IntegerField(default=0)
    origins = ArrayField(models.CharField(max_length=12), default=list)
    provinces = ArrayField(models.CharField(max_length=40), default=list)
    categories = ArrayField(models.CharField(max_length=80), default=list)
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.TURNS)

    def __str__(self) -> str:
        return self.name


class LeadReceiver(models.Model):
    """A person whom a rule gives leads; ``given`` counts the turns."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(LeadRule, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    given = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "user"], name="lead_receiver_once")
        ]


class LeadClaim(models.Model):
    """When somebody took a lead out of the pool: so many a day may be."""

    id = models.BigAutoField(primary_key=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="lead_claim_user")]
