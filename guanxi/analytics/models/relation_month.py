"""How many relationships there were in a month, how long they had lasted, how good they were."""

from django.conf import settings
from django.db import models

from guanxi.customers.rules import Tier


class RelationMonth(models.Model):
    """
    The relationships of one owner and tier at the end of the month from ``month_on``.

    Sums, so that those of teams and of the house are sums of rows. ``days`` is how long
    the relationships had lasted, ``quality`` their scores of 0 to 100; the formulas stand
    in docs/laws/analytics.md. Of the present month it is the day of the analysis. A row with
    ``customer`` is of that one alone (`guanxi.customers.queries.sums`).
    """

    id = models.BigAutoField(primary_key=True)
    month_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.CASCADE, null=True, related_name="+"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, null=True, related_name="+"
    )
    counted_at = models.DateTimeField(null=True)
    tier = models.CharField(max_length=12, choices=Tier.choices, blank=True)
    customers = models.IntegerField()
    days = models.BigIntegerField()
    quality = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month_on", "owner", "team", "tier", "customer"],
                name="relation_month_once",
                nulls_distinct=False,
            )
        ]
