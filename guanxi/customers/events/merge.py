"""Facts about records that are, or are not, the same customer."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(CustomerEvent):
    """Another customer became part of this one; the log row says what changed here."""

    sentence: ClassVar[str] = gettext_noop("Customer no. %(other_id)s merged in")
    icon: ClassVar[str] = "git-merge"

    other_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class MergeUndone(CustomerEvent):
    """Two customers that were merged are two again; told to both."""

    sentence: ClassVar[str] = gettext_noop(
        "Merge with customer no. %(other_id)s undone"
    )
    icon: ClassVar[str] = "arrow-back-up"

    other_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class DuplicateDismissed(CustomerEvent):
    """Somebody says that two customers are not the same; told to both."""

    sentence: ClassVar[str] = gettext_noop("Not the same as customer no. %(other_id)s")
    icon: ClassVar[str] = "copy"

    other_id: int


@dataclass(frozen=True, kw_only=True)
class DuplicateReopened(CustomerEvent):
    """That two customers are not the same was taken back; told to both."""

    sentence: ClassVar[str] = gettext_noop(
        "Perhaps the same as customer no. %(other_id)s after all"
    )
    icon: ClassVar[str] = "copy"

    other_id: int
