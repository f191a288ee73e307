"""
Who changed what, and who saw what: written beside the deed, read by the auditor.

Changes stand on the event that announced them; reads of protected values stand in the
access log. Both are only ever added to, and of the latter each row is chained to the one
before (see ``access_log``).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import get_default_timezone, make_aware
from django.utils.translation import gettext as _

from guanxi.foundation.access_log.chain import Noted, new_mark
from guanxi.foundation.actor import Actor, shown_actor
from guanxi.foundation.errors import Refused, TooOften
from guanxi.foundation.events import Changes, restore
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.policies import (
    NOBODY,
    Policy,
    Privacy,
    models_of,
    policy_of,
)

HISTORY = 20
# Any fixed number: with a user's number it names who reveals just now.
_LOCK = 721_035
Shown = Mapping[int, Mapping[str, object]]
"""What a page shows: by the number of each record, the values of its policy's fields."""


# In SQL because every list writes it, and building the statement costs more than it does.
_RECORD = """
    WITH noted AS (
        INSERT INTO foundation_access (at, actor_id, actor_name, act, kind,
            subject_id, subject_ids, fields, rows, reason)
        VALUES (%s, %s, %s, %s, %s, %s, %s::bigint[], %s::jsonb, %s, %s)
        RETURNING id
    )
    INSERT INTO foundation_accesswaiting (row, mark) SELECT id, %s FROM noted
"""


class NotRecorded(Refused):
    """What nobody could know of afterwards is not shown."""

    code = "not_recorded"


_COUNTED = """
    SELECT actor_id, count(*) FILTER (WHERE act = 'view'),
        count(*) FILTER (WHERE act = 'reveal'), count(*) FILTER (WHERE act = 'export'),
        sum(rows)
    FROM foundation_access
    WHERE at >= %s AND at < %s AND actor_id IS NOT NULL GROUP BY 1 ORDER BY 1
"""
_REVEALED = """
    SELECT count(*) FROM foundation_access
    WHERE actor_id = %s AND act = 'reveal' AND at > %s
"""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class DayCount:
    """What one user saw on a day: acts of each sort, and records in all of them."""

    actor_id: int
    views: int
    reveals: int
    exports: int
    records: int


@dataclass(frozen=True)
class Item:
    """One entry of a timeline, in the language of the moment."""

    pk: int
    icon: str
    tone: str
    title: str
    body: str
    at: datetime
    actor: str
    url: str
    # Names a template that offers what can be done with it.
    acts: str = ""


def record_access(
    by: Actor,
    act: str,
    kind: str,
    *,
    fields: Sequence[str],
    at: datetime,
    pks: Sequence[int] = (),
    rows: int | None = None,
    reason: str = "",
) -> None:
    """
    Note that ``by`` saw (``"view"``, ``"reveal"``) or took out (``"export"``) values.

    ``fields`` are the protected fields shown in clear, ``pks`` the numbers of the
    records; where they are too many to name, ``rows`` says how many they were.

    :raises NotRecorded: if it cannot be noted; then nothing may be shown.
    :raises TooOften: if ``by`` reveals too often.
    """
    if act == "reveal":
        require_revealable(by, at=at)
    said = Noted(
        at=at,
        actor_id=by.actor_id,
        actor_name=by.actor_name[:150],
        act=act,
        kind=kind,
        subject_id=pks[0] if len(pks) == 1 else None,
        subject_ids=list(pks) if len(pks) > 1 else [],
        fields=sorted(fields),
        rows=len(pks) if rows is None else rows,
        reason=reason[:200],
    )
    values = {**vars(said), "fields": json.dumps(said.fields), "mark": new_mark(said)}
    try:
        with connection.cursor() as cursor:
            cursor.execute(_RECORD, list(values.values()))
    except DatabaseError as error:
        raise NotRecorded(
            _(
                "Protected values are not shown, because the access log cannot be "
                "written. Tell whoever looks after Guanxi."
            )
        ) from error


def require_revealable(by: Actor, *, at: datetime) -> None:
    """
    Let ``by`` reveal once more, unless he did so too often within an hour.

    :raises TooOften: from the number on that the house has set.
    """
    if not settings.REVEALS_PER_HOUR or by.actor_id is None:
        return
    with connection.cursor() as cursor:
        # One after another: side by side each would count the same.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, by.actor_id])
        cursor.execute(_REVEALED, [by.actor_id, at - HOUR])
        (count,) = cursor.fetchone()
    if count >= settings.REVEALS_PER_HOUR:
        told = _(
            "You have shown %(count)s values in clear within an hour; more is not "
            "allowed. Try again later, or ask your supervisor."
        )
        wait = int(HOUR.total_seconds())
        raise TooOften(told % {"count": count}, wait=wait)


def counted_by_day(day: date) -> list[DayCount]:
    """Return what each user saw on ``day``, of the house's time zone."""
    begin, end = bounds_of(day)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [begin, end])
        return [DayCount(*map(int, row)) for row in cursor.fetchall()]


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """Return when ``day`` begins and ends in the house."""
    zone = get_default_timezone()
    begin, end = (datetime.combine(day + timedelta(days=n), time()) for n in (0, 1))
    return make_aware(begin, zone), make_aware(end, zone)


def record_shown(by: Actor, policy: Policy, shown: Shown, *, at: datetime) -> None:
    """
    Note which protected values of a page ``by`` saw in clear: in one row, or in none.

    Empty values tell nothing, and covered ones were not seen.
    """
    protected = policy.protected(by)
    seen = {
        pk: told
        for pk, values in shown.items()
        if (told := {name for name in protected if values.get(name)})
    }
    if seen:
        fields = sorted(set().union(*seen.values()))
        record_access(by, "view", policy.kind, fields=fields, pks=list(seen), at=at)


def changes_of(
    policy: Policy, before: Mapping[str, str], after: Mapping[str, str]
) -> Changes:
    """
    Return what differs, field by field, as the log may keep it.

    Values of personal fields are masked, or left out where there is no mask: the log
    outlives the person's right to be forgotten. Of sensitive ones not a sign is kept.
    """
    return {
        name: (_kept(policy, name, old), _kept(policy, name, after[name]))
        for name, old in before.items()
        if name in after and old != after[name]
    }


def told_to(viewer: Actor, kinds: Iterable[str]) -> Q:
    """
    Return the condition that a logged event of ``kinds`` tells of what ``viewer`` reads.

    Record by record: where he reads only some of a kind, each event asks the index for
    its own record, so that a page costs as many look-ups as it reads events.
    """
    told, shut = Q(), []
    for kind in sorted(kinds):
        visible = policy_of(kind).visible(viewer)
        if visible == NOBODY:
            shut.append(kind)
        elif visible:
            told &= ~Q(kind=kind) | _about_some(kind, visible)
    return told & ~Q(kind__in=shut)


def _about_some(kind: str, visible: Q) -> Q:
    """Return the condition that an event's record is one of the ``visible`` ones."""
    found = Q()
    for model in models_of(kind):
        rows = model._base_manager.filter(visible, pk=OuterRef("subject_id"))
        found |= Q(Exists(rows))
    return found


def history(viewer: Actor, kind: str, subject_id: int) -> list[Item]:
    """Return the latest of what happened to a record that ``viewer`` sees."""
    rows = LoggedEvent.objects.filter(kind=kind, subject_id=subject_id)
    return [_item(viewer, row) for row in rows.order_by("-pk")[:HISTORY]]


def _item(viewer: Actor, row: LoggedEvent) -> Item:
    event = restore(row)
    return Item(
        pk=row.pk,
        icon=event.icon if event else "point",
        tone="blue" if row.actor_id else "gray",
        title=event.told_to(viewer) if event else row.name,
        body="",
        at=row.at,
        actor=shown_actor(row.actor_name, row.actor_id),
        url="",
    )


def _kept(policy: Policy, name: str, value: str) -> str:
    rule = policy.fields[name]
    if rule.privacy is Privacy.NONE or not value:
        return value
    if rule.mask is None or rule.privacy is Privacy.SENSITIVE:
        return "…"
    return rule.mask(value)
