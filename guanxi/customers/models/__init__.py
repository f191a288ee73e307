"""The tables of customers, one file a noun."""

from guanxi.customers.models.bond import (
    BondAssessment,
    DeliveredValue,
    SwitchingCost,
)
from guanxi.customers.models.code import Code
from guanxi.customers.models.consent import (
    ConsentEntry,
    ConsentText,
    ContactBlock,
    ContactPreference,
)
from guanxi.customers.models.contact_point import Address, ContactPoint
from guanxi.customers.models.credit import (
    CreditAssessment,
    CreditLimit,
    CreditReport,
    CreditSetting,
)
from guanxi.customers.models.customer import Customer
from guanxi.customers.models.data_set import DataSet
from guanxi.customers.models.duplicate_pair import DuplicatePair
from guanxi.customers.models.erasure import Erasure
from guanxi.customers.models.field import CustomField, FieldGroup
from guanxi.customers.models.finding import Finding
from guanxi.customers.models.handling import Handling
from guanxi.customers.models.handover import HandedCustomer, Handover
from guanxi.customers.models.investment import Investment
from guanxi.customers.models.limit import ProcessingLimit
from guanxi.customers.models.merge import Merge
from guanxi.customers.models.note import Note, NoteVersion
from guanxi.customers.models.peer import Peer, Tip
from guanxi.customers.models.plan import Plan, PlanLine
from guanxi.customers.models.quality import (
    FieldReview,
    NumberCheck,
    QualitySetting,
    QualityWeek,
)
from guanxi.customers.models.relation import Relation
from guanxi.customers.models.retention import RetentionRule, RetentionRun
from guanxi.customers.models.segment import Segment, SegmentCount, SegmentMember
from guanxi.customers.models.subject_export import SubjectExport
from guanxi.customers.models.tag import Tag
from guanxi.customers.models.territory import (
    Territory,
    TerritoryCustomer,
    TerritoryMember,
)
from guanxi.customers.models.tie import CustomerShare, CustomerWall
from guanxi.customers.models.traits import Traits

__all__ = [
    "Address",
    "BondAssessment",
    "Code",
    "ConsentEntry",
    "ConsentText",
    "ContactBlock",
    "ContactPoint",
    "ContactPreference",
    "CreditAssessment",
    "CreditLimit",
    "CreditReport",
    "CreditSetting",
    "CustomField",
    "Customer",
    "CustomerShare",
    "CustomerWall",
    "DataSet",
    "DeliveredValue",
    "DuplicatePair",
    "Erasure",
    "FieldGroup",
    "FieldReview",
    "Finding",
    "HandedCustomer",
    "Handling",
    "Handover",
    "Investment",
    "Merge",
    "Note",
    "NoteVersion",
    "NumberCheck",
    "Peer",
    "Plan",
    "PlanLine",
    "ProcessingLimit",
    "QualitySetting",
    "QualityWeek",
    "Relation",
    "RetentionRule",
    "RetentionRun",
    "Segment",
    "SegmentCount",
    "SegmentMember",
    "SubjectExport",
    "SwitchingCost",
    "Tag",
    "Territory",
    "TerritoryCustomer",
    "TerritoryMember",
    "Tip",
    "Traits",
]
