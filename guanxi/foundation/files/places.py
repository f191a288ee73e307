"""Where files may lie: what a room says about records of one of its kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from django.db.models import Model
from django.urls import reverse

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import collected

if TYPE_CHECKING:
    from guanxi.foundation.events import Event
    from guanxi.foundation.models import StoredFile

# The fields that a policy declares for its files, and who sees which.
FILES, SENSITIVE_FILES = "files", "sensitive_files"


class Deed(Enum):
    """What can happen to a file."""

    ADDED = "added"
    CHANGED = "changed"
    TRASHED = "trashed"
    RESTORED = "restored"


@dataclass(frozen=True)
class FilePlace:
    """
    Files may lie at the records of ``kind``, whose policy has the fields of files.

    ``find`` returns a record as somebody sees it, ``page`` and ``panel`` name the
    addresses of its page and of the part of it that lists its files. Who may do
    ``action`` on the record may add and change files; ``told`` makes the room's event.
    """

    kind: str
    find: Callable[[Actor, int], Model]
    page: str
    panel: str
    told: "Callable[[Deed, StoredFile, datetime], Event]"
    action: str = "edit"

    def record(self, viewer: Actor, pk: int) -> Model:
        """
        Return the record, for whoever may know of its files.

        :raises NotVisible: for others.
        """
        found = self.find(viewer, pk)
        if self.level(viewer) < Level.READ:
            raise NotVisible
        return found

    def level(self, viewer: Actor, *, is_sensitive: bool = False) -> Level:
        """Return how openly ``viewer`` sees files."""
        return policy_of(self.kind).level(viewer, field_of(is_sensitive=is_sensitive))

    def require_writer(self, by: Actor, record: Model) -> None:
        """
        Let only those pass who may add and change files at ``record``.

        Whoever scans an ID card may add it without seeing it afterwards.

        :raises NotVisible: for whoever may not read the record.
        :raises Denied: for other readers.
        """
        permission = policy_of(self.kind).permission(self.action)
        require(by, permission, record)
        if self.level(by) < Level.WRITE:
            raise Denied(permission)

    def url(self, pk: int) -> str:
        """Return the address of the page of a record."""
        return reverse(self.page, args=[pk])


def field_of(*, is_sensitive: bool) -> str:
    """Return the field of the policy that decides about a file."""
    return SENSITIVE_FILES if is_sensitive else FILES


def place_of(kind: str) -> FilePlace:
    """
    Return what a room says about files at records of ``kind``.

    :raises NotVisible: if no files lie there.
    """
    for place in collected("files"):
        if isinstance(place, FilePlace) and place.kind == kind:
            return place
    raise NotVisible
