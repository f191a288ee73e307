"""Pairs of customers that are likely one, as the run over the whole base found them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.duplicate import PairState, Reason


class DuplicatePair(models.Model):
    """
    Two customers that are likely the same, ``one`` with the lower number.

    ``score`` is the probability in percent. The marks stand for what was compared of
    each: a pair that is said to be different is proposed again once a mark changes.
    """

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.SmallIntegerField()
    reasons = ArrayField(models.CharField(max_length=20, choices=Reason.choices))
    one_mark = models.CharField(max_length=32)
    other_mark = models.CharField(max_length=32)
    state = models.CharField(
        max_length=10, choices=PairState.choices, default=PairState.OPEN
    )
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"], name="duplicate_pair_once"
            ),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")),
                name="duplicate_pair_ordered",
            ),
        ]
        indexes = [models.Index(fields=["score", "id"], name="duplicate_pair_score")]

    def __str__(self) -> str:
        return f"{self.one_id}–{self.other_id}"
