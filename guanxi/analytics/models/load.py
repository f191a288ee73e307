"""Loads of the warehouse."""

from django.db import models


class WarehouseLoad(models.Model):
    """
    One load of the warehouse, whose number each row that it brought carries.

    ``counts`` says of each fact and dimension how many rows were read, left out as
    incomplete (cleaned), added (loaded), and of how many an earlier version was superseded
    (merged); and how many records were brought up to date (refreshed). ``is_whole`` if all
    was read, not only what had changed.
    """

    class State(models.TextChoices):
        """How far a load is."""

        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    number = models.IntegerField(primary_key=True)
    state = models.CharField(max_length=8, choices=State.choices)
    is_whole = models.BooleanField()
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.number)
