"""
Who changed what, and who saw what: written beside the deed, read by the auditor.

Changes stand on the event that announced them; reads of protected values stand in the
access log. Both are only ever added to, and of the latter each row is chained to the one
before (see ``access_log``).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from guanxi.foundation.access_log.chain import Noted, new_mark
from guanxi.foundation.actor import Actor, shown_actor
from guanxi.foundation.errors import Refused
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
    """
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
