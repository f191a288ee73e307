"""What actions announces."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.actions.rules import (
    Detector,
    DismissReason,
    Mode,
    Outcome,
    TaskKind,
    TaskState,
)
from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class _AboutMessage(Event):
    """What all events about an action message share."""

    kind: ClassVar[str] = "action_message"
    subject: ClassVar[str] = "message_id"
    party: ClassVar[str] = "customer_id"
    guards: ClassVar[Mapping[str, str]] = {
        "problem": "problem",
        "outcome": "outcome",
        "assignee": "assignee",
    }

    message_id: int
    customer_id: int
    detector: str

    def words(self) -> dict[str, object]:
        """Return the fields, with the problem in words."""
        return asdict(self) | {"problem": Detector(self.detector).label}


@dataclass(frozen=True, kw_only=True)
class ActionRaised(_AboutMessage):
    """A detector found a conflict about a customer."""

    sentence: ClassVar[str] = gettext_noop("Needs attention: %(problem)s")
    icon: ClassVar[str] = "bell"


@dataclass(frozen=True, kw_only=True)
class ActionDone(_AboutMessage):
    """Somebody acted on a message; ``outcome`` says what came of it."""

    sentence: ClassVar[str] = gettext_noop("Acted on “%(problem)s”: %(outcome)s")
    icon: ClassVar[str] = "check"

    outcome: str

    def words(self) -> dict[str, object]:
        """Return the fields, in words."""
        return super().words() | {"outcome": Outcome(self.outcome).label}


@dataclass(frozen=True, kw_only=True)
class ActionDismissed(_AboutMessage):
    """Somebody decided not to follow a message."""

    sentence: ClassVar[str] = gettext_noop("Dismissed “%(problem)s”: %(reason)s")
    icon: ClassVar[str] = "x"

    reason: str

    def words(self) -> dict[str, object]:
        """Return the fields, in words."""
        return super().words() | {"reason": DismissReason(self.reason).label}


@dataclass(frozen=True, kw_only=True)
class ActionReopened(_AboutMessage):
    """A decision on a message was taken back."""

    sentence: ClassVar[str] = gettext_noop("Reopened: %(problem)s")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class ActionAssigned(_AboutMessage):
    """A message went to somebody else."""

    sentence: ClassVar[str] = gettext_noop("Passed “%(problem)s” to %(assignee)s")
    icon: ClassVar[str] = "user-share"

    assignee: str
    assignee_id: int


@dataclass(frozen=True, kw_only=True)
class RuleChanged(Event):
    """The house uses a detector otherwise."""

    kind: ClassVar[str] = "rule"
    sentence: ClassVar[str] = gettext_noop("Rule “%(problem)s” set to: %(mode)s")
    icon: ClassVar[str] = "adjustments"

    detector: str
    mode: str

    def words(self) -> dict[str, object]:
        """Return the fields, in words."""
        problem, mode = Detector(self.detector).label, Mode(self.mode).label
        return {"problem": problem, "mode": mode}


@dataclass(frozen=True, kw_only=True)
class _AboutKnowledge(Event):
    """What all events about customer knowledge share."""

    kind: ClassVar[str] = "knowledge"
    subject: ClassVar[str] = "knowledge_id"
    icon: ClassVar[str] = "bulb"

    knowledge_id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class KnowledgeRecorded(_AboutKnowledge):
    """Somebody has written down what the house has learned."""

    sentence: ClassVar[str] = gettext_noop("Recorded customer knowledge: %(title)s")


@dataclass(frozen=True, kw_only=True)
class KnowledgeChanged(_AboutKnowledge):
    """Something known reads otherwise."""

    sentence: ClassVar[str] = gettext_noop("Changed customer knowledge: %(title)s")


@dataclass(frozen=True, kw_only=True)
class KnowledgeApplied(_AboutKnowledge):
    """From now on owners are told to whom it applies."""

    sentence: ClassVar[str] = gettext_noop("Applies customer knowledge: %(title)s")


@dataclass(frozen=True, kw_only=True)
class KnowledgeRested(_AboutKnowledge):
    """Nobody is told of it any more."""

    sentence: ClassVar[str] = gettext_noop("Rests customer knowledge: %(title)s")


@dataclass(frozen=True, kw_only=True)
class _AboutTask(Event):
    """What all events about a task share."""

    kind: ClassVar[str] = "task"
    subject: ClassVar[str] = "task_id"
    party: ClassVar[str] = "customer_id"
    guards: ClassVar[Mapping[str, str]] = {
        "task_kind": "kind",
        "task_state": "state",
        "due_on": "due_on",
        "old_on": "due_on",
    }

    task_id: int
    customer_id: int
    task_kind: str

    def words(self) -> dict[str, object]:
        """Return the fields, with the kind in words."""
        return asdict(self) | {"task_kind": TaskKind(self.task_kind).label}


@dataclass(frozen=True, kw_only=True)
class TaskPlanned(_AboutTask):
    """A task was created for a customer."""

    sentence: ClassVar[str] = gettext_noop("Task planned for %(due_on)s: %(task_kind)s")
    icon: ClassVar[str] = "calendar-plus"
    due_on: str


@dataclass(frozen=True, kw_only=True)
class TaskMoved(_AboutTask):
    """A task got another day."""

    sentence: ClassVar[str] = gettext_noop("Task moved from %(old_on)s to %(due_on)s")
    icon: ClassVar[str] = "calendar-repeat"
    old_on: str
    due_on: str


@dataclass(frozen=True, kw_only=True)
class TaskClosed(_AboutTask):
    """A task was done or cancelled."""

    sentence: ClassVar[str] = gettext_noop("Task %(task_state)s: %(task_kind)s")
    icon: ClassVar[str] = "checkbox"
    task_state: str

    def words(self) -> dict[str, object]:
        """Return the fields, in words."""
        return super().words() | {"task_state": TaskState(self.task_state).label}
