"""Dashboards and saved views that are sent by the clock."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.analytics.boards.timetable import FileForm, Rhythm


class BoardDelivery(models.Model):
    """
    What goes to whom and when; each recipient gets what he himself may see.

    ``board`` is the key in the address of a dashboard, or empty for the saved ``view`` of
    a list or of the explorer, with which it ends. ``span`` and ``against`` are what its
    page is asked for, empty where it is asked for no days. ``form`` is that of the file
    that goes with it. ``hour`` is in the house's time zone. ``sent_on`` is the day it was
    last due for, whoever got it then.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    board = models.CharField(max_length=20, blank=True)
    view = models.ForeignKey(
        "foundation.SavedView",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    recipients = ArrayField(models.BigIntegerField())
    rhythm = models.CharField(max_length=12, choices=Rhythm.choices)
    hour = models.SmallIntegerField()
    span = models.CharField(max_length=20)
    against = models.CharField(max_length=10)
    form = models.CharField(max_length=4, choices=FileForm.choices, default="xlsx")
    sent_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "board"], name="delivery_owner_board")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(board="") ^ models.Q(view=None),
                name="delivery_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.board or self.view_id} {self.rhythm} {self.hour}"
