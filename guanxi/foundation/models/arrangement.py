"""The number that grows when administrators arrange something otherwise."""

from django.db import models


class Arrangement(models.Model):
    """One row: how often it was arranged otherwise."""

    id = models.SmallIntegerField(primary_key=True)
    number = models.IntegerField(default=0)
