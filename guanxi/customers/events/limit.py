"""Facts about limits of processing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.limit import LimitKind


@dataclass(frozen=True, kw_only=True)
class LimitEvent(CustomerEvent):
    """Something about what may not be done with a record; the reason stands there."""

    icon: ClassVar[str] = "shield-lock"
    guards: ClassVar[Mapping[str, str]] = {"limit": "consent"}

    limit: str

    def words(self) -> dict[str, object]:
        """Return the limit in words."""
        return {"limit": LimitKind(self.limit).label}


@dataclass(frozen=True, kw_only=True)
class ProcessingLimited(LimitEvent):
    """Something may not be done with the record of a customer any more."""

    sentence: ClassVar[str] = gettext_noop("Limit of processing set: %(limit)s")


@dataclass(frozen=True, kw_only=True)
class ProcessingLimitLifted(LimitEvent):
    """Something may be done with the record of a customer again."""

    sentence: ClassVar[str] = gettext_noop("Limit of processing lifted: %(limit)s")
    icon: ClassVar[str] = "arrow-back-up"
