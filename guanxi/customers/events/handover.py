"""Facts about giving the customers of one owner to others."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class HandoverEvent(Event):
    """Something about a handover of an owner's book."""

    kind: ClassVar[str] = "handover"
    subject: ClassVar[str] = "handover_id"
    icon: ClassVar[str] = "user-check"

    handover_id: int


@dataclass(frozen=True, kw_only=True)
class HandoverStarted(HandoverEvent):
    """The customers of an owner are being given to others."""

    sentence: ClassVar[str] = gettext_noop("Handover of customers started: %(count)s")

    old_owner_id: int
    taker_ids: list[int]
    count: int


@dataclass(frozen=True, kw_only=True)
class CustomersHandedOver(HandoverEvent):
    """
    Some customers left ``old_owner_id`` together, to one new owner or several.

    Beside it stands an `OwnerChanged` for each of them, as history: what goes along with a
    customer follows this event, which tells of many at once.
    """

    sentence: ClassVar[str] = gettext_noop("Customers changed hands: %(count)s")

    customer_ids: list[int]
    old_owner_id: int

    def words(self) -> dict[str, object]:
        """Return how many they are."""
        return {"count": len(self.customer_ids)}


@dataclass(frozen=True, kw_only=True)
class HandoverFinished(HandoverEvent):
    """All customers that were to be handed over have changed hands."""

    sentence: ClassVar[str] = gettext_noop("Handover finished, customers: %(given)s")

    given: int


@dataclass(frozen=True, kw_only=True)
class HandoverUndone(HandoverEvent):
    """Customers went back to whom they had belonged to, but those that moved on since."""

    sentence: ClassVar[str] = gettext_noop(
        "Handover undone: %(returned)s given back, %(kept)s stayed"
    )
    icon: ClassVar[str] = "arrow-back-up"

    returned: int
    kept: int
