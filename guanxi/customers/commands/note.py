"""Notes on customers."""

from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.customers.events import NoteAdded
from guanxi.customers.models import Customer, Note
from guanxi.customers.policies import CUSTOMER
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish

LONGEST_NOTE = 10_000


class BadNote(Refused):
    """A note has something to say, and is no book."""

    code = "bad_note"


@command(needs="customer.edit")
def add_note(by: Actor, customer: Customer, text: str, *, at: datetime) -> Note:
    """
    Write a remark onto the timeline of ``customer``.

    :raises BadNote: if it is empty or too long.
    """
    if CUSTOMER.level(by, "note") < Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))
    plain = text.strip()
    if not 0 < len(plain) <= LONGEST_NOTE:
        raise BadNote(_("Write something, at most 10,000 characters."), field="text")
    note = Note.objects.create(
        customer=customer, author_id=by.actor_id, text=plain, written_at=at
    )
    publish(NoteAdded(customer_id=customer.pk, note_id=note.pk, at=at))
    return note
