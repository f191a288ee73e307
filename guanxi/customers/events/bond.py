"""Facts about why a customer stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent


@dataclass(frozen=True, kw_only=True)
class BondEvent(CustomerEvent):
    """Something about a bond assessment, a switching cost or a delivered value."""

    icon: ClassVar[str] = "heart-handshake"

    record_id: int


@dataclass(frozen=True, kw_only=True)
class BondAssessed(BondEvent):
    """Why a customer stays was assessed; ``score`` is its satisfaction, or empty."""

    sentence: ClassVar[str] = gettext_noop("Bond assessed, satisfaction %(score)s")
    guards: ClassVar[Mapping[str, str]] = {"score": "bonds"}

    score: str

    def words(self) -> dict[str, object]:
        """Return the satisfaction, a dash for none."""
        return {"score": self.score or "–"}


@dataclass(frozen=True, kw_only=True)
class BondTrashed(BondEvent):
    """A bond assessment was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("Bond assessment moved to the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class BondRestored(BondEvent):
    """A bond assessment was taken out of the trash."""

    sentence: ClassVar[str] = gettext_noop("Bond assessment restored")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class SwitchingCostAdded(BondEvent):
    """Something is known that leaving would cost a customer."""

    sentence: ClassVar[str] = gettext_noop("Switching cost recorded")


@dataclass(frozen=True, kw_only=True)
class SwitchingCostRemoved(BondEvent):
    """Something that leaving would cost a customer is not counted any more."""

    sentence: ClassVar[str] = gettext_noop("Switching cost removed")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class SwitchingCostRestored(BondEvent):
    """Something that leaving would cost a customer counts again."""

    sentence: ClassVar[str] = gettext_noop("Switching cost restored")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class DeliveredValueAdded(BondEvent):
    """What an offer gives a customer was worked out."""

    sentence: ClassVar[str] = gettext_noop("Delivered value of an offer recorded")


@dataclass(frozen=True, kw_only=True)
class DeliveredValueRemoved(BondEvent):
    """What an offer gives a customer was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("Delivered value of an offer removed")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class DeliveredValueRestored(BondEvent):
    """What an offer gives a customer was taken out of the trash."""

    sentence: ClassVar[str] = gettext_noop("Delivered value of an offer restored")
    icon: ClassVar[str] = "arrow-back-up"
