"""Facts about plans and agreements with one customer."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.plan import PlanKind, PlanState


@dataclass(frozen=True, kw_only=True)
class PlanEvent(CustomerEvent):
    """Something about a plan with a customer; what it says stands in the plan."""

    icon: ClassVar[str] = "target"

    plan_id: int
    plan: str

    def words(self) -> dict[str, object]:
        """Return the label of the kind of plan."""
        return {"plan": PlanKind(self.plan).label}


@dataclass(frozen=True, kw_only=True)
class PlanStarted(PlanEvent):
    """Something was planned or agreed with a customer."""

    sentence: ClassVar[str] = gettext_noop("%(plan)s begun")


@dataclass(frozen=True, kw_only=True)
class PlanChanged(PlanEvent):
    """Aim, time or result of a plan are other ones, or it is done or dropped."""

    sentence: ClassVar[str] = gettext_noop("%(plan)s changed: %(state)s")

    state: str

    def words(self) -> dict[str, object]:
        """Return the labels of the kind and of how the plan stands."""
        return {**super().words(), "state": PlanState(self.state).label}


@dataclass(frozen=True, kw_only=True)
class PlanLineEvent(PlanEvent):
    """Something about one line of a plan."""

    line_id: int


@dataclass(frozen=True, kw_only=True)
class PlanLineSet(PlanLineEvent):
    """A line of a plan was written, or has another day, person or result."""

    sentence: ClassVar[str] = gettext_noop("%(plan)s: a line was written")


@dataclass(frozen=True, kw_only=True)
class PlanLineDone(PlanLineEvent):
    """A step of a plan is done."""

    sentence: ClassVar[str] = gettext_noop("%(plan)s: a step is done")


@dataclass(frozen=True, kw_only=True)
class PlanLineRemoved(PlanLineEvent):
    """A line of a plan is gone."""

    sentence: ClassVar[str] = gettext_noop("%(plan)s: a line was removed")
