"""What happens to leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.rules.investment import ContactMode
from guanxi.foundation.events import Event
from guanxi.sales.rules.lead import DiscardReason


@dataclass(frozen=True, kw_only=True)
class LeadEvent(Event):
    """Something that happened to one lead; it stands on the timeline of whom it became."""

    kind: ClassVar[str] = "lead"
    subject: ClassVar[str] = "lead_id"
    party: ClassVar[str] = "customer_id"
    icon: ClassVar[str] = "user-search"

    lead_id: int
    customer_id: int | None


@dataclass(frozen=True, kw_only=True)
class LeadCreated(LeadEvent):
    """There is a new lead."""

    sentence: ClassVar[str] = gettext_noop("Lead recorded")


@dataclass(frozen=True, kw_only=True)
class LeadChanged(LeadEvent):
    """A lead is described otherwise."""

    sentence: ClassVar[str] = gettext_noop("Lead changed")


@dataclass(frozen=True, kw_only=True)
class LeadContacted(LeadEvent):
    """Somebody was in touch with a lead."""

    sentence: ClassVar[str] = gettext_noop("Lead contacted (%(mode)s): %(note)s")
    guards: ClassVar[Mapping[str, str]] = {"note": "note"}
    icon: ClassVar[str] = "phone"

    mode: str
    note: str

    def words(self) -> dict[str, object]:
        """Return the mode in words, and the other fields."""
        return {**vars(self), "mode": ContactMode(self.mode).label}


@dataclass(frozen=True, kw_only=True)
class LeadClaimed(LeadEvent):
    """Somebody took a lead out of the public pool."""

    sentence: ClassVar[str] = gettext_noop("Lead claimed from the public pool")


@dataclass(frozen=True, kw_only=True)
class LeadGiven(LeadEvent):
    """A lead was given to a colleague, by somebody or by the rule of a name."""

    sentence: ClassVar[str] = gettext_noop("Lead given to %(owner_name)s")
    guards: ClassVar[Mapping[str, str]] = {"owner_name": "owner"}

    owner_name: str
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class LeadReleased(LeadEvent):
    """A lead went back into the public pool."""

    sentence: ClassVar[str] = gettext_noop("Lead released into the public pool")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class LeadDiscarded(LeadEvent):
    """A lead has come to nothing."""

    sentence: ClassVar[str] = gettext_noop("Lead discarded: %(reason)s")
    icon: ClassVar[str] = "circle-x"

    reason: str

    def words(self) -> dict[str, object]:
        """Return the reason in words, and the other fields."""
        return {**vars(self), "reason": DiscardReason(self.reason).label}


@dataclass(frozen=True, kw_only=True)
class LeadReopened(LeadEvent):
    """A lead that was discarded is open again."""

    sentence: ClassVar[str] = gettext_noop("Lead opened again")


@dataclass(frozen=True, kw_only=True)
class LeadConverted(LeadEvent):
    """A lead has become a customer, and perhaps an opportunity."""

    sentence: ClassVar[str] = gettext_noop("Lead converted to a customer")
    icon: ClassVar[str] = "circle-check"

    opportunity_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class LeadTrashed(LeadEvent):
    """A lead is in the trash."""

    sentence: ClassVar[str] = gettext_noop("Lead put into the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class LeadRestored(LeadEvent):
    """A lead is out of the trash again."""

    sentence: ClassVar[str] = gettext_noop("Lead restored")


@dataclass(frozen=True, kw_only=True)
class LeadRulesSaved(Event):
    """Somebody said anew to whom leads are given, and for how long."""

    kind: ClassVar[str] = "lead_rule"
    icon: ClassVar[str] = "layout-list"
    sentence: ClassVar[str] = gettext_noop("Rules of giving out leads saved")
