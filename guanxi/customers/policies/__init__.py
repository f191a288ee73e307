"""Who may read and change customers, and which of their fields how openly."""

# In the order in which roles list the kinds of record.
# isort: off
from guanxi.customers.policies.masks import (
    mask_address,
    mask_birth,
    mask_custom,
    mask_wechat,
)
from guanxi.customers.policies.customer import CUSTOMER, REVEALABLE, is_revealable
from guanxi.customers.policies.access import TERRITORY, WALL
from guanxi.customers.policies.duplicate import DUPLICATE_PAIR
from guanxi.customers.policies.code import CODE, FIELD
from guanxi.customers.policies.handover import HANDOVER
from guanxi.customers.policies.investment import INVESTMENT
from guanxi.customers.policies.peer import PEER
from guanxi.customers.policies.credit import CREDIT_RULE
from guanxi.customers.policies.segment import SEGMENT, SegmentPolicy, askable
from guanxi.customers.policies.quality import QUALITY_RULE
from guanxi.customers.policies.retention import RETENTION
# isort: on

__all__ = [
    "CODE",
    "CREDIT_RULE",
    "CUSTOMER",
    "DUPLICATE_PAIR",
    "FIELD",
    "HANDOVER",
    "INVESTMENT",
    "PEER",
    "QUALITY_RULE",
    "RETENTION",
    "REVEALABLE",
    "SEGMENT",
    "TERRITORY",
    "WALL",
    "SegmentPolicy",
    "askable",
    "is_revealable",
    "mask_address",
    "mask_birth",
    "mask_custom",
    "mask_wechat",
]
