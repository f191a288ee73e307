"""What the house has learned about a customer."""

from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.quality import FULL, Dimension


class Traits(models.Model):
    """
    The knowledge about one customer, one row each, computed by analysis but for credit.
    A life-cycle stage that ``is_stage_set`` was set by a person: analysis leaves it.

    Money is in the house currency. ``rhythm_days`` is the customer's own usual gap
    between purchase days; a silence beyond ``silence_limit_days`` is long for this
    customer. Nothing here changes by the mere passing of a day, so that a nightly run
    writes few rows. ``as_of`` is the day of the run that last changed the row.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="traits"
    )
    as_of = models.DateField(null=True)
    run_id = models.BigIntegerField(null=True)
    first_order_on = models.DateField(null=True)
    last_order_on = models.DateField(null=True)
    next_order_on = models.DateField(null=True)
    order_count = models.IntegerField(default=0)
    order_total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    order_mean = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    rhythm_days = models.FloatField(null=True)
    silence_limit_days = models.IntegerField(null=True)
    amount_trend = models.FloatField(null=True)
    r = models.SmallIntegerField(default=0)
    f = models.SmallIntegerField(default=0)
    m = models.SmallIntegerField(default=0)
    rfm_segment = models.CharField(max_length=24, blank=True)
    tier = models.CharField(max_length=12, blank=True)
    purchase_state = models.CharField(max_length=12, blank=True)
    life_stage = models.CharField(max_length=16, blank=True)
    # The chance to come again, in percent, and what is to be expected in twelve months.
    p_alive = models.SmallIntegerField(null=True)
    expected_orders = models.FloatField(null=True)
    expected_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    life_pattern = models.CharField(
        max_length=16, blank=True, default="", db_default=""
    )
    # By the weighted scheme of the house; the score in steps of five, downwards.
    grade = models.CharField(max_length=40, blank=True, default="", db_default="")
    grade_score = models.SmallIntegerField(null=True)
    # The chance to buy nothing for as long as the model looks ahead, in percent.
    churn_risk = models.SmallIntegerField(null=True)
    # By the latest bond assessments: 0 to 10, 0 to 70, and what leaving costs in money.
    satisfaction = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    lock_in = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    switching_cost = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    # All that was earned and will be, less all costs; and the part that is to come.
    lifetime_value = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    future_value = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    is_stage_set = models.BooleanField(default=False, db_default=False)
    # Set by people: the worse grade of both standards, and the limit in force.
    credit_grade = models.CharField(max_length=1, blank=True, default="", db_default="")
    credit_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # The next day on which the birthday is celebrated, by the sun or by the moon.
    next_birthday_on = models.DateField(null=True)
    # How good the data of the customer are, 0 to 100; unknown until they are judged.
    quality = models.SmallIntegerField(null=True)
    accuracy = models.SmallIntegerField(null=True)
    validity = models.SmallIntegerField(null=True)
    timeliness = models.SmallIntegerField(null=True)
    completeness = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["order_total", "customer"], name="traits_total"),
            models.Index(fields=["last_order_on", "customer"], name="traits_last"),
            models.Index(fields=["tier", "customer"], name="traits_tier"),
            models.Index(fields=["rfm_segment", "customer"], name="traits_rfm_segment"),
            models.Index(fields=["life_stage", "customer"], name="traits_life_stage"),
            models.Index(
                fields=["credit_grade", "customer"],
                condition=~models.Q(credit_grade=""),
                name="traits_credit_grade",
            ),
            models.Index(
                fields=["next_birthday_on", "customer"],
                condition=models.Q(next_birthday_on__isnull=False),
                name="traits_next_birthday",
            ),
            models.Index(
                fields=["expected_amount", "customer"], name="traits_expected"
            ),
            models.Index(
                fields=["life_pattern", "customer"],
                condition=~models.Q(life_pattern=""),
                name="traits_life_pattern",
            ),
            models.Index(fields=["grade_score", "customer"], name="traits_grade_score"),
            models.Index(fields=["churn_risk", "customer"], name="traits_churn_risk"),
            *(
                models.Index(
                    fields=[name, "customer"],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"traits_{name}",
                )
                for name in ("satisfaction", "lock_in", "switching_cost")
            ),
            models.Index(fields=["lifetime_value", "customer"], name="traits_lifetime"),
            models.Index(fields=["future_value", "customer"], name="traits_future"),
            models.Index(fields=["quality", "customer"], name="traits_quality"),
            *(
                # The worst first, and of those the most valuable: a worklist.
                models.Index(
                    fields=[dimension, "-order_total", "customer"],
                    condition=models.Q(**{f"{dimension}__lt": FULL}),
                    name=f"traits_{dimension}",
                )
                for dimension in Dimension.values
            ),
        ]
