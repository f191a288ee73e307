"""Everything that happened with a customer, in one line of time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _

from guanxi.customers.events import NoteAdded
from guanxi.customers.models import Customer, Note
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import all_codes
from guanxi.customers.rules import SCHEMES, Form
from guanxi.foundation.actor import Actor, Level, shown_actor
from guanxi.foundation.audit import Item, told_to
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.events import kinds_on_timelines, restore
from guanxi.foundation.files.queries import names_of
from guanxi.foundation.models import LoggedEvent

PAGE = 20
NOTHING = "–"
_TRUTHS = (str(True), str(False))
# What the log holds in place of a text that must not outlive its owner.
KEPT_BACK = "…"
Labels = Mapping[tuple[str, str], str]
"""What codes are called, by scheme and key."""
_TONES = {"customers": "gray", "sales": "green", "service": "amber"}


@dataclass(frozen=True)
class Timeline:
    """A page of what happened, the newest first; ``older`` continues it."""

    items: Sequence[Item]
    older: str


def timeline(
    viewer: Actor, customer: Customer, *, before: int | None = None
) -> Timeline:
    """
    Return what happened with ``customer`` before the event ``before``.

    Without what tells of orders, tasks and other records that ``viewer`` may not read.
    Four queries at most, whatever rooms announced the events.
    """
    page = asked_by(viewer, _events, party_id=customer.pk, before=before)
    shown = page[:PAGE]
    bodies = {**_notes(viewer, shown), **_file_names(viewer, shown)}
    labels = _code_labels(shown)
    return Timeline(
        items=[_item(viewer, row, bodies, labels) for row in shown],
        older=str(shown[-1].pk) if len(page) > PAGE else "",
    )


def _events(
    viewer: Actor, *, party_id: int, before: int | None
) -> "QuerySet[LoggedEvent]":
    rows = LoggedEvent.objects.filter(party_id=party_id)
    # He reads the customer, or he would not be here.
    rows = rows.filter(told_to(viewer, kinds_on_timelines() - {CUSTOMER.kind}))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-pk")[: PAGE + 1]


def _notes(viewer: Actor, rows: Iterable[LoggedEvent]) -> dict[int, str]:
    """Return the texts of notes that ``viewer`` may read, by the rows that tell of them."""
    wanted = {
        row.pk: row.payload["note_id"]
        for row in rows
        if row.name == NoteAdded.event_name()
    }
    if not wanted or CUSTOMER.level(viewer, "note") < Level.READ:
        return {}
    found = Note.objects.filter(pk__in=wanted.values()).values_list("pk", "text")
    return _by_row(wanted, dict(found))


def _file_names(viewer: Actor, rows: Iterable[LoggedEvent]) -> dict[int, str]:
    """Return what the files that ``rows`` speak of are called, as far as he may know."""
    wanted = {
        row.pk: row.payload["file_id"]
        for row in rows
        if row.kind == CUSTOMER.kind and "file_id" in row.payload
    }
    found = names_of(viewer, CUSTOMER.kind, list(wanted.values())) if wanted else {}
    return _by_row(wanted, found)


def _by_row(wanted: Mapping[int, int], found: Mapping[int, str]) -> dict[int, str]:
    return {row: found[pk] for row, pk in wanted.items() if pk in found}


def _code_labels(rows: Iterable[LoggedEvent]) -> Labels:
    """Return what the codes are called, if ``rows`` tell of any."""
    if not any(scheme in row.changes for row in rows for scheme in SCHEMES):
        return {}
    return {(code.scheme, code.key): str(code) for code in all_codes()}


def _item(
    viewer: Actor, row: LoggedEvent, bodies: Mapping[int, str], labels: Labels
) -> Item:
    event = restore(row)
    body = bodies.get(row.pk, "")
    return Item(
        pk=row.pk,
        icon=event.icon if event else "point",
        tone="blue" if body else _TONES.get(row.name.partition(".")[0], "gray"),
        title=event.told_to(viewer) if event else row.name,
        body=body or _changes(viewer, row, labels),
        at=row.at,
        actor=shown_actor(row.actor_name, row.actor_id),
        url="",
    )


def _changes(viewer: Actor, row: LoggedEvent, labels: Labels) -> str:
    """Return what a change of the customer changed, as far as ``viewer`` may read it."""
    if row.kind != CUSTOMER.kind:
        return ""
    readable = CUSTOMER.readable(viewer)
    return _("; ").join(
        _change(name, old, new, labels)
        for name, (old, new) in row.changes.items()
        if name in readable
    )


def _change(name: str, old: str, new: str, labels: Labels) -> str:
    field = CUSTOMER.fields[name].label
    # Two values that differ may look the same once they are covered.
    if KEPT_BACK in (old, new) or old == new:
        return _("%(field)s changed") % {"field": field}
    return _("%(field)s: %(old)s → %(new)s") % {
        "field": field,
        "old": _told(name, old, labels),
        "new": _told(name, new, labels),
    }


def _told(name: str, value: str, labels: Labels) -> str:
    """Return a logged value in words: logs keep keys, people read labels."""
    if name == "is_key":
        return _("yes") if value == str(True) else _("no")
    if name == "form":
        return str(Form(value).label)
    if name in SCHEMES:
        value = labels.get((name, value), value)
    for spec in custom_fields():
        if spec.key == name and value:
            return spec.shown(value == str(True) if value in _TRUTHS else value)
    return value or NOTHING


def notes_about(customer: "int | OuterRef") -> QuerySet[Note]:
    """Return the notes about a customer, named by its number or by an outer query."""
    return Note.objects.filter(customer_id=customer)  # type: ignore[misc]  # -- an outer row
