"""What is known about the quality of what is known about customers."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.customers.models.customer import Customer


class QualitySetting(models.Model):
    """What the house has decided about data quality, in one row, over what is shipped."""

    id = models.SmallAutoField(primary_key=True)
    values = models.JSONField(default=dict)


class FieldReview(models.Model):
    """
    When a part of a customer was last changed, or confirmed as still right.

    ``part`` is one of ``rules.quality.Part`` or the key of a field of the house. Where
    there is no row, nothing has been said since the customer was entered.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    part = models.CharField(max_length=40)
    is_confirmed = models.BooleanField()
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "part"], name="field_review_once"
            )
        ]


class NumberCheck(models.Model):
    """
    What a look at the numbers of a customer found, when it had this ``version``.

    Sealed numbers are opened to look at them once, not night by night; nothing of them
    stands here but which checks they fail.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    version = models.IntegerField()
    faults = ArrayField(models.CharField(max_length=12))


class QualityWeek(models.Model):
    """
    The quality of an owner's customers in the week that begins on the Monday ``week_on``.

    The sums of the scores, so that those of teams and of the house are sums of rows.
    A row with ``customer`` is of that one alone (`guanxi.customers.queries.sums`).
    """

    id = models.BigAutoField(primary_key=True)
    week_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.CASCADE, null=True, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="+"
    )
    counted_at = models.DateTimeField(null=True)
    customers = models.IntegerField()
    quality = models.BigIntegerField()
    accuracy = models.BigIntegerField()
    validity = models.BigIntegerField()
    timeliness = models.BigIntegerField()
    completeness = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["week_on", "owner", "team", "customer"],
                nulls_distinct=False,
                name="quality_week_once",
            )
        ]
