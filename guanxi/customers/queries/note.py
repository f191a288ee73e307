"""Notes on a customer, and which colleagues may be called upon in them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from guanxi.customers.models import Customer, Note, NoteVersion
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules.mention import called, possible_names
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.errors import NotVisible
from guanxi.identity.queries import colleagues_called, colleagues_like

if TYPE_CHECKING:
    from guanxi.identity.models import User

MOST_PINNED = 10
# Of so many that fit a name it is asked whether they may see the customer.
MOST_ASKED = 40
_kept: Kept = {}


def note(
    viewer: Actor, customer: Customer, pk: int, *, is_trashed: bool = False
) -> Note:
    """
    Return one note on ``customer``, which ``viewer`` sees.

    :raises NotVisible: if there is none, or he may not read notes.
    """
    rows = Note.objects.filter(customer_id=customer.pk, pk=pk)
    found = rows.filter(trashed_at__isnull=not is_trashed).first()
    if found is None or CUSTOMER.level(viewer, "note") < Level.READ:
        raise NotVisible
    return found


def notes_shown(
    viewer: Actor, customer: Customer, pks: Sequence[int], *, with_pinned: bool
) -> dict[int, Note]:
    """Return the notes ``pks``, and those pinned to the top, as far as he reads notes."""
    if CUSTOMER.level(viewer, "note") < Level.READ:
        return {}
    rows = asked(
        _kept,
        "shown",
        _shown,
        customer_id=customer.pk,
        with_pinned=with_pinned,
        **{f"note_{n}": pk for n, pk in enumerate(pks)},
    )
    return {row.pk: row for row in rows}


def _shown(*, customer_id: int, with_pinned: bool, **pks: int) -> "QuerySet[Note]":
    wanted = Q(pk__in=pks.values())
    if with_pinned:
        wanted |= Q(pinned_at__isnull=False, trashed_at=None)
    rows = Note.objects.filter(wanted, customer_id=customer_id)
    return rows.select_related("author")


def versions_of(note: Note) -> Sequence[NoteVersion]:
    """Return what a note said before, the latest first."""
    return list(NoteVersion.objects.filter(note=note).order_by("-pk"))


def mentioned(viewer: Actor, customer: Customer, text: str) -> Sequence["User"]:
    """Return the colleagues ``text`` calls upon who may read notes on ``customer``."""
    names = possible_names(text)
    if not names:
        return []
    there = list(colleagues_called(viewer, names))
    known = {name for one in there for name in (one.name, one.username)}
    wanted = called(text, known & set(names))
    return [
        one
        for one in there
        if {one.name, one.username} & wanted and _reads_notes(one, customer)
    ]


def mentionable(
    viewer: Actor, customer: Customer, text: str, *, most: int
) -> Sequence["User"]:
    """Return up to ``most`` colleagues like ``text`` who may read notes on ``customer``."""
    near = colleagues_like(viewer, text)[:MOST_ASKED]
    return [one for one in near if _reads_notes(one, customer)][:most]


def _reads_notes(user: "User", customer: Customer) -> bool:
    return (
        CUSTOMER.reaches(user, "read", customer)
        and CUSTOMER.level(user, "note") >= Level.READ
    )
