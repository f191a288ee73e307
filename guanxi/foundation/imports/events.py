"""Facts that imports announce."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class ImportEvent(Event):
    """Something that happened to one run of an import."""

    kind: ClassVar[str] = "import_run"
    subject: ClassVar[str] = "run_id"
    icon: ClassVar[str] = "file-import"

    run_id: int
    import_kind: str


@dataclass(frozen=True, kw_only=True)
class ImportStarted(ImportEvent):
    """Somebody let a file in."""

    sentence: ClassVar[str] = gettext_noop("Import started")


@dataclass(frozen=True, kw_only=True)
class ImportFinished(ImportEvent):
    """All rows of a file are dealt with."""

    sentence: ClassVar[str] = gettext_noop(
        "Import finished: %(created)s created, %(updated)s updated, %(skipped)s skipped, "
        "%(refused)s refused"
    )

    created: int
    updated: int
    skipped: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ImportUndone(ImportEvent):
    """What a file brought was taken back."""

    sentence: ClassVar[str] = gettext_noop(
        "Import undone: %(removed)s removed, %(restored)s restored, %(kept)s kept"
    )
    icon: ClassVar[str] = "arrow-back-up"

    removed: int
    restored: int
    kept: int
