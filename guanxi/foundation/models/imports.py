"""Runs of file imports: how far they are, what they touched and what they refused."""

from django.conf import settings
from django.db import models


class ImportRun(models.Model):
    """
    One file on its way into the house.

    ``path`` is below FILES_ROOT. ``format`` is how the table is written, ``columns`` maps
    a column's number to the field it fills, ``options`` holds what else was chosen.
    ``cursor`` counts the rows that are done: it moves in the transaction that writes them.
    ``preview`` is what the check found. ``mark`` is how far an undo is.
    """

    class State(models.TextChoices):
        """How far a run is."""

        CHECKING = "checking"
        READY = "ready"
        RUNNING = "running"
        STOPPED = "stopped"
        DONE = "done"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=300)
    size_bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=40)
    format = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.CHECKING
    )
    is_checked = models.BooleanField(default=False)
    preview = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    problem_params = models.JSONField(default=dict)
    total = models.IntegerField(null=True)
    cursor = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    removed = models.IntegerField(default=0)
    restored = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    mark = models.JSONField(default=list)
    attempts = models.SmallIntegerField(default=0)
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="import_run_owner"),
            models.Index(fields=["digest", "-id"], name="import_run_digest"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportMap(models.Model):
    """A mapping kept under a name, proposed again for files with the same headings."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    name = models.CharField(max_length=60)
    headings = models.JSONField(default=list)
    format = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "owner", "name"],
                name="import_map_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportedRow(models.Model):
    """
    A record that a run changed, or a part it added to a record that was there before.

    New records are not listed here: they carry the number of the run themselves.
    ``version`` is the record's after the run, ``before`` what undoing writes back.
    """

    class Act(models.TextChoices):
        """What the run did; a pending row waits for the end of the file."""

        CREATED = "created"
        UPDATED = "updated"
        PENDING = "pending"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    act = models.CharField(max_length=8, choices=Act.choices)
    version = models.IntegerField(default=0)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "record_id"], name="imported_row_once"
            )
        ]


class RefusedRow(models.Model):
    """
    A row that was not taken, and why.

    ``index`` counts the rows of values from 0, ``number`` is the row as a spreadsheet
    counts. ``reason`` is a sentence to be translated when it is read; ``field`` is the
    key of the field it speaks of.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    index = models.IntegerField()
    number = models.IntegerField()
    field = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    params = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "index"], name="refused_row_once")
        ]
