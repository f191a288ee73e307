"""Dashboards that are sent by the clock."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.analytics.boards.timetable import FileForm, Rhythm


class BoardDelivery(models.Model):
    """
    Which dashboard goes to whom and when; each recipient gets figures of his own.

    ``board`` is the key in the address of the dashboard, ``span`` and ``against`` are what
    its page is asked for. ``form`` is that of the file that goes with it. ``hour`` is in the house's time zone. ``sent_on`` is the day it
    was last due for, whoever got it then.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    board = models.CharField(max_length=20)
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

    def __str__(self) -> str:
        return f"{self.board} {self.rhythm} {self.hour}"
