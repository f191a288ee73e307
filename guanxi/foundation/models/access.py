"""What keeps the access log from being changed unnoticed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AccessWaiting(models.Model):
    """
    A row of the access log that is in no stretch yet.

    ``mark`` proves that it was written here, with a key that the database does not have.
    It names the row by number only: who takes the row away leaves this behind.
    """

    row = models.BigIntegerField(primary_key=True)
    mark = models.CharField(max_length=120, unique=True)


class AccessStretch(models.Model):
    """
    Rows of the access log in the order in which they were chained.

    ``digests`` has one for each of ``access_ids``; the first covers ``before``, with which
    the stretch below ended, the last is ``digest``. ``doubtful`` are rows that were not as
    they were written when they were chained. Of a stretch that was cut off, with its
    rows and all below it, ``digest`` is left to hold on to.
    """

    number = models.BigIntegerField(primary_key=True)
    access_ids = ArrayField(models.BigIntegerField(), default=list)
    digests = ArrayField(models.BinaryField(), default=list)
    doubtful = ArrayField(models.BigIntegerField(), default=list)
    before = models.BinaryField()
    digest = models.BinaryField()
    latest_at = models.DateTimeField()
    sealed_at = models.DateTimeField()
    cut_at = models.DateTimeField(null=True)
    signature = models.CharField(max_length=120)


class AccessCheck(models.Model):
    """
    How the chain was found at one time.

    ``flaw`` is empty if it holds up to the stretch ``number``; else it names what is wrong
    with the row ``row``, or with that stretch.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    rows = models.BigIntegerField()
    stretches = models.BigIntegerField()
    flaw = models.CharField(max_length=20, blank=True)
    row = models.BigIntegerField(null=True)
    number = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="accesscheck_at")]
