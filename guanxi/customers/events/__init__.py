"""
Facts that customers announces. Each stands on the timeline of its customer.

Payloads hold ids and keys, never what a customer said or is called. The ``version`` of
a change is the customer's own after it: so that who changes an older one is warned.
"""

from guanxi.customers.events.attached import (
    ContactPointAdded,
    ContactPointEvent,
    ContactPointRemoved,
    RelationAdded,
    RelationEvent,
    RelationRemoved,
    TagAdded,
    TagEvent,
    TagRemoved,
)
from guanxi.customers.events.code import CodeAdded, CodeChanged, CodeEvent
from guanxi.customers.events.consent import (
    BlockEvent,
    ConsentEvent,
    ConsentGiven,
    ConsentTextWritten,
    ConsentWithdrawn,
    ContactBlocked,
    ContactBlockLifted,
    ContactPreferenceSet,
)
from guanxi.customers.events.credit import (
    CreditAssessed,
    CreditLimitSet,
    CreditReportAdded,
    CreditReportRemoved,
    CreditRulesChanged,
)
from guanxi.customers.events.customer import (
    CustomerChanged,
    CustomerCreated,
    CustomerEvent,
    CustomerRestored,
    CustomerStateChanged,
    CustomerTrashed,
    LifeStageChanged,
    LifeStageFreed,
    NoteAdded,
    OwnerChanged,
)
from guanxi.customers.events.field import (
    CustomFieldAdded,
    CustomFieldChanged,
    CustomFieldEvent,
    FieldGroupSaved,
)
from guanxi.customers.events.file import (
    FileAdded,
    FileChanged,
    FileEvent,
    FileRestored,
    FileTrashed,
)
from guanxi.customers.events.handover import (
    CustomersHandedOver,
    HandoverEvent,
    HandoverFinished,
    HandoverStarted,
    HandoverUndone,
)
from guanxi.customers.events.limit import (
    LimitEvent,
    ProcessingLimited,
    ProcessingLimitLifted,
)
from guanxi.customers.events.merge import (
    CustomersMerged,
    DuplicateDismissed,
    DuplicateReopened,
    MergeUndone,
)
from guanxi.customers.events.quality import (
    ContactPointFailed,
    ContactPointWorks,
    PartConfirmed,
    QualityRulesChanged,
)
from guanxi.customers.events.segment import (
    SegmentChanged,
    SegmentCreated,
    SegmentDeleted,
    SegmentEvent,
    SegmentMembersChanged,
    SegmentRestored,
)
from guanxi.customers.events.territory import (
    CustomersPlaced,
    TerritoryDeleted,
    TerritoryEvent,
    TerritorySaved,
)
from guanxi.customers.events.tie import (
    CustomerShared,
    ShareEvent,
    ShareRevoked,
    WallEvent,
    WallSet,
    WallTakenDown,
)

__all__ = [
    "BlockEvent",
    "CodeAdded",
    "CodeChanged",
    "CodeEvent",
    "ConsentEvent",
    "ConsentGiven",
    "ConsentTextWritten",
    "ConsentWithdrawn",
    "ContactBlockLifted",
    "ContactBlocked",
    "ContactPointAdded",
    "ContactPointEvent",
    "ContactPointFailed",
    "ContactPointRemoved",
    "ContactPointWorks",
    "ContactPreferenceSet",
    "CreditAssessed",
    "CreditLimitSet",
    "CreditReportAdded",
    "CreditReportRemoved",
    "CreditRulesChanged",
    "CustomFieldAdded",
    "CustomFieldChanged",
    "CustomFieldEvent",
    "CustomerChanged",
    "CustomerCreated",
    "CustomerEvent",
    "CustomerRestored",
    "CustomerShared",
    "CustomerStateChanged",
    "CustomerTrashed",
    "CustomersHandedOver",
    "CustomersMerged",
    "CustomersPlaced",
    "DuplicateDismissed",
    "DuplicateReopened",
    "FieldGroupSaved",
    "FileAdded",
    "FileChanged",
    "FileEvent",
    "FileRestored",
    "FileTrashed",
    "HandoverEvent",
    "HandoverFinished",
    "HandoverStarted",
    "HandoverUndone",
    "LifeStageChanged",
    "LifeStageFreed",
    "LimitEvent",
    "MergeUndone",
    "NoteAdded",
    "OwnerChanged",
    "PartConfirmed",
    "ProcessingLimitLifted",
    "ProcessingLimited",
    "QualityRulesChanged",
    "RelationAdded",
    "RelationEvent",
    "RelationRemoved",
    "SegmentChanged",
    "SegmentCreated",
    "SegmentDeleted",
    "SegmentEvent",
    "SegmentMembersChanged",
    "SegmentRestored",
    "ShareEvent",
    "ShareRevoked",
    "TagAdded",
    "TagEvent",
    "TagRemoved",
    "TerritoryDeleted",
    "TerritoryEvent",
    "TerritorySaved",
    "WallEvent",
    "WallSet",
    "WallTakenDown",
]
