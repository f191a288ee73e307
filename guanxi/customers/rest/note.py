"""Notes on customers for programs: /api/v1/customers/…/notes."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.note import (
    LONGEST_NOTE,
    add_note,
    change_note,
    restore_note,
    trash_note,
)
from guanxi.customers.models import Note
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.note import note
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class NoteInput(Input):
    """A remark for the timeline."""

    text: str = Field(min_length=1, max_length=LONGEST_NOTE)


class NoteRecord(Record):
    """A remark as it stands on the timeline."""

    id: int
    text: str
    written_at: datetime
    edited_at: datetime | None
    author: int | None


@router.post(
    "/customers/{int:pk}/notes",
    response={201: NoteRecord},
    summary=gettext_noop("Write a note"),
)
def post_note(request: Call, pk: int, body: NoteInput) -> HttpResponse:
    """Write a remark onto the timeline of a customer."""
    found = bare_customer(request.auth, pk)
    new = add_note(request.auth, found, body.text, at=now())
    return made(_record(new), f"/api/v1/customers/{pk}/notes/{new.pk}")


@router.get(
    "/customers/{int:pk}/notes/{int:note_id}",
    response=NoteRecord,
    summary=gettext_noop("Read one note"),
)
def get_note(request: Call, pk: int, note_id: int) -> HttpResponse:
    """Read one remark on a customer."""
    return answer(_shown(request.auth, pk, note_id))


@router.put(
    "/customers/{int:pk}/notes/{int:note_id}",
    response=NoteRecord,
    summary=gettext_noop("Change a note"),
)
def put_note(request: Call, pk: int, note_id: int, body: NoteInput) -> HttpResponse:
    """Let your own note say something else; what it said stays in its history."""
    found = bare_customer(request.auth, pk)
    change_note(request.auth, found, note_id, body.text, at=now())
    return answer(_shown(request.auth, pk, note_id))


@router.delete(
    "/customers/{int:pk}/notes/{int:note_id}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_note(request: Call, pk: int, note_id: int) -> HttpResponse:
    """Put your own note into the trash, from where it can be restored."""
    found = bare_customer(request.auth, pk)
    trash_note(request.auth, found, note_id, at=now())
    return nothing()


@router.post(
    "/customers/{int:pk}/notes/{int:note_id}/restoration",
    response=NoteRecord,
    summary=gettext_noop("Take out of the trash"),
)
def post_note_restoration(request: Call, pk: int, note_id: int) -> HttpResponse:
    """Take your own note out of the trash."""
    found = bare_customer(request.auth, pk)
    restore_note(request.auth, found, note_id, at=now())
    return answer(_shown(request.auth, pk, note_id))


def _shown(viewer: Actor, pk: int, note_id: int) -> dict[str, object]:
    """Return one note as ``viewer`` may read it, which goes on record."""
    present = note(viewer, bare_customer(viewer, pk), note_id)
    record_shown(viewer, CUSTOMER, {pk: {"note": present.text}}, at=now())
    return _record(present)


def _record(row: Note) -> dict[str, object]:
    return {
        "id": row.pk,
        "text": row.text,
        "written_at": row.written_at,
        "edited_at": row.edited_at,
        "author": row.author_id,
    }
