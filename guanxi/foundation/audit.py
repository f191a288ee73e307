"""
Who changed what, and who saw what: written beside the deed, read by the auditor.

Changes stand on the event that announced them; reads of protected values stand in the
access log. Both are only ever added to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from guanxi.foundation.actor import Actor
from guanxi.foundation.events import Changes, restore
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.foundation.policies import Policy, Privacy

TIMELINE_PAGE = 20


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


def record_access(
    by: Actor,
    act: str,
    kind: str,
    *,
    fields: Sequence[str],
    at: datetime,
    subject_id: int | None = None,
    rows: int = 1,
    reason: str = "",
) -> Access:
    """
    Note that ``by`` saw (``"view"``, ``"reveal"``) or took out (``"export"``) values.

    ``fields`` are the protected fields shown in clear, ``rows`` of how many records.
    """
    return Access.objects.create(
        at=at,
        actor_id=by.actor_id,
        actor_name=by.actor_name[:150],
        act=act,
        kind=kind,
        subject_id=subject_id,
        fields=sorted(fields),
        rows=rows,
        reason=reason[:200],
    )


def changes_of(
    policy: Policy, before: Mapping[str, str], after: Mapping[str, str]
) -> Changes:
    """
    Return what differs, field by field, as the log may keep it.

    Values of personal fields are masked, or left out where there is no mask: the log
    outlives the person's right to be forgotten.
    """
    return {
        name: (_kept(policy, name, old), _kept(policy, name, after[name]))
        for name, old in before.items()
        if name in after and old != after[name]
    }


def timeline(party_id: int, *, before_id: int | None = None) -> list[Item]:
    """Return a page of what happened with a party, the newest first."""
    return _items(LoggedEvent.objects.filter(party_id=party_id), before_id)


def history(kind: str, subject_id: int, *, before_id: int | None = None) -> list[Item]:
    """Return a page of what happened to one record, the newest first."""
    rows = LoggedEvent.objects.filter(kind=kind, subject_id=subject_id)
    return _items(rows, before_id)


def _items(rows: "QuerySet[LoggedEvent]", before_id: int | None) -> list[Item]:
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [_item(row) for row in rows.order_by("-pk")[:TIMELINE_PAGE]]


def _item(row: LoggedEvent) -> Item:
    event = restore(row)
    return Item(
        pk=row.pk,
        icon=event.icon if event else "point",
        tone="blue" if row.actor_id else "gray",
        title=event.told() if event else row.name,
        body="",
        at=row.at,
        actor=row.actor_name,
        url="",
    )


def _kept(policy: Policy, name: str, value: str) -> str:
    rule = policy.fields[name]
    if rule.privacy is Privacy.NONE or not value:
        return value
    return rule.mask(value) if rule.mask else "…"
