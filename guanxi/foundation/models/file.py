"""Files on records."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """
    One file at a record, one paper original, or both: a scan and where its paper lies.

    ``kind`` and ``record_id`` name the record. ``token`` is the random name of the
    content on disk, ``digest`` its SHA-256; both are empty where there is paper alone.
    ``found`` is what the scanner called what it found, or why a photo was not readable.
    """

    class State(models.TextChoices):
        """How far content is trusted; only the clean and the unchecked go out."""

        WAITING = "waiting"
        CLEAN = "clean"
        UNCHECKED = "unchecked"
        INFECTED = "infected"
        BROKEN = "broken"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    media = models.CharField(max_length=100, blank=True)
    token = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    found = models.CharField(max_length=200, blank=True)
    has_picture = models.BooleanField(default=False)
    is_sensitive = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    paper_place = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    added_at = models.DateTimeField()
    trashed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(token="") | ~Q(paper_place=""), name="file_lies_somewhere"
            ),
            models.UniqueConstraint(
                fields=["token"], name="file_token_once", condition=~Q(token="")
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "record_id", "-id"], name="file_of_record"),
            models.Index(
                fields=["id"], name="file_waiting", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return self.name
