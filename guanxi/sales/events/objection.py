"""What happens to objections; it stands in the story of their opportunities."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.sales.events.opportunity import OpportunityEvent
from guanxi.sales.rules.objection import STEPS, Nature, ObjectionKind, PayWay


@dataclass(frozen=True, kw_only=True)
class ObjectionEvent(OpportunityEvent):
    """Something that happened to one objection."""

    icon: ClassVar[str] = "message-2-question"
    guards: ClassVar[Mapping[str, str]] = {"objection_kind": "objections"}

    objection_kind: str

    def words(self) -> dict[str, object]:
        """Return the kind in words, and the other fields."""
        label = ObjectionKind(self.objection_kind).label if self.objection_kind else "–"
        return {**vars(self), "objection_kind": label}


@dataclass(frozen=True, kw_only=True)
class ObjectionRaised(ObjectionEvent):
    """The customer objects to something."""

    sentence: ClassVar[str] = gettext_noop("Objection (%(objection_kind)s): %(said)s")
    guards: ClassVar[Mapping[str, str]] = {
        "objection_kind": "objections",
        "said": "objections",
    }

    said: str


@dataclass(frozen=True, kw_only=True)
class ObjectionClassified(ObjectionEvent):
    """An objection turned out to be another one, or meant otherwise."""

    sentence: ClassVar[str] = gettext_noop(
        "Objection classified anew: %(objection_kind)s, %(nature)s"
    )
    guards: ClassVar[Mapping[str, str]] = {
        "objection_kind": "objections",
        "nature": "objections",
    }

    nature: str

    def words(self) -> dict[str, object]:
        """Return kind and nature in words, and the other fields."""
        label = Nature(self.nature).label if self.nature else "–"
        return {**super().words(), "nature": label}


@dataclass(frozen=True, kw_only=True)
class ObjectionStepped(ObjectionEvent):
    """The answer to an objection went on by a step."""

    sentence: ClassVar[str] = gettext_noop(
        "Answer to the objection (%(objection_kind)s): %(step)s"
    )
    guards: ClassVar[Mapping[str, str]] = {
        "objection_kind": "objections",
        "step": "objections",
    }

    step: int

    def words(self) -> dict[str, object]:
        """Return kind and step in words, and the other fields."""
        return {**super().words(), "step": STEPS.get(self.step, "–")}


@dataclass(frozen=True, kw_only=True)
class ObjectionAnswered(ObjectionEvent):
    """An objection was answered, up to how the customer would pay."""

    sentence: ClassVar[str] = gettext_noop(
        "Objection answered (%(objection_kind)s): %(way)s"
    )
    guards: ClassVar[Mapping[str, str]] = {
        "objection_kind": "objections",
        "way": "objections",
    }

    way: str

    def words(self) -> dict[str, object]:
        """Return kind and way of paying in words, and the other fields."""
        label = PayWay(self.way).label if self.way else "–"
        return {**super().words(), "way": label}


@dataclass(frozen=True, kw_only=True)
class ObjectionRemoved(ObjectionEvent):
    """An objection was taken off the record."""

    sentence: ClassVar[str] = gettext_noop("Objection removed (%(objection_kind)s)")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class ObjectionRestored(ObjectionEvent):
    """An objection is on the record again."""

    sentence: ClassVar[str] = gettext_noop("Objection restored (%(objection_kind)s)")
