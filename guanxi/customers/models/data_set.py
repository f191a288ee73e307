"""What each set of data about customers is for, and what it costs to have it."""

from django.db import models

from guanxi.customers.rules.data_set import LONGEST_NAME, LONGEST_WORDS


class DataSet(models.Model):
    """
    What an administrator says of one set of data.

    ``key`` is that of a set the house has by itself; one of its own has a ``name``.
    ``upkeep_cost`` is what keeping it costs in a year, in the house currency.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    subject = models.CharField(max_length=LONGEST_WORDS, blank=True)
    purpose = models.CharField(max_length=LONGEST_WORDS, blank=True)
    decision = models.CharField(max_length=LONGEST_WORDS, blank=True)
    ability = models.CharField(max_length=LONGEST_WORDS, blank=True)
    upkeep_cost = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True
    )
    described_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or self.key
