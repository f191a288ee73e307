"""What we sell."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


class ProductQuerySet(models.QuerySet["Product"]):
    """The words in which questions about products are asked."""

    def kept(self) -> "ProductQuerySet":
        """Return those not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def on_offer(self) -> "ProductQuerySet":
        """Return those that can be ordered now."""
        return self.kept().filter(is_active=True)


class Product(models.Model):
    """
    One thing or service on offer, with its list price.

    ``feature`` is what it has, ``advantage`` what that does, ``benefit`` what the customer
    gains by it: the three parts in which it is talked about (FAB).
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=60, unique=True, db_collation="C")
    name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=300, db_collation="C")
    category = models.CharField(max_length=80, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    is_active = models.BooleanField(default=True)
    feature = models.TextField(blank=True, default="", db_default="")
    advantage = models.TextField(blank=True, default="", db_default="")
    benefit = models.TextField(blank=True, default="", db_default="")
    note = models.TextField(blank=True)
    search = models.TextField(blank=True)
    import_run_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sort_name", "id"], name="product_sort_name"),
            models.Index(
                fields=["import_run_id"],
                condition=models.Q(import_run_id__isnull=False),
                name="product_import_run",
            ),
            GinIndex(OpClass("search", name="gin_trgm_ops"), name="product_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_words(self) -> bool:
        """Whether there is something to tell of what it has, does and brings."""
        return bool(self.feature or self.advantage or self.benefit)
