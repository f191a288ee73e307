"""Facts about peers and what they tell us."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.peer import DealOutcome
from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class PeerEvent(Event):
    """Something about a peer."""

    kind: ClassVar[str] = "peer"
    subject: ClassVar[str] = "peer_id"
    icon: ClassVar[str] = "users"

    peer_id: int


@dataclass(frozen=True, kw_only=True)
class PeerRegistered(PeerEvent):
    """A colleague keeps in touch with a peer."""

    sentence: ClassVar[str] = gettext_noop("Peer registered")


@dataclass(frozen=True, kw_only=True)
class PeerChanged(PeerEvent):
    """Something else is known of a peer."""

    sentence: ClassVar[str] = gettext_noop("Peer changed")


@dataclass(frozen=True, kw_only=True)
class PeerRemoved(PeerEvent):
    """A peer and what was told by that one are gone; the leads stay."""

    sentence: ClassVar[str] = gettext_noop("Peer removed")


@dataclass(frozen=True, kw_only=True)
class TipLogged(CustomerEvent):
    """A peer told us that a customer needs something."""

    sentence: ClassVar[str] = gettext_noop(
        "Tip from a peer, whose deal was %(outcome)s"
    )
    icon: ClassVar[str] = "bulb"

    tip_id: int
    outcome: str

    def words(self) -> dict[str, object]:
        """Return the label of what became of the deal."""
        return {"outcome": DealOutcome(self.outcome).label}
