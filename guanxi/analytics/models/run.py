"""Runs of the analysis."""

from django.conf import settings
from django.db import models


class AnalysisRun(models.Model):
    """
    One pass from facts to traits, and everything its numbers rest on.

    ``parameters`` holds the settings, cut points and population figures used, so that
    each number can explain itself later; ``steps`` the four load steps with counts;
    ``summary`` the tables of segments and tiers.
    """

    class State(models.TextChoices):
        """How far a run is."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    as_of = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    customers = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    written = models.IntegerField(default=0)
    parameters = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="analysis_run_state")]
