"""Everything that happened with a customer, in one line of time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.customers.events import NoteAdded
from guanxi.customers.models import Customer, Note
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import all_codes
from guanxi.customers.queries.note import MOST_PINNED, notes_shown
from guanxi.customers.rules import SCHEMES, Form
from guanxi.foundation.actor import Actor, Depth, Level, shown_actor
from guanxi.foundation.audit import Item, told_to
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.events import kinds_on_timelines, restore
from guanxi.foundation.files.queries import names_of
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.policies import policy_of
from guanxi.foundation.words import Words

PAGE = 20
NOTES, FILES = "notes", "files"
NOTE_ACTS = "customers/_note_acts.html"
NOTHING = "–"
_TRUTHS = (str(True), str(False))
# What the log holds in place of a text that must not outlive its owner.
KEPT_BACK = "…"
Labels = Mapping[tuple[str, str], str]
"""What codes are called, by scheme and key."""
_TONES = {"customers": "gray", "sales": "green", "service": "amber"}


@dataclass(frozen=True)
class Timeline:
    """
    A page of what happened, the newest first; ``older`` continues it.

    ``only`` is the choice of what it tells of, ``pinned`` are notes that stand above it.
    """

    items: Sequence[Item]
    older: str
    only: str = ""
    pinned: Sequence[Item] = ()


@dataclass(frozen=True)
class NoteItem(Item):
    """A note on a timeline, and what its reader may do with it."""

    note_id: int = 0
    is_own: bool = False
    is_pinned: bool = False
    is_edited: bool = False
    may_pin: bool = False


def choices_of(viewer: Actor) -> Sequence[tuple[str, Words]]:
    """Return what a timeline can be narrowed to, as far as ``viewer`` reads it."""
    kinds = [policy_of(kind) for kind in sorted(kinds_on_timelines())]
    return [
        ("", pgettext("timeline", "All")),
        (NOTES, _("Notes")),
        (FILES, _("Files")),
        *(
            (policy.kind, policy.label)
            for policy in kinds
            if viewer.grants.depth(policy.permission("read")) > Depth.NONE
        ),
    ]


def timeline(
    viewer: Actor,
    customer: Customer,
    *,
    before: int | None = None,
    only: str = "",
) -> Timeline:
    """
    Return what happened with ``customer`` before the event ``before``.

    ``only`` narrows it to one of `choices_of`; what is none of them is not heeded.

    Without what tells of orders, tasks and other records that ``viewer`` may not read.
    Four queries at most, whatever rooms announced the events.
    """
    only = only if only and only in dict(choices_of(viewer)) else ""
    page = _page(viewer, customer.pk, before, only)
    shown = page[:PAGE]
    wanted = [row.payload["note_id"] for row in shown if _is_note(row)]
    is_first = before is None and not only
    notes = notes_shown(viewer, customer, wanted, with_pinned=is_first)
    bodies = _file_names(viewer, shown)
    labels = _code_labels(shown)
    return Timeline(
        items=[
            _note_item(viewer, customer, _item(viewer, row, bodies, labels), row, notes)
            for row in shown
        ],
        older=str(shown[-1].pk) if len(page) > PAGE else "",
        only=only,
        pinned=_pinned(viewer, customer, notes) if is_first else (),
    )


def _page(
    viewer: Actor, party_id: int, before: int | None, only: str
) -> Sequence[LoggedEvent]:
    if not only:
        return asked_by(viewer, _events, party_id=party_id, before=before)
    rows = _told(viewer, party_id, before).filter(_narrowed(only))
    return list(rows.order_by("-pk")[: PAGE + 1])


def _narrowed(only: str) -> Q:
    if only == NOTES:
        return Q(name__startswith="customers.Note")
    if only == FILES:
        return Q(name__startswith="customers.File")
    return Q(kind=only)


def _events(
    viewer: Actor, *, party_id: int, before: int | None
) -> "QuerySet[LoggedEvent]":
    return _told(viewer, party_id, before).order_by("-pk")[: PAGE + 1]


def _told(viewer: Actor, party_id: int, before: int | None) -> "QuerySet[LoggedEvent]":
    rows = LoggedEvent.objects.filter(party_id=party_id)
    # He reads the customer, or he would not be here.
    rows = rows.filter(told_to(viewer, kinds_on_timelines() - {CUSTOMER.kind}))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows


def _is_note(row: LoggedEvent) -> bool:
    return row.name == NoteAdded.event_name()


def _note_item(
    viewer: Actor,
    customer: Customer,
    item: Item,
    row: LoggedEvent,
    notes: Mapping[int, Note],
) -> Item:
    """Return the item of a note with its text; any other, and one in the trash, as it is."""
    note = notes.get(row.payload["note_id"]) if _is_note(row) else None
    if note is None:
        return item
    if note.trashed_at is not None:
        return replace(item, body=_("This note is in the trash."))
    return _noted(viewer, customer, item, note)


def _noted(viewer: Actor, customer: Customer, item: Item, note: Note) -> NoteItem:
    may_write = CUSTOMER.reaches(viewer, "edit", customer) and (
        CUSTOMER.level(viewer, "note") is Level.WRITE
    )
    facts = {**vars(item), "body": note.text, "tone": "blue", "acts": NOTE_ACTS}
    return NoteItem(
        **facts,
        note_id=note.pk,
        is_own=may_write and note.author_id == viewer.actor_id,
        is_pinned=note.pinned_at is not None,
        is_edited=note.edited_at is not None,
        may_pin=may_write,
    )


def _pinned(
    viewer: Actor, customer: Customer, notes: Mapping[int, Note]
) -> Sequence[Item]:
    """Return the notes that are pinned, the last one pinned first."""
    found = [(note.pinned_at, note) for note in notes.values() if note.pinned_at]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [
        _noted(viewer, customer, _bare_item(note), note)
        for _at, note in found[:MOST_PINNED]
    ]


def _bare_item(note: Note) -> Item:
    return Item(
        pk=note.pk,
        icon="pin",
        tone="blue",
        title=_("Pinned note"),
        body=note.text,
        at=note.written_at,
        actor=note.author.name if note.author else "",
        url="",
    )


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
        "old": _in_words(name, old, labels),
        "new": _in_words(name, new, labels),
    }


def _in_words(name: str, value: str, labels: Labels) -> str:
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
