"""How long what is kept, and what each run of a rule did."""

from django.conf import settings
from django.db import models

from guanxi.customers.rules.retention import Category


class RetentionRule(models.Model):
    """
    One category and its time; it works only while it ``is_on``.

    ``tried_months`` is for which time somebody looked at what it would do, ``tried_count``
    what that was; without that it cannot be switched on.
    """

    category = models.CharField(
        max_length=12, choices=Category.choices, primary_key=True
    )
    months = models.SmallIntegerField()
    is_on = models.BooleanField(default=False)
    tried_at = models.DateTimeField(null=True)
    tried_months = models.SmallIntegerField(null=True)
    tried_count = models.IntegerField(null=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )


class RetentionRun(models.Model):
    """
    The proof of one run: by which rule, up to when, how many it was, whom a hold kept.

    One that was killed is found by its missing end, and goes on.
    """

    id = models.BigAutoField(primary_key=True)
    category = models.CharField(max_length=12, choices=Category.choices)
    months = models.SmallIntegerField()
    before = models.DateTimeField()
    done = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
