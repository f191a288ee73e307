"""Notes on customers."""

from collections.abc import Collection
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.customers.events import NoteAdded, NoteChanged, NoteRestored, NoteTrashed
from guanxi.customers.models import Customer, Note, NoteVersion
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.note import mentioned
from guanxi.customers.queries.note import note as note_of
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.notices import notify

LONGEST_NOTE = 10_000
MENTIONED = gettext_noop("%(who)s mentions you in a note on a customer.")


class BadNote(Refused):
    """A note has something to say, and is no book."""

    code = "bad_note"


@command(needs="customer.edit")
def add_note(by: Actor, customer: Customer, text: str, *, at: datetime) -> Note:
    """
    Write a remark onto the timeline of ``customer``; colleagues called by “@” are told.

    :raises BadNote: if it is empty or too long.
    """
    _require_writer(by)
    plain = _plain(text)
    note = Note.objects.create(
        customer_id=customer.pk, author_id=by.actor_id, text=plain, written_at=at
    )
    publish(NoteAdded(customer_id=customer.pk, note_id=note.pk, at=at))
    _tell(by, customer, plain, frozenset(), at)
    return note


@command(needs="customer.edit")
def change_note(
    by: Actor, customer: Customer, note_id: int, text: str, *, at: datetime
) -> None:
    """
    Let one's own note say ``text``; what it said stays in its history.

    :raises BadNote: if it is empty or too long.
    :raises Denied: for the note of somebody else.
    """
    note = _own(by, customer, note_id)
    plain = _plain(text)
    if plain == note.text:
        return
    told = {user.pk for user in mentioned(by, customer, note.text)}
    NoteVersion.objects.create(note=note, text=note.text, replaced_at=at)
    Note.objects.filter(pk=note.pk).update(text=plain, edited_at=at)
    publish(NoteChanged(customer_id=customer.pk, changed_note_id=note.pk, at=at))
    _tell(by, customer, plain, told, at)


@command(needs="customer.edit")
def trash_note(by: Actor, customer: Customer, note_id: int, *, at: datetime) -> None:
    """
    Put one's own note into the trash.

    :raises Denied: for the note of somebody else.
    """
    note = _own(by, customer, note_id)
    Note.objects.filter(pk=note.pk).update(trashed_at=at, pinned_at=None)
    publish(NoteTrashed(customer_id=customer.pk, changed_note_id=note.pk, at=at))


@command(needs="customer.edit")
def restore_note(by: Actor, customer: Customer, note_id: int, *, at: datetime) -> None:
    """Take one's own note out of the trash."""
    note = _own(by, customer, note_id, is_trashed=True)
    Note.objects.filter(pk=note.pk).update(trashed_at=None)
    publish(NoteRestored(customer_id=customer.pk, changed_note_id=note.pk, at=at))


@command(needs="customer.edit")
def pin_note(
    by: Actor, customer: Customer, note_id: int, *, is_pinned: bool, at: datetime
) -> None:
    """Let a note stand above the timeline, or not any more."""
    _require_writer(by)
    note = note_of(by, customer, note_id)
    Note.objects.filter(pk=note.pk).update(pinned_at=at if is_pinned else None)


def _require_writer(by: Actor) -> None:
    if CUSTOMER.level(by, "note") < Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))


def _own(
    by: Actor, customer: Customer, note_id: int, *, is_trashed: bool = False
) -> Note:
    _require_writer(by)
    note = note_of(by, customer, note_id, is_trashed=is_trashed)
    if note.author_id != by.actor_id:
        raise Denied(CUSTOMER.permission("edit"))
    return note


def _plain(text: str) -> str:
    plain = text.strip()
    if not 0 < len(plain) <= LONGEST_NOTE:
        raise BadNote(_("Write something, at most 10,000 characters."), field="text")
    return plain


def _tell(
    by: Actor, customer: Customer, text: str, told: Collection[int], at: datetime
) -> None:
    """Tell those whom ``text`` calls upon, but who have been ``told`` before."""
    url = reverse("customers:customer", args=[customer.pk])
    for user in mentioned(by, customer, text):
        if user.pk not in told and user.pk != by.actor_id:
            notify(user.pk, MENTIONED, {"who": by.actor_name}, at=at, url=url)
