"""
Facts that customers announces. Each stands on the timeline of its customer.

Payloads hold ids and keys, never what a customer said or is called. The ``version`` of
a change is the customer's own after it: so that who changes an older one is warned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.customers.rules import (
    SCHEMES,
    LifeStage,
    PointKind,
    RelationKind,
    State,
)
from guanxi.customers.rules.consent import PURPOSES, ContactChannel
from guanxi.customers.rules.credit import CREDIT_PARTS, Origin, Standard
from guanxi.foundation.events import Event
from guanxi.foundation.words import Words


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


@dataclass(frozen=True, kw_only=True)
class ContactPointEvent(CustomerEvent):
    """Something about one way to reach a customer."""

    icon: ClassVar[str] = "address-book"

    point_kind: str
    version: int = 0

    def words(self) -> dict[str, object]:
        """Return the label of the kind."""
        return {"point_kind": PointKind(self.point_kind).label}


@dataclass(frozen=True, kw_only=True)
class ContactPointAdded(ContactPointEvent):
    """There is one more way to reach a customer."""

    sentence: ClassVar[str] = gettext_noop("%(point_kind)s added")


@dataclass(frozen=True, kw_only=True)
class ContactPointRemoved(ContactPointEvent):
    """A way to reach a customer is gone."""

    sentence: ClassVar[str] = gettext_noop("%(point_kind)s removed")


@dataclass(frozen=True, kw_only=True)
class TagEvent(CustomerEvent):
    """Something about a tag on one customer."""

    icon: ClassVar[str] = "tag"
    guards: ClassVar[Mapping[str, str]] = {"tag": "tags"}

    tag: str
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class TagAdded(TagEvent):
    """A customer got a tag."""

    sentence: ClassVar[str] = gettext_noop("Tag “%(tag)s” added")


@dataclass(frozen=True, kw_only=True)
class TagRemoved(TagEvent):
    """A customer lost a tag."""

    sentence: ClassVar[str] = gettext_noop("Tag “%(tag)s” removed")


@dataclass(frozen=True, kw_only=True)
class RelationEvent(CustomerEvent):
    """Something about how two customers belong together; told to both."""

    icon: ClassVar[str] = "link"

    other_id: int
    relation: str

    def words(self) -> dict[str, object]:
        """Return the label of the relation."""
        return {"relation": RelationKind(self.relation).label}


@dataclass(frozen=True, kw_only=True)
class RelationAdded(RelationEvent):
    """Two customers are known to belong together."""

    sentence: ClassVar[str] = gettext_noop("Relation added: %(relation)s")


@dataclass(frozen=True, kw_only=True)
class RelationRemoved(RelationEvent):
    """Two customers do not belong together any more."""

    sentence: ClassVar[str] = gettext_noop("Relation removed: %(relation)s")
    icon: ClassVar[str] = "link"


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(CustomerEvent):
    """Another customer became part of this one; the log row says what changed here."""

    sentence: ClassVar[str] = gettext_noop("Customer no. %(other_id)s merged in")
    icon: ClassVar[str] = "git-merge"

    other_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class MergeUndone(CustomerEvent):
    """Two customers that were merged are two again; told to both."""

    sentence: ClassVar[str] = gettext_noop(
        "Merge with customer no. %(other_id)s undone"
    )
    icon: ClassVar[str] = "arrow-back-up"

    other_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class DuplicateDismissed(CustomerEvent):
    """Somebody says that two customers are not the same; told to both."""

    sentence: ClassVar[str] = gettext_noop("Not the same as customer no. %(other_id)s")
    icon: ClassVar[str] = "copy"

    other_id: int


@dataclass(frozen=True, kw_only=True)
class DuplicateReopened(CustomerEvent):
    """That two customers are not the same was taken back; told to both."""

    sentence: ClassVar[str] = gettext_noop(
        "Perhaps the same as customer no. %(other_id)s after all"
    )
    icon: ClassVar[str] = "copy"

    other_id: int


@dataclass(frozen=True, kw_only=True)
class CreditAssessed(CustomerEvent):
    """A customer was assessed by one of the standards."""

    sentence: ClassVar[str] = gettext_noop("Credit assessed, %(standard)s: %(grade)s")
    icon: ClassVar[str] = "credit-card"
    guards: ClassVar[Mapping[str, str]] = {"grade": "credit_grade"}

    assessment_id: int
    standard: str
    grade: str

    def words(self) -> dict[str, object]:
        """Return the label of the standard and the grade."""
        return {"standard": Standard(self.standard).label, "grade": self.grade}


@dataclass(frozen=True, kw_only=True)
class CreditReportAdded(CustomerEvent):
    """A credit report about a customer was recorded."""

    sentence: ClassVar[str] = gettext_noop("Credit report recorded: %(origin)s")
    icon: ClassVar[str] = "file-text"

    guards: ClassVar[Mapping[str, str]] = {"origin": "credit_reports"}

    report_id: int
    origin: str

    def words(self) -> dict[str, object]:
        """Return the label of the origin."""
        return {"origin": Origin(self.origin).label}


@dataclass(frozen=True, kw_only=True)
class CreditReportRemoved(CreditReportAdded):
    """A credit report that was recorded by mistake is gone."""

    sentence: ClassVar[str] = gettext_noop("Credit report removed: %(origin)s")


@dataclass(frozen=True, kw_only=True)
class CreditLimitSet(CustomerEvent):
    """Somebody decided how much a customer may owe; the limit itself stands there."""

    sentence: ClassVar[str] = gettext_noop("Credit limit set")
    icon: ClassVar[str] = "cash"

    limit_id: int


@dataclass(frozen=True, kw_only=True)
class CreditRulesChanged(Event):
    """The house decided otherwise about credit; the log row says what."""

    sentence: ClassVar[str] = gettext_noop("Credit rules changed")
    icon: ClassVar[str] = "adjustments"
    kind: ClassVar[str] = "credit_rule"

    @classmethod
    def told_name(cls, name: str) -> Words:
        """Return what people call a part of the rules."""
        return CREDIT_PARTS.get(name, name)


@dataclass(frozen=True, kw_only=True)
class CodeEvent(Event):
    """Something about one entry of a code list; ``scheme`` and ``key`` name it."""

    kind: ClassVar[str] = "code"
    subject: ClassVar[str] = "code_id"
    icon: ClassVar[str] = "list"

    code_id: int
    scheme: str
    key: str

    def words(self) -> dict[str, object]:
        """Return the name of the list and the key."""
        return {"list": SCHEMES.get(self.scheme, self.scheme), "key": self.key}


@dataclass(frozen=True, kw_only=True)
class CodeAdded(CodeEvent):
    """A code list has one more entry; the log row says how it is called."""

    sentence: ClassVar[str] = gettext_noop("Entry “%(key)s” added to “%(list)s”")


@dataclass(frozen=True, kw_only=True)
class CodeChanged(CodeEvent):
    """An entry was renamed or is offered no more; the log row says from what to what."""

    sentence: ClassVar[str] = gettext_noop("Entry “%(key)s” of “%(list)s” changed")


@dataclass(frozen=True, kw_only=True)
class NoteAdded(CustomerEvent):
    """A colleague wrote something down; the text stands in the note itself."""

    sentence: ClassVar[str] = gettext_noop("Note written")
    icon: ClassVar[str] = "note"

    note_id: int


@dataclass(frozen=True, kw_only=True)
class CustomFieldEvent(Event):
    """Something about a field that the house added; ``key`` is what programs call it."""

    kind: ClassVar[str] = "custom_field"
    subject: ClassVar[str] = "field_id"
    icon: ClassVar[str] = "forms"

    field_id: int
    key: str

    def words(self) -> dict[str, object]:
        """Return the key."""
        return {"key": self.key}


@dataclass(frozen=True, kw_only=True)
class CustomFieldAdded(CustomFieldEvent):
    """Customers have one more field."""

    sentence: ClassVar[str] = gettext_noop("Customer field “%(key)s” added")


@dataclass(frozen=True, kw_only=True)
class CustomFieldChanged(CustomFieldEvent):
    """A field is called otherwise, allows other values, or is in use no more."""

    sentence: ClassVar[str] = gettext_noop("Customer field “%(key)s” changed")


@dataclass(frozen=True, kw_only=True)
class FieldGroupSaved(Event):
    """Fields of customers stand under a new or another heading."""

    kind: ClassVar[str] = "custom_field"
    subject: ClassVar[str] = "group_id"
    icon: ClassVar[str] = "forms"
    sentence: ClassVar[str] = gettext_noop("Group of customer fields “%(key)s” saved")

    group_id: int
    key: str

    def words(self) -> dict[str, object]:
        """Return the key."""
        return {"key": self.key}


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
