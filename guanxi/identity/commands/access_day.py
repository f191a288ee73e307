"""Days of access are counted up by the clock, and reviewed by whoever supervises."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import DayCount, counted_by_day
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.notices import notify
from guanxi.foundation.policies import may
from guanxi.identity.events import AccessReviewed, AccessStoodOut
from guanxi.identity.models import AccessDay, User
from guanxi.identity.rules.access_day import (
    LEAST_RECORDS,
    LEAST_REVEALS,
    LONGEST_REMARK,
    Usual,
    is_outlier,
    usual,
)

OWN_DAYS = timedelta(days=28)
REVIEW = "/settings/access-review/"


@command(needs="access_day.review")
def review_days(by: Actor, days: list[AccessDay], *, remark: str, at: datetime) -> int:
    """
    Mark days of access as looked into; return how many they were.

    :raises Refused: for a day of one's own: somebody else has to look into it.
    """
    if any(one.user_id == by.actor_id for one in days):
        raise Refused(_("What you did yourself is for somebody else to review."))
    text = " ".join(remark.split())[:LONGEST_REMARK]
    for one in days:
        facts: Mapping[str, Any] = {
            "is_reviewed": True,
            "reviewed_at": at,
            "reviewed_by_id": by.actor_id,
            "remark": text,
        }
        AccessDay.objects.filter(pk=one.pk).update(**facts)
        publish(
            AccessReviewed(
                access_day_id=one.pk, user=one.user.name, day=str(one.day), at=at
            )
        )
    return len(days)


@command(needs="audit.read")
def count_days(by: Actor, *, at: datetime) -> int:
    """Count up today and yesterday; return how many days stand out that did not before."""
    today = localdate(at, get_default_timezone())
    standing_out = [
        row
        for day in (today - timedelta(days=1), today)
        for row in _count(day, counted_by_day(day))
    ]
    for row in standing_out:
        _warn(row, at)
    return len(standing_out)


def _count(day: date, counts: Sequence[DayCount]) -> list[AccessDay]:
    """Write down the counts of ``day``; return what stands out now and did not before."""
    known = {one.user_id: one for one in AccessDay.objects.filter(day=day)}
    before = _days_before(day)
    fresh = []
    for one in counts:
        row = known.get(one.actor_id) or AccessDay(user_id=one.actor_id, day=day)
        was_outlier, seen = row.is_outlier, (row.views, row.reveals, row.exports)
        row.views, row.reveals, row.exports = one.views, one.reveals, one.exports
        row.records = one.records
        _compare(row, before.get(one.actor_id, []), counts)
        if row.pk and seen == (one.views, one.reveals, one.exports):
            continue
        row.is_reviewed = False
        row.save()
        if row.is_outlier and not was_outlier:
            fresh.append(row)
    return fresh


def _compare(
    row: AccessDay, own: Sequence[tuple[int, int]], counts: Sequence[DayCount]
) -> None:
    others = [one for one in counts if one.actor_id != row.user_id]
    records = usual([r for r, _v in own], [one.records for one in others])
    reveals: Usual = usual([v for _r, v in own], [one.reveals for one in others])
    row.usual, row.peers = records.own, records.peers
    row.is_outlier = is_outlier(row.records, records, LEAST_RECORDS) or is_outlier(
        row.reveals, reveals, LEAST_REVEALS
    )


def _days_before(day: date) -> dict[int, list[tuple[int, int]]]:
    """Return records and reveals of the four weeks before ``day``, by user."""
    rows = AccessDay.objects.filter(day__lt=day, day__gte=day - OWN_DAYS)
    found: dict[int, list[tuple[int, int]]] = {}
    for user, records, reveals in rows.values_list("user_id", "records", "reveals"):
        found.setdefault(user, []).append((records, reveals))
    return found


def _warn(row: AccessDay, at: datetime) -> None:
    """Tell all who may review the person's days, but not the person."""
    publish(
        AccessStoodOut(
            access_day_id=row.pk, user=row.user.name, day=str(row.day), at=at
        )
    )
    words = {"user": row.user.name, "count": row.records}
    sentence = gettext_noop(
        "%(user)s looked at more protected data than usual: %(count)s records"
    )
    for one in User.objects.active().exclude(pk=row.user_id):
        if may(one, "access_day.review", row):
            notify(one.pk, sentence, words, at=at, url=f"{REVIEW}{row.pk}/")
