"""The customer: a person or an organization in any role toward us."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from guanxi.customers.models.code import Code
from guanxi.customers.models.tag import Tag
from guanxi.customers.rules import LONGEST_TARGET_REASON, Form, State
from guanxi.customers.rules.birthday import LONGEST
from guanxi.customers.rules.identifier import IdKind
from guanxi.foundation.identifiers import plain_identifier
from guanxi.foundation.sealing.field import SealedField, SealedModel


class CustomerQuerySet(models.QuerySet["Customer"]):
    """The words in which questions about customers are asked."""

    def kept(self) -> "CustomerQuerySet":
        """Return those not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def trashed(self) -> "CustomerQuerySet":
        """Return those in the trash; who was erased is in no trash."""
        return self.filter(deleted_at__isnull=False, erased_at__isnull=True)


class Customer(SealedModel):
    """
    One party: consumer, enterprise, channel partner or colleague.

    ``phone`` and ``email`` repeat the primary contact points, normalized, so that a
    list costs one query. ``search`` holds names and pinyin, ``search_contact`` phones
    and addresses of the net: whoever may not read those does not search them.
    ``match_name`` is the name as it sounds, without legal endings, for duplicates.
    ``lunar_birthday`` is written as `rules.birthday` says.
    ``extra`` holds the values of the fields that the house added, by their keys.
    Of one that was erased the row alone is left, in no list, for what points at it.
    The numbers of documents and bank cards are sealed: equality is asked of their indexes.
    """

    id = models.BigAutoField(primary_key=True)
    form = models.CharField(max_length=12, choices=Form.choices, default=Form.PERSON)
    name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=600, db_collation="C")
    match_name = models.CharField(max_length=200, blank=True, db_collation="C")
    short_name = models.CharField(max_length=80, blank=True)
    kind = models.ForeignKey(
        Code,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    relation_kind = models.ForeignKey(
        Code,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    state = models.CharField(
        max_length=16, choices=State.choices, default=State.POTENTIAL
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
    is_key = models.BooleanField(default=False)
    target_reason = models.CharField(
        max_length=LONGEST_TARGET_REASON, blank=True, default="", db_default=""
    )
    phone = models.CharField(max_length=32, blank=True)
    email = models.CharField(max_length=254, blank=True)
    wechat = models.CharField(max_length=64, blank=True)
    province = models.CharField(max_length=30, blank=True)
    city = models.CharField(max_length=30, blank=True)
    industry = models.CharField(max_length=60, blank=True)
    website = models.CharField(max_length=200, blank=True)
    employees = models.IntegerField(null=True, blank=True)
    founded_year = models.SmallIntegerField(null=True, blank=True)
    annual_revenue = models.DecimalField(
        max_digits=18, decimal_places=2, null=True, blank=True
    )
    birth_on = models.DateField(null=True, blank=True)
    lunar_birthday = models.CharField(
        max_length=LONGEST, blank=True, default="", db_default="", db_collation="C"
    )
    id_kind = models.CharField(
        max_length=12, choices=IdKind.choices, blank=True, default="", db_default=""
    )
    id_number = SealedField(
        index="id_number_index", plain=plain_identifier, blank=True, default=""
    )
    id_number_index = models.CharField(
        max_length=60, blank=True, default="", db_default="", db_collation="C"
    )
    bank_card = SealedField(
        index="bank_card_index",
        plain=plain_identifier,
        blank=True,
        default="",
        db_default="",
    )
    bank_card_index = models.CharField(
        max_length=60, blank=True, default="", db_default="", db_collation="C"
    )
    credit_code = models.CharField(
        max_length=18, blank=True, default="", db_default="", db_collation="C"
    )
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    extra = models.JSONField(default=dict, blank=True, db_default={})
    tags = models.ManyToManyField(Tag, related_name="+", blank=True)
    search = models.TextField(blank=True)
    search_contact = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    import_run_id = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                # The number first: duplicates are looked up by it, whatever the source.
                fields=["external_id", "source"],
                condition=~models.Q(external_id=""),
                name="customer_external_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sort_name", "id"],
                condition=models.Q(deleted_at__isnull=True),
                name="customer_sort_name",
            ),
            models.Index(
                fields=["created_at", "id"],
                condition=models.Q(deleted_at__isnull=True),
                name="customer_created",
            ),
            models.Index(fields=["owner", "created_at", "id"], name="customer_owner"),
            models.Index(fields=["team", "created_at", "id"], name="customer_team"),
            models.Index(fields=["match_name", "city"], name="customer_match_name"),
            models.Index(
                fields=["deleted_at", "id"],
                condition=models.Q(deleted_at__isnull=False),
                name="customer_trashed",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(erased_at__isnull=False),
                name="customer_erased",
            ),
            models.Index(
                fields=["id_number_index"],
                condition=~models.Q(id_number_index=""),
                name="customer_id_number",
            ),
            models.Index(
                fields=["bank_card_index"],
                condition=~models.Q(bank_card_index=""),
                name="customer_bank_card",
            ),
            models.Index(
                fields=["credit_code"],
                condition=~models.Q(credit_code=""),
                name="customer_credit_code",
            ),
            models.Index(
                fields=["phone"], condition=~models.Q(phone=""), name="customer_phone"
            ),
            models.Index(
                fields=["email"], condition=~models.Q(email=""), name="customer_email"
            ),
            models.Index(
                fields=["import_run_id"],
                condition=models.Q(import_run_id__isnull=False),
                name="customer_import_run",
            ),
            GinIndex(OpClass("search", name="gin_trgm_ops"), name="customer_search"),
            GinIndex(
                OpClass("search_contact", name="gin_trgm_ops"),
                name="customer_search_contact",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_person(self) -> bool:
        """Whether this is a natural person."""
        return self.form == Form.PERSON
