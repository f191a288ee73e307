"""Facts about erasing persons and about giving them what we hold."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.erasure import ErasureReason


@dataclass(frozen=True, kw_only=True)
class ErasureRequested(CustomerEvent):
    """Somebody decided that a person is to be erased."""

    sentence: ClassVar[str] = gettext_noop("To be erased: %(reason)s")
    icon: ClassVar[str] = "eraser"
    stays: ClassVar[bool] = True

    erasure_id: int
    reason: str

    def words(self) -> dict[str, object]:
        """Return the reason in words."""
        return {"reason": ErasureReason(self.reason).label}


@dataclass(frozen=True, kw_only=True)
class CustomerErased(ErasureRequested):
    """A person was erased; what must stay stands under a number."""

    sentence: ClassVar[str] = gettext_noop("Erased: %(reason)s")


@dataclass(frozen=True, kw_only=True)
class SubjectExportRequested(CustomerEvent):
    """Somebody had a copy made of all that is held about a person."""

    sentence: ClassVar[str] = gettext_noop("Copy of all data asked for")
    icon: ClassVar[str] = "download"

    export_id: int


@dataclass(frozen=True, kw_only=True)
class SubjectExportTaken(SubjectExportRequested):
    """Somebody took the copy out of the house, for the person."""

    sentence: ClassVar[str] = gettext_noop("Copy of all data taken")
