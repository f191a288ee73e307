"""What colleagues owe before they see protected data, and who has fulfilled it."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import models

from guanxi.foundation.arranged import arranged
from guanxi.identity.rules.duty import (
    GATE_LABELS,
    KIND_LABELS,
    Asked,
    DutyKind,
    Gate,
    Owed,
    owed,
)


class Duty(models.Model):
    """
    A document to read, a training to pass or an agreement to sign.

    ``days`` is how long people have for it, ``months`` how long a fulfilment holds (0: for
    ever), ``gate`` what happens to whoever is overdue.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=list(KIND_LABELS.items()))
    title = models.CharField(max_length=120)
    gate = models.CharField(max_length=8, choices=list(GATE_LABELS.items()))
    days = models.SmallIntegerField(default=14)
    months = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class DutyVersion(models.Model):
    """The text of a duty from a day on; what was fulfilled of an older one counts no more."""

    id = models.BigAutoField(primary_key=True)
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    text = models.TextField()
    effective_on = models.DateField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["duty", "number"], name="duty_version_once")
        ]


class Fulfilment(models.Model):
    """
    Somebody read, passed or signed a version: when, and until when that holds.

    ``result`` is what a trainer says of it, ``place`` where the scan or the paper is.
    One that was not passed, or was withdrawn, counts for nothing.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(DutyVersion, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    done_on = models.DateField()
    valid_until = models.DateField(null=True)
    is_passed = models.BooleanField(default=True)
    result = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "version"], name="fulfilment_user")]


@arranged
def _versions() -> Sequence[Asked]:
    """Return every version of the duties in use, the newest of each first."""
    rows = DutyVersion.objects.filter(duty__is_active=True).select_related("duty")
    return [
        Asked(
            duty_id=row.duty_id,
            version_id=row.pk,
            kind=DutyKind(row.duty.kind),
            gate=Gate(row.duty.gate),
            title=row.duty.title,
            effective_on=row.effective_on,
            days=row.duty.days,
        )
        for row in rows.order_by("duty__kind", "duty_id", "-number")
    ]


def asked_on(today: date) -> Sequence[Asked]:
    """Return the version of each duty that is in force on ``today``."""
    found: dict[int, Asked] = {}
    for one in _versions():
        if one.effective_on <= today:
            found.setdefault(one.duty_id, one)
    return list(found.values())


def owed_by(people: Sequence[tuple[int, date]], today: date) -> dict[int, list[Owed]]:
    """
    Return what each of ``people`` owes or has done, by user; one query at most.

    They are given with the day on which they joined.
    """
    asked = asked_on(today)
    if not asked:
        return {}
    done = _done([pk for pk, _day in people], [one.version_id for one in asked])
    return {
        pk: [
            owed(
                one,
                joined_on=joined_on,
                is_done=(pk, one.version_id) in done,
                until=done.get((pk, one.version_id)),
                today=today,
            )
            for one in asked
        ]
        for pk, joined_on in people
    }


def _done(
    users: Sequence[int], versions: Sequence[int]
) -> dict[tuple[int, int], date | None]:
    """Return until when each has fulfilled each version; the latest fulfilment counts."""
    rows = Fulfilment.objects.filter(
        user__in=users, version__in=versions, is_passed=True, withdrawn_at=None
    )
    found = rows.order_by("pk").values_list("user_id", "version_id", "valid_until")
    return {(user, version): until for user, version, until in found}
