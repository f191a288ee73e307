"""The files that somebody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.erasing.declared import Enclosed
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.files import store
from guanxi.foundation.files.names import clean_name
from guanxi.foundation.files.places import FilePlace, place_of
from guanxi.foundation.models import StoredFile

MOST_LISTED = 200
# The doctor reads so much of the newest contents; of the rest it compares the sizes.
COMPARED_BYTES = 2**30
SERVED = frozenset({StoredFile.State.CLEAN, StoredFile.State.UNCHECKED})


class NotServed(Refused):
    """A file that is there and does not go out."""

    code = "not_served"


@dataclass(frozen=True)
class Attached:
    """A file with the record it lies at."""

    file: StoredFile
    place: FilePlace
    record: Model


def files_at(viewer: Actor, place: FilePlace, pk: int) -> Sequence[StoredFile]:
    """Return the latest files at a record that ``viewer`` reads, `MOST_LISTED` at most."""
    return asked_by(viewer, _at, place.kind, record_id=pk)


def _at(viewer: Actor, kind: str, record_id: int) -> "QuerySet[StoredFile]":
    rows = _readable(viewer, place_of(kind), record_id)
    return rows.filter(trashed_at=None)[:MOST_LISTED]


def trashed_files(viewer: Actor, place: FilePlace, pk: int) -> "QuerySet[StoredFile]":
    """Return what of them is in the trash, the latest first."""
    rows = _readable(viewer, place, pk).exclude(trashed_at=None)
    return rows.order_by("-trashed_at", "-pk")


def _readable(viewer: Actor, place: FilePlace, pk: int) -> "QuerySet[StoredFile]":
    rows = StoredFile.objects.filter(kind=place.kind, record_id=pk)
    if place.level(viewer) < Level.READ:
        return rows.none()
    if place.level(viewer, is_sensitive=True) < Level.READ:
        rows = rows.filter(is_sensitive=False)
    return rows.select_related("added_by").order_by("-pk")


def attached(viewer: Actor, pk: int, *, is_trashed: bool = False) -> Attached:
    """
    Return one file as ``viewer`` may see it.

    :raises NotVisible: if there is none at a record whose files ``viewer`` sees.
    """
    rows = StoredFile.objects.select_related("added_by")
    found = rows.filter(pk=pk, trashed_at__isnull=not is_trashed).first()
    if found is None:
        raise NotVisible
    place = place_of(found.kind)
    record = place.record(viewer, found.record_id)
    if place.level(viewer, is_sensitive=found.is_sensitive) < Level.READ:
        raise NotVisible
    return Attached(found, place, record)


def content_of(file: StoredFile, part: str = "") -> Path:
    """
    Return where the content of ``file``, or a picture of it, is to be read.

    :raises NotVisible: if it has none.
    :raises NotServed: while it is being checked, and for good if it is not trusted.
    """
    if file.state not in SERVED:
        raise NotServed(why_not_served(file))
    if not file.token or (part and not file.has_picture):
        raise NotVisible
    return store.path_of(file.token, part)


def enclosed_of(file: StoredFile) -> Enclosed | None:
    """Return the content of ``file`` for a copy of all data; None for what does not go out."""
    if file.state not in SERVED or not file.token:
        return None
    path = store.path_of(file.token)
    # Names stand twice; and what a row is called was made safe by an older release perhaps.
    name = f"{file.pk}-{clean_name(file.name)}"
    return Enclosed(name, path) if path.is_file() else None


def why_not_served(file: StoredFile) -> str:
    """Return the sentence that tells why a content does not go out."""
    words = {"name": file.name, "found": file.found}
    if file.state == StoredFile.State.WAITING:
        return _("“%(name)s” is still being checked. Try again in a moment.") % words
    if file.state == StoredFile.State.INFECTED:
        told = _("“%(name)s” holds malware (%(found)s) and is not handed out.")
        return told % words
    return (
        _(
            "“%(name)s” cannot be read as a picture, so that it could not be freed of the "
            "place where it was taken. It is not handed out."
        )
        % words
    )


def names_of(viewer: Actor, kind: str, pks: "list[int]") -> dict[int, str]:
    """Return the names of files at records of ``kind``, as far as ``viewer`` reads them."""
    place = place_of(kind)
    if not pks or place.level(viewer) < Level.READ:
        return {}
    rows = StoredFile.objects.filter(pk__in=pks, kind=kind)
    if place.level(viewer, is_sensitive=True) < Level.READ:
        rows = rows.filter(is_sensitive=False)
    return dict(rows.values_list("pk", "name"))


def missing() -> list[str]:
    """Return the numbers of files whose content is not there as it was kept."""
    rows = StoredFile.objects.exclude(token="").order_by("-pk")
    facts = rows.values_list("pk", "token", "size_bytes", "digest")
    wrong, budget = [], COMPARED_BYTES
    for pk, token, size, digest in facts.iterator():
        path = store.path_of(token)
        is_there = path.is_file() and path.stat().st_size == size
        if is_there and size <= budget:
            budget -= size
            is_there = store.digest_of(token) == digest
        if not is_there:
            wrong.append(str(pk))
    return wrong


def strays(at: datetime) -> list[Path]:
    """Return what lies among the contents for a day and belongs to no file."""
    known = set(StoredFile.objects.exclude(token="").values_list("token", flat=True))
    return [
        path
        for path in store.contents()
        if path.name.partition(".")[0] not in known and store.is_settled(path, at)
    ]
