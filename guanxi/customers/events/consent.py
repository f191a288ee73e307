"""Facts about consents and about when and how a customer may be contacted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.customers.events.code import CodeEvent
from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.consent import PURPOSES, ContactChannel


@dataclass(frozen=True, kw_only=True)
class ConsentEvent(CustomerEvent):
    """A customer spoke about being contacted; what was said stands in the ledger."""

    icon: ClassVar[str] = "shield-check"
    guards: ClassVar[Mapping[str, str]] = {"purposes": "consent", "channels": "consent"}

    purposes: Sequence[str]
    channels: Sequence[str]

    def words(self) -> dict[str, object]:
        """Return purposes and channels in words; one of the house's own by its key."""
        told = [str(PURPOSES.get(key, key)) for key in self.purposes]
        return {"purposes": _(", ").join(told), "channels": _channels(self.channels)}


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(ConsentEvent):
    """A customer gave consent."""

    sentence: ClassVar[str] = gettext_noop("Consent given: %(purposes)s (%(channels)s)")


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(ConsentEvent):
    """A customer withdrew consent."""

    sentence: ClassVar[str] = gettext_noop(
        "Consent withdrawn: %(purposes)s (%(channels)s)"
    )
    icon: ClassVar[str] = "shield-x"


@dataclass(frozen=True, kw_only=True)
class BlockEvent(CustomerEvent):
    """Something about a channel by which nobody is to come to a customer."""

    icon: ClassVar[str] = "ban"
    guards: ClassVar[Mapping[str, str]] = {"channel": "consent"}

    channel: str

    def words(self) -> dict[str, object]:
        """Return the channel in words."""
        return {"channel": _channels([self.channel] if self.channel else [])}


@dataclass(frozen=True, kw_only=True)
class ContactBlocked(BlockEvent):
    """Nobody is to come to a customer by a channel; empty: by none."""

    sentence: ClassVar[str] = gettext_noop("Not to be contacted: %(channel)s")


@dataclass(frozen=True, kw_only=True)
class ContactBlockLifted(BlockEvent):
    """A channel to a customer is open again."""

    sentence: ClassVar[str] = gettext_noop("May be contacted again: %(channel)s")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class ContactPreferenceSet(CustomerEvent):
    """A customer said how and when to be reached."""

    sentence: ClassVar[str] = gettext_noop("Contact preferences set")
    icon: ClassVar[str] = "clock"


@dataclass(frozen=True, kw_only=True)
class ConsentTextWritten(CodeEvent):
    """What people are asked for a purpose has a new wording."""

    sentence: ClassVar[str] = gettext_noop(
        "Version %(version)s of the consent text for “%(key)s” written"
    )
    icon: ClassVar[str] = "file-text"

    version: int

    def words(self) -> dict[str, object]:
        """Return the key and the number of the version."""
        return {"key": self.key, "version": self.version}


def _channels(keys: Sequence[str]) -> str:
    """Return channels in words; none and all of them are every channel."""
    if len(keys) in (0, len(ContactChannel)):
        return _("all channels")
    return _(", ").join(str(ContactChannel(key).label) for key in keys)
