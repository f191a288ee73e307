"""How the house uses each of its detectors."""

from django.db import models

from guanxi.actions.rules import Mode


class DetectorRule(models.Model):
    """
    The mode and the changed parameters of one detector; absent means as shipped.

    ``held_percent`` is the share of those it finds that is held out to compare with; null
    means as shipped.
    """

    key = models.SlugField(primary_key=True, max_length=40)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.PROPOSE)
    parameters = models.JSONField(default=dict)
    held_percent = models.SmallIntegerField(null=True)
