"""What happens to opportunities."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event
from guanxi.sales.rules.opportunity import STAGES, LostReason


@dataclass(frozen=True, kw_only=True)
class OpportunityEvent(Event):
    """Something that happened to one opportunity; it stands on its customer's timeline."""

    kind: ClassVar[str] = "opportunity"
    subject: ClassVar[str] = "opportunity_id"
    party: ClassVar[str] = "customer_id"
    icon: ClassVar[str] = "target-arrow"

    opportunity_id: int
    customer_id: int | None


@dataclass(frozen=True, kw_only=True)
class OpportunityCreated(OpportunityEvent):
    """There is a new opportunity."""

    sentence: ClassVar[str] = gettext_noop("Opportunity recorded")


@dataclass(frozen=True, kw_only=True)
class OpportunityChanged(OpportunityEvent):
    """An opportunity is described otherwise."""

    sentence: ClassVar[str] = gettext_noop("Opportunity changed")


@dataclass(frozen=True, kw_only=True)
class OpportunityMoved(OpportunityEvent):
    """An opportunity has come to another stage."""

    sentence: ClassVar[str] = gettext_noop("Opportunity moved to “%(stage)s”")

    stage: str
    stage_key: str = ""

    def words(self) -> dict[str, object]:
        """Return the stage as the reader's language calls it, and the other fields."""
        return {**vars(self), "stage": self.stage or STAGES.get(self.stage_key, "")}


@dataclass(frozen=True, kw_only=True)
class OpportunityWon(OpportunityEvent):
    """An opportunity has become a sale."""

    sentence: ClassVar[str] = gettext_noop("Opportunity won: %(amount)s")
    guards: ClassVar[Mapping[str, str]] = {"amount": "amount"}
    icon: ClassVar[str] = "circle-check"

    amount: str


@dataclass(frozen=True, kw_only=True)
class OpportunityLost(OpportunityEvent):
    """An opportunity has ended without a sale."""

    sentence: ClassVar[str] = gettext_noop("Opportunity lost: %(reason)s")
    icon: ClassVar[str] = "circle-x"

    reason: str

    def words(self) -> dict[str, object]:
        """Return the reason in words, and the other fields."""
        label = LostReason(self.reason).label if self.reason else "–"
        return {**vars(self), "reason": label}


@dataclass(frozen=True, kw_only=True)
class OpportunityReopened(OpportunityEvent):
    """An opportunity that was closed is open again."""

    sentence: ClassVar[str] = gettext_noop("Opportunity opened again")


@dataclass(frozen=True, kw_only=True)
class OpportunityAssigned(OpportunityEvent):
    """Another colleague pursues an opportunity now."""

    sentence: ClassVar[str] = gettext_noop("Opportunity assigned to %(owner_name)s")
    guards: ClassVar[Mapping[str, str]] = {"owner_name": "owner"}

    owner_name: str


@dataclass(frozen=True, kw_only=True)
class OpportunityTrashed(OpportunityEvent):
    """An opportunity is in the trash."""

    sentence: ClassVar[str] = gettext_noop("Opportunity put into the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class OpportunityRestored(OpportunityEvent):
    """An opportunity is out of the trash again."""

    sentence: ClassVar[str] = gettext_noop("Opportunity restored")


@dataclass(frozen=True, kw_only=True)
class StagesArranged(Event):
    """Somebody arranged the stages of opportunities anew."""

    kind: ClassVar[str] = "pipeline"
    icon: ClassVar[str] = "layout-list"
    sentence: ClassVar[str] = gettext_noop("Stages of opportunities arranged")
