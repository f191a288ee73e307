"""Facts about the files and papers of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.foundation.files.places import Deed

if TYPE_CHECKING:
    from guanxi.foundation.models import StoredFile


@dataclass(frozen=True, kw_only=True)
class FileEvent(CustomerEvent):
    """Something about one file; what it is called stands in the file itself."""

    icon: ClassVar[str] = "paperclip"

    file_id: int


@dataclass(frozen=True, kw_only=True)
class FileAdded(FileEvent):
    """A file, or a paper original, lies at a customer now."""

    sentence: ClassVar[str] = gettext_noop("File added")


@dataclass(frozen=True, kw_only=True)
class FileChanged(FileEvent):
    """Something else is said about a file."""

    sentence: ClassVar[str] = gettext_noop("File described anew")


@dataclass(frozen=True, kw_only=True)
class FileTrashed(FileEvent):
    """A file was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("File moved to the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class FileRestored(FileEvent):
    """A file was taken out of the trash."""

    sentence: ClassVar[str] = gettext_noop("File restored")
    icon: ClassVar[str] = "arrow-back-up"


_TOLD: Mapping[Deed, type[FileEvent]] = {
    Deed.ADDED: FileAdded,
    Deed.CHANGED: FileChanged,
    Deed.TRASHED: FileTrashed,
    Deed.RESTORED: FileRestored,
}


def file_event(deed: Deed, file: "StoredFile", at: datetime) -> FileEvent:
    """Return what happened to a file of a customer."""
    return _TOLD[deed](customer_id=file.record_id, file_id=file.pk, at=at)
