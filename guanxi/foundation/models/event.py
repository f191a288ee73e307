"""The event log, who has dealt with each event, and who saw what."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class LoggedEvent(models.Model):
    """
    One fact that happened, in one row read as audit, timeline, notification and fact.

    ``payload`` holds ids and plain values; ``changes`` holds field → [old, new] with
    personal values masked, so that erasing a person never fights the log.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    at = models.DateTimeField()
    # Nobody asks for all that one person did, and users are closed, not deleted.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    actor_name = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    party_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)

    class Meta:
        # Ascending, though the latest are read first: an index is read backwards as
        # quickly, and grows at the end of each name and kind without splitting pages.
        indexes = [
            models.Index(fields=["party_id", "id"], name="event_party"),
            models.Index(fields=["kind", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["name", "id"], name="event_name"),
            models.Index(fields=["at", "id"], name="event_at"),
        ]


class Delivery(models.Model):
    """The claim of one handler on one event: present means its effect has happened."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(LoggedEvent, on_delete=models.CASCADE, related_name="+")
    handler = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once")
        ]


class Access(models.Model):
    """
    Somebody saw or took out protected values: who, which, how many and why.

    ``subject_id`` is the one record it was, ``subject_ids`` those of a page; an export
    names none, only how many.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True)
    act = models.CharField(max_length=20)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    subject_ids = ArrayField(models.BigIntegerField(), default=list)
    fields = models.JSONField(default=list)
    rows = models.IntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["subject_ids"], name="access_subjects"),
            models.Index(fields=["-at", "-id"], name="access_at"),
            models.Index(fields=["kind", "subject_id", "-id"], name="access_subject"),
        ]
