"""What people have said about being contacted: a ledger, blocks, and preferences."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.code import Code
from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.consent import ContactChannel


class ConsentText(models.Model):
    """
    What a person is asked, in one wording; a new wording is a new version.

    Versions are never changed: entries of the ledger point at what was shown.
    """

    id = models.BigAutoField(primary_key=True)
    purpose = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()
    text_zh = models.TextField()
    text_en = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "version"], name="consent_text_once"
            )
        ]


class ConsentEntry(models.Model):
    """
    One line of the ledger: a person gave or withdrew consent.

    Lines are only ever added; the database refuses to change one. Who consents to what
    now is the last line of each purpose and channel by ``effective_at``.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    purpose = models.ForeignKey(
        Code, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=8, choices=ContactChannel.choices)
    is_given = models.BooleanField()
    text = models.ForeignKey(
        ConsentText,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    proof = models.TextField(blank=True)
    proof_reference = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    recorded_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    expires_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "purpose", "channel", "effective_at", "id"],
                name="consent_of_customer",
                include=["is_given", "expires_on"],
            ),
            models.Index(
                fields=["purpose", "channel", "customer", "effective_at", "id"],
                name="consent_of_purpose",
                include=["is_given", "expires_on"],
            ),
        ]


class ContactBlock(models.Model):
    """
    Nobody is to come to a customer by ``channel``, or by none of them if it is empty.

    It is open until it is lifted; what was stays to be read.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=8, choices=ContactChannel.choices, blank=True)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "lifted_at"], name="block_of_customer")
        ]


class ContactPreference(models.Model):
    """How and when a customer likes to be reached; ``time_zone`` is an IANA name."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    channel = models.CharField(max_length=8, choices=ContactChannel.choices, blank=True)
    start = models.TimeField(null=True)
    end = models.TimeField(null=True)
    time_zone = models.CharField(max_length=64, blank=True)
