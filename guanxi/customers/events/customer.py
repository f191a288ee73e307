"""Facts about the customer itself."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.rules import LifeStage, State
from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class CustomerEvent(Event):
    """Something that happened to one customer."""

    kind: ClassVar[str] = "customer"
    subject: ClassVar[str] = "customer_id"
    party: ClassVar[str] = "customer_id"
    icon: ClassVar[str] = "user"

    customer_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(CustomerEvent):
    """A customer was entered or imported."""

    sentence: ClassVar[str] = gettext_noop("Customer created")
    icon: ClassVar[str] = "user-plus"


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(CustomerEvent):
    """Facts about a customer changed; the log row says which, from what to what."""

    sentence: ClassVar[str] = gettext_noop("Customer changed")
    icon: ClassVar[str] = "edit"

    version: int


@dataclass(frozen=True, kw_only=True)
class CustomerTrashed(CustomerEvent):
    """A customer was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("Customer moved to the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class CustomerRestored(CustomerEvent):
    """A customer was taken out of the trash."""

    sentence: ClassVar[str] = gettext_noop("Customer restored")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class CustomerStateChanged(CustomerEvent):
    """A customer moved along one arc of the states."""

    sentence: ClassVar[str] = gettext_noop("State changed from %(old)s to %(new)s")
    icon: ClassVar[str] = "refresh"
    guards: ClassVar[Mapping[str, str]] = {"old": "state", "new": "state"}

    old: str
    new: str

    def words(self) -> dict[str, object]:
        """Return the labels of both states."""
        return {"old": State(self.old).label, "new": State(self.new).label}


@dataclass(frozen=True, kw_only=True)
class TargetChosen(CustomerEvent):
    """Somebody chose a potential customer as a target; the log row says why."""

    sentence: ClassVar[str] = gettext_noop("Chosen as a target customer")
    icon: ClassVar[str] = "target"


@dataclass(frozen=True, kw_only=True)
class LifeStageChanged(CustomerEvent):
    """Analysis found a customer in another stage, or a person set it."""

    sentence: ClassVar[str] = gettext_noop(
        "Life-cycle stage changed from %(old)s to %(new)s"
    )
    icon: ClassVar[str] = "refresh"
    guards: ClassVar[Mapping[str, str]] = {"old": "life_stage", "new": "life_stage"}

    old: str
    new: str

    def words(self) -> dict[str, object]:
        """Return the labels of both stages, with a dash where none was known."""
        old = LifeStage(self.old).label if self.old else "—"
        return {"old": old, "new": LifeStage(self.new).label}


@dataclass(frozen=True, kw_only=True)
class LifeStageFreed(CustomerEvent):
    """The stage of a customer is left to analysis again."""

    sentence: ClassVar[str] = gettext_noop("Life-cycle stage left to analysis again")
    icon: ClassVar[str] = "refresh"


@dataclass(frozen=True, kw_only=True)
class OwnerChanged(CustomerEvent):
    """Another colleague, or nobody, looks after a customer now."""

    sentence: ClassVar[str] = gettext_noop("Owner is now %(owner_name)s")
    icon: ClassVar[str] = "user-check"
    guards: ClassVar[Mapping[str, str]] = {"owner_name": "owner"}

    owner_id: int | None
    old_owner_id: int | None
    owner_name: str

    def words(self) -> dict[str, object]:
        """Return the fields, with a dash for nobody."""
        return asdict(self) | {"owner_name": self.owner_name or "—"}


@dataclass(frozen=True, kw_only=True)
class NoteAdded(CustomerEvent):
    """A colleague wrote something down; the text stands in the note itself."""

    sentence: ClassVar[str] = gettext_noop("Note written")
    icon: ClassVar[str] = "note"

    note_id: int


@dataclass(frozen=True, kw_only=True)
class NoteChanged(CustomerEvent):
    """A note says something else now; what it said stands in its history."""

    sentence: ClassVar[str] = gettext_noop("Note changed")
    icon: ClassVar[str] = "edit"

    changed_note_id: int


@dataclass(frozen=True, kw_only=True)
class NoteTrashed(CustomerEvent):
    """A note was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("Note moved to the trash")
    icon: ClassVar[str] = "trash"

    changed_note_id: int


@dataclass(frozen=True, kw_only=True)
class NoteRestored(CustomerEvent):
    """A note was taken out of the trash."""

    sentence: ClassVar[str] = gettext_noop("Note restored")
    icon: ClassVar[str] = "arrow-back-up"

    changed_note_id: int
