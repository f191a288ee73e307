"""What can be counted of the notes about a customer."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import Note
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import Tally


def _notes(_viewer: Actor) -> "QuerySet[Note]":
    # Who sees the customer sees them all, but those in the trash.
    return Note.objects.filter(trashed_at=None)


NOTE_TALLIES: Sequence[Tally] = (
    Tally(
        "customer",
        "notes",
        _("Notes written"),
        "customer.read",
        _notes,
        "customer_id",
        "written_at",
        fields=["customer.note"],
    ),
)
