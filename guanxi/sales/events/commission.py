"""What happens to commissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class CommissionPlanSaved(Event):
    """A plan is new or has changed."""

    kind: ClassVar[str] = "commission_plan"
    subject: ClassVar[str] = "plan_id"
    icon: ClassVar[str] = "coin"
    sentence: ClassVar[str] = gettext_noop("Commission plan “%(name)s” saved")

    plan_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class CommissionEvent(Event):
    """Something that happened to a statement."""

    kind: ClassVar[str] = "commission"
    subject: ClassVar[str] = "statement_id"
    icon: ClassVar[str] = "coin"

    statement_id: int
    user_id: int
    month: date

    def words(self) -> dict[str, object]:
        """Return the month as people write it, and the other fields."""
        return {**vars(self), "month": str(self.month)[:7]}


@dataclass(frozen=True, kw_only=True)
class CommissionDrawn(CommissionEvent):
    """A statement is drawn up for the first time."""

    sentence: ClassVar[str] = gettext_noop("Commission for %(month)s drawn up")


@dataclass(frozen=True, kw_only=True)
class CommissionAdjusted(CommissionEvent):
    """Somebody added an amount by hand, with a reason."""

    sentence: ClassVar[str] = gettext_noop(
        "Commission for %(month)s adjusted by %(amount)s: %(reason)s"
    )
    guards: ClassVar[Mapping[str, str]] = {"amount": "total", "reason": "total"}

    amount: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CommissionApproved(CommissionEvent):
    """A statement is approved: from now on it stands."""

    sentence: ClassVar[str] = gettext_noop("Commission for %(month)s approved")
    icon: ClassVar[str] = "check"


@dataclass(frozen=True, kw_only=True)
class CommissionReopened(CommissionEvent):
    """An approval is taken back."""

    sentence: ClassVar[str] = gettext_noop("Commission for %(month)s opened again")


@dataclass(frozen=True, kw_only=True)
class CommissionPaid(CommissionEvent):
    """A statement is paid out."""

    sentence: ClassVar[str] = gettext_noop("Commission for %(month)s paid out")
    icon: ClassVar[str] = "cash"


@dataclass(frozen=True, kw_only=True)
class CommissionShared(Event):
    """Who shares in the commission of an order was set."""

    kind: ClassVar[str] = "order"
    subject: ClassVar[str] = "order_id"
    icon: ClassVar[str] = "coin"
    sentence: ClassVar[str] = gettext_noop("Shares in the commission set")

    order_id: int
